//! `host report --format html` and `--open`.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use outrider_shop::{FaultConfig, Shop, ShopConfig};
use serde_json::Value;

use crate::harness::{Place, Said, plugin, shows};

/// A place with a run of some requests, of which some fail.
fn with_a_run() -> Place {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let faults = FaultConfig { error_rate: 0.2, ..FaultConfig::default() };
    let shop = runtime.block_on(Shop::start(ShopConfig { faults, ..ShopConfig::default() })).unwrap();
    let place = Place::new();
    let args = ["run", &plugin("bench-http"), "--target", &shop.url(), "--set", "path=/api/products"];
    let said = place.host(args.iter().chain(&["-u", "2", "-i", "100"]));
    runtime.block_on(shop.shutdown()).unwrap();
    assert!(said.stdout.contains("100"), "{}", said.show());
    place
}

fn document(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"document\">").unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

fn sum(counts: &Value) -> u64 {
    counts.as_array().unwrap().iter().map(|count| count.as_u64().unwrap()).sum()
}

#[test]
fn the_page_has_the_figures_of_the_report_and_its_charts_add_up_to_them() {
    let place = with_a_run();
    let said = place.host(["report", "--format", "html"]);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    assert!(said.stdout.starts_with("<!doctype html>") && said.stdout.trim_end().ends_with("</html>"));
    let document = document(&said.stdout);
    assert_eq!(document["report"], place.report());
    let (all, charts) = (&document["report"]["all_requests"], &document["charts"]);
    assert_eq!(sum(&charts["all_requests"]["count"]), all["count"].as_u64().unwrap());
    assert_eq!(sum(&charts["all_requests"]["failed"]), all["failed"].as_u64().unwrap());
    assert_eq!(sum(&charts["load"]["completed"]), 100);
    let errors = charts["errors"].as_array().unwrap().iter().map(|errors| sum(&errors["count"])).sum::<u64>();
    assert_eq!(errors, all["failed"].as_u64().unwrap());
    let slowest = charts["slowest"][0]["duration_ms"].as_f64().unwrap();
    assert_eq!(slowest, all["duration_ms"]["max"].as_f64().unwrap());
}

/// Runs `host report --open` where `xdg-open` is that script, or is missing.
fn open(place: &Place, opener: Option<&str>) -> Said {
    let tools = place.path().join("tools");
    std::fs::create_dir_all(&tools).unwrap();
    if let Some(script) = opener {
        let file = tools.join("xdg-open");
        std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o755)).unwrap();
    }
    let output = place.command(["report", "--open"]).env("PATH", &tools).output().unwrap();
    Said::of(output, place.path())
}

#[test]
#[cfg(target_os = "linux")]
fn the_page_is_written_into_the_runs_folder_and_opened() {
    let place = with_a_run();
    let said = open(&place, Some("echo \"$1\" > opened"));
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    let path = PathBuf::from(said.stdout.trim_end());
    assert!(path.ends_with("report.html") && path.starts_with("runs"), "{}", path.display());
    assert_eq!(std::fs::read_to_string(place.path().join("opened")).unwrap(), said.stdout);
    let page = std::fs::read_to_string(place.path().join(path)).unwrap();
    assert_eq!(document(&page)["report"], place.report(), "and the run is as complete as before");
}

#[test]
#[cfg(target_os = "linux")]
fn without_a_browser_the_file_is_there_and_that_is_said() {
    let place = with_a_run();
    shows!(open(&place, None).show(), @r"
    exit 0
    --- stdout
    runs/[RUN]/report.html
    --- stderr
    note: no browser was opened: `xdg-open` is not installed here; open the file yourself
    ");
    shows!(open(&place, Some("exit 3")).show(), @r"
    exit 0
    --- stdout
    runs/[RUN]/report.html
    --- stderr
    note: no browser was opened: `xdg-open` found none (exit status: 3); open the file yourself
    ");
}

#[test]
fn only_a_page_is_opened() {
    shows!(Place::new().host(["report", "--open", "--format", "json"]).show(), @r"
    exit 2
    --- stderr
    error: --open opens the HTML report; it goes with no other --format
    hint: leave --format out, or --open
    ");
}
