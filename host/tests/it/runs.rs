//! Whole runs against the demo shop: what the report says is what the shop saw.

use std::net::SocketAddr;

use outrider_shop::{RunningShop, Shop, ShopConfig};

use crate::harness::{Place, cache, plugin, workspace};

/// The demo shop on a runtime of its own.
struct Target {
    runtime: tokio::runtime::Runtime,
    shop: RunningShop,
}

impl Target {
    fn start() -> Target {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let shop = runtime.block_on(Shop::start(ShopConfig::default())).unwrap();
        Target { runtime, shop }
    }

    fn url(&self) -> String {
        let address: SocketAddr = self.shop.addr();
        format!("http://{address}")
    }

    /// Stops the shop; returns how many requests it answered.
    fn stop(self) -> u64 {
        let requests = self.shop.requests();
        self.runtime.block_on(self.shop.shutdown()).unwrap();
        requests
    }
}

fn requests_of(report: &serde_json::Value) -> u64 {
    report["requests"].as_array().unwrap().iter().map(|row| row["count"].as_u64().unwrap()).sum()
}

/// Runs a journey and compares the report with the shop's own count.
fn agrees(journey: &str, load: &[&str]) -> serde_json::Value {
    let place = Place::new();
    let target = Target::start();
    let url = target.url();
    let said = place.host([&["run", journey, "--target", &url, "--seed", "7"], load].concat());
    assert_eq!(said.code, Some(0), "{}", said.show());
    let seen = target.stop();
    let report = place.report();
    assert_eq!(requests_of(&report), seen, "the report and the shop agree\n{}", said.show());
    assert!(seen > 0, "{}", said.show());
    assert_eq!(report["completeness"]["complete"], true, "{report:#}");
    assert_eq!(report["iterations"]["failed"], 0, "{report:#}");
    assert_eq!(rows(&place, "requests"), seen, "so do the rows");
    report
}

/// Rows of a table, by the Parquet files alone.
fn rows(place: &Place, table: &str) -> u64 {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let mut count = 0;
    let mut folders = vec![place.path().join("runs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "parquet")
                && path.components().any(|part| part.as_os_str() == table)
            {
                let file = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
                count += u64::try_from(file.metadata().file_metadata().num_rows()).unwrap();
            }
        }
    }
    count
}

fn example(path: &str) -> String {
    workspace().join("examples").join(path).display().to_string()
}

#[test]
fn the_rust_checkout_with_users_for_a_time() {
    let report = agrees(&plugin("checkout"), &["-u", "5", "-d", "1s"]);
    assert!(!report["steps"].as_array().unwrap().is_empty(), "{report:#}");
    assert!(!report["checks"].as_array().unwrap().is_empty(), "{report:#}");
}

#[test]
fn the_typescript_checkout_from_its_source() {
    agrees(&example("checkout-ts/checkout.ts"), &["-u", "5", "-i", "20"]);
}

#[test]
fn the_async_typescript_checkout_from_its_source() {
    agrees(&example("checkout-ts/checkout-async.ts"), &["-u", "3", "-i", "10"]);
}

#[test]
fn the_go_checkout_from_its_source() {
    agrees(&example("checkout-go"), &["-u", "5", "-i", "20"]);
}

/// What does not depend on time.
fn counts(report: &serde_json::Value) -> Vec<String> {
    let mut rows = Vec::new();
    for (list, fields) in [
        ("requests", &["name", "count", "failed"][..]),
        ("steps", &["name", "count", "failed"]),
        ("checks", &["name", "passed", "failed"]),
        ("metrics", &["name", "kind", "count", "total", "values"]),
        ("status_codes", &["status", "count"]),
    ] {
        for row in report[list].as_array().unwrap_or_else(|| panic!("{list} in {report:#}")) {
            let values: Vec<String> = fields.iter().map(|field| row[*field].to_string()).collect();
            rows.push(format!("{list}: {}", values.join(" ")));
        }
    }
    rows.sort();
    rows
}

#[test]
fn the_checkout_leaves_the_same_rows_in_all_languages() {
    let journeys = [plugin("checkout"), example("checkout-ts/checkout.ts"), example("checkout-go")];
    let [rust, typescript, go] = journeys.map(|journey| counts(&agrees(&journey, &["-i", "30"])));
    assert_eq!(rust, typescript);
    assert_eq!(rust, go);
    assert!(
        rust.iter().any(|row| row.starts_with("metrics: \"order value in EUR\"")),
        "somebody buys: {rust:#?}"
    );
}

#[test]
fn a_fixed_number_of_iterations() {
    let report = agrees(&plugin("bench-http"), &["-u", "3", "-i", "100"]);
    assert_eq!(report["iterations"]["completed"], 100);
    assert_eq!(requests_of(&report), 100);
}

#[test]
fn a_number_for_each_user() {
    let report = agrees(&plugin("bench-http"), &["-u", "4", "-i", "5", "--executor", "per-vu-iterations"]);
    assert_eq!(report["iterations"]["completed"], 20);
}

#[test]
fn a_constant_rate_starts_as_many_as_planned() {
    let report = agrees(&plugin("bench-http"), &["-r", "100/s", "-d", "1s"]);
    assert_eq!(report["iterations"]["scheduled"], 100, "{report:#}");
}

#[test]
fn a_ramping_rate_starts_the_area_under_its_ramp() {
    let report = agrees(&plugin("bench-http"), &["-r", "0/s", "-s", "1s:100/s"]);
    assert_eq!(report["iterations"]["scheduled"], 50, "{report:#}");
}

#[test]
fn a_ramp_of_users() {
    agrees(&plugin("checkout"), &["-s", "500ms:4", "-s", "500ms:0"]);
}

#[test]
fn an_open_model_that_finds_no_user_says_what_it_dropped() {
    let place = Place::new();
    let guest = plugin("test-guest");
    let said = place.host([
        "run",
        &guest,
        "--scenario",
        "main",
        "--set",
        "behaviour=sleeps",
        "--set",
        "sleep_ms=5000",
        "-r",
        "20/s",
        "-d",
        "1s",
        "-u",
        "2",
        "--max-vus",
        "2",
        "--graceful-stop",
        "0s",
    ]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    assert_eq!(report["iterations"]["scheduled"], 20, "{report:#}");
    assert_eq!(report["iterations"]["dropped"], 18, "{report:#}");
    assert_eq!(report["iterations"]["interrupted"], 2, "{report:#}");
    assert_eq!(rows(&place, "iterations"), 20, "a row for each of them");
    assert!(said.stdout.to_lowercase().contains("dropped"), "{}", said.show());
}

#[test]
fn the_report_is_what_its_schema_says() {
    let report = agrees(&plugin("checkout"), &["-u", "2", "-i", "4"]);
    let schema = std::fs::read(workspace().join("docs/reference/report.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_slice(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&report).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_same_seed_sends_the_same_requests() {
    let names = || {
        let report = agrees(&plugin("checkout"), &["-i", "20"]);
        let rows = report["requests"].as_array().unwrap().clone();
        rows.iter().map(|row| (row["name"].clone(), row["count"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(names(), names());
}

#[test]
fn everything_that_a_guest_can_call_answers() {
    let place = Place::new();
    let target = Target::start();
    place.file("users.csv", "name,city\nAda,London\nBob,Paris\n");
    let said = place.host([
        "run",
        &plugin("test-guest"),
        "--scenario",
        "main",
        "--target",
        &target.url(),
        "--data",
        "users=users.csv",
        "--set",
        "behaviour=calls",
        "--set",
        "data=users",
        "--set",
        "url=/api/products",
    ]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    let failed: Vec<_> =
        report["checks"].as_array().unwrap().iter().filter(|check| check["failed"] != 0).collect();
    assert_eq!(failed.len(), 1, "one check fails on purpose: {failed:#?}");
}

#[test]
fn an_exception_in_typescript_shows_its_place_in_the_source() {
    let place = Place::new();
    let source = "import { http } from \"@outrider/sdk\";\n\nfunction buy(cart: { items: string[] } | undefined): number {\n  \
                  return cart!.items.length;\n}\n\nexport default function (): void {\n  buy(undefined);\n}\n";
    place.file("broken.ts", source);
    let said = place.host(["run", "broken.ts", "-i", "2"]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    assert!(said.stderr.contains("cannot read property"), "{}", said.show());
    assert!(said.stderr.contains("broken.ts:4:"), "{}", said.show());
}

#[test]
fn a_full_disk_stops_the_run_and_keeps_what_was_written() {
    let place = Place::new();
    let target = Target::start();
    // A limit for the size of files stands in for a full disk: writing beyond it fails.
    let script = format!(
        "trap '' XFSZ; ulimit -f 64; exec \"$0\" run '{}' --target {} -u 20 -d 60s",
        plugin("bench-http"),
        target.url()
    );
    let mut command = std::process::Command::new("bash");
    let host = place.command(["--version"]);
    command.args(["-c", &script]).arg(host.get_program()).current_dir(place.path()).env("NO_COLOR", "1");
    command.env("XDG_CACHE_HOME", cache());
    // Warm the cache of compiled code, which the limit would hit too.
    place.host(["run", &plugin("bench-http"), "--target", &target.url(), "-o", "warm"]);
    let said = crate::harness::Said::of(command.output().unwrap(), place.path());
    assert_eq!(said.code, Some(1), "{}", said.show());
    assert!(said.stderr.contains("rows could not be kept"), "{}", said.show());
    let report = place.report();
    assert_eq!(report["run"]["status"], "failed", "{report:#}");
    assert_eq!(report["completeness"]["complete"], false, "{report:#}");
}
