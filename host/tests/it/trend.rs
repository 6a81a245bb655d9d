//! Many runs side by side, through the real program and against the demo shop.

use outrider_shop::{Shop, ShopConfig};
use serde_json::Value;

use crate::harness::{Place, plugin, shows, workspace};

/// Runs the checkout a few times, once for each tag.
fn runs(place: &Place, tags: &[&str]) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let shop = runtime.block_on(Shop::start(ShopConfig::default())).unwrap();
    let url = format!("http://{}", shop.addr());
    for tag in tags {
        let said = place.host([
            "run",
            &plugin("checkout"),
            "--target",
            &url,
            "--seed",
            "7",
            "-i",
            "3",
            "--tag",
            tag,
        ]);
        assert_eq!(said.code, Some(0), "{}", said.show());
    }
    runtime.block_on(shop.shutdown()).unwrap();
}

fn trend(place: &Place, args: &[&str]) -> Value {
    let said = place.host([&["report", "trend", "--format", "json"], args].concat());
    assert_eq!(said.code, Some(0), "{}", said.show());
    serde_json::from_str(&said.stdout).unwrap()
}

#[test]
fn a_trend_has_the_figures_of_each_runs_report_in_every_form() {
    let place = Place::new();
    runs(&place, &["nightly", "other", "nightly"]);
    let document = trend(&place, &["--tag", "nightly"]);
    assert_eq!(document["runs"].as_array().unwrap().len(), 2);
    let report = place.report();
    let (all, last) = (&document["rows"][0], &document["runs"][1]);
    assert_eq!((&all["name"], &last["id"]), (&Value::from("(all)"), &report["run"]["id"]));
    for field in ["count", "failed", "duration_ms"] {
        assert_eq!(all["points"][1][field], report["all_requests"][field], "{field}");
    }
    assert_eq!(last["iterations"], report["iterations"]["started"]);
    let names = |document: &Value, kind: &str| {
        document["rows"].as_array().unwrap().iter().filter(|row| row["kind"] == kind).count()
    };
    let known = report["requests"].as_array().unwrap().len() + 1;
    assert_eq!(names(&document, "request"), known);
    assert_eq!(names(&document, "step"), report["steps"].as_array().unwrap().len());
    let schema = std::fs::read(workspace().join("docs/reference/trend.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_slice(&schema).unwrap()).unwrap();
    let faults: Vec<String> = validator.iter_errors(&document).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:#?}");

    let text = place.host(["report", "trend", "--by", "p99"]).stdout;
    assert!(text.starts_with("3 runs "), "{text}");
    let requests = text.split("\n\n").find(|section| section.starts_with("Requests ")).unwrap();
    assert!(requests.lines().next().unwrap().ends_with("  p99 ms"), "{text}");
    assert_eq!(text.lines().filter(|line| line.contains("  pass")).count(), 3, "{text}");
    let markdown = place.host(["report", "trend", "--format", "md", "--last", "2"]).stdout;
    assert!(markdown.starts_with("### `2 runs ") && markdown.contains("| request, p95 ms |"), "{markdown}");
    let csv = place.host(["report", "trend", "--format", "csv", "--last", "1"]).stdout;
    let points = document["rows"].as_array().unwrap().iter().filter(|row| !row["points"][1].is_null());
    assert_eq!(csv.lines().count(), 1 + points.count(), "{csv}");
    let page = place.host(["report", "trend", "--format", "html"]).stdout;
    assert!(page.contains("<title>3 runs ") && page.contains("\"measure\":\"p95\""));
}

#[test]
fn a_run_that_cannot_be_read_is_said_and_left_out() {
    let place = Place::new();
    runs(&place, &["one", "two"]);
    let ids = place.host(["runs", "--format", "ids"]).stdout;
    let (first, second) = ids.trim().split_once('\n').unwrap();
    place.file(&format!("runs/{first}/run.json"), "no document");
    let document = trend(&place, &[]);
    assert_eq!(document["runs"].as_array().unwrap().len(), 1);
    assert!(document["left_out"][0].as_str().unwrap().starts_with(&format!("the run {first} is left out: ")));
    let points = document["rows"][0]["points"].as_array().unwrap();
    assert_eq!(points.len(), 1);

    place.file(&format!("runs/{second}/run.json"), "no document");
    let said = place.host(["report", "trend"]);
    assert_eq!((said.code, said.stderr.matches(" is left out: ").count()), (Some(104), 2), "{}", said.show());
}

#[test]
fn what_has_no_trend_is_said_with_what_to_do() {
    let place = Place::new();
    shows!(place.host(["report", "trend"]).show(), @r"
    exit 104
    --- stderr
    error: there is no run that has ended in './runs'
    hint: `host runs` lists the runs with their tags; --out names the folder whose folder `runs` keeps them
    ");
    let said = place.host(["report", "trend", "--tag", "nightly", "20260131T12"]);
    assert_eq!(said.code, Some(2), "{}", said.show());
}
