//! Assertion packs: attached to journeys that know nothing of them.

use std::collections::BTreeMap;

use outrider_test_util::{Behaviour, TargetServer};
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::{Value, json};

use crate::harness::{Place, Said, plugin, shows};

mod broken;
mod refused;
mod shipped;
mod typescript;

/// A journey of two steps: one request in the first; in the second two side by side, and one that is refused.
const JOURNEY: &str = r#"
import { check, http, step } from "@outrider/sdk";

export default function () {
  step("home", () => {
    const page = http.get("/hello", { name: "home" });
    check("the journey's own check", page.status === 200);
  });
  step("details", () => {
    const [product] = http.batch(["/product", "/hello"]);
    check("it has a product", product.jsonPath("$.id") === 17);
    try {
      http.get("http://127.0.0.1:1/");
    } catch {
      // Nothing listens there.
    }
  });
}
"#;

fn target() -> TargetServer {
    TargetServer::builder()
        .route("/", Behaviour::text("root"))
        .route("/hello", Behaviour::text("hello"))
        .route("/product", Behaviour::json(&json!({"id": 17, "prices": [1, 5, 2]})))
        .start()
}

/// Runs a journey with one pack; `flags` may have more.
fn run(place: &Place, target: &TargetServer, journey: &str, pack: &str, flags: &[&str]) -> Said {
    let (url, pack) = (target.url(""), plugin(pack));
    place.host([&["run", journey, "--target", url.trim_end_matches('/'), "--assert", &pack], flags].concat())
}

/// Passed and failed verdicts of each check of a pack, by the report.
fn checks(report: &Value, pack: &str) -> BTreeMap<String, (u64, u64)> {
    let all = report["checks"].as_array().unwrap().iter().filter(|check| check["pack"] == pack);
    all.map(|check| {
        let count = |key: &str| check[key].as_u64().unwrap();
        (check["name"].as_str().unwrap().to_owned(), (count("passed"), count("failed")))
    })
    .collect()
}

/// A row of a table, its values as text, and text in quotes.
type Row = BTreeMap<String, String>;

/// All rows of a table, by the Parquet files alone.
fn rows(place: &Place, table: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut folders = vec![place.path().join("runs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_part = path.extension().is_some_and(|ending| ending == "parquet");
            if path.is_dir() {
                folders.push(path);
            } else if is_part && path.components().any(|part| part.as_os_str() == table) {
                let file = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
                rows.extend(file.get_row_iter(None).unwrap().map(|row| {
                    let row = row.unwrap();
                    row.get_column_iter().map(|(name, field)| (name.clone(), field.to_string())).collect()
                }));
            }
        }
    }
    rows
}

/// The values of a column in the rows of one check, sorted.
fn values(rows: &[Row], check: &str, column: &str) -> Vec<String> {
    let name = format!("{check:?}");
    let of_check = rows.iter().filter(|row| row["name"] == name);
    let mut values: Vec<String> = of_check.map(|row| row[column].clone()).collect();
    values.sort();
    values
}

#[test]
fn a_pack_sees_every_exchange_step_and_iteration_with_its_place() {
    let (place, target) = (Place::new(), target());
    place.file("journey.ts", JOURNEY);
    let said = run(&place, &target, "journey.ts", "test-pack", &["--allow-net", "127.0.0.1:1", "-i", "3"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    assert_eq!(report["completeness"]["complete"], true, "{report:#}");
    let expected =
        [("saw an exchange", (9, 3)), ("saw a step", (6, 0)), ("saw an iteration", (3, 0))].map(owned);
    assert_eq!(checks(&report, "test-pack"), expected.into(), "{report:#}");
    assert_eq!(checks(&report, "").len(), 2, "the journey's own checks are there too: {report:#}");

    let rows = rows(&place, "checks");
    let url = target.url("/hello");
    let home = format!("{:?}", format!("GET {url} as 'home': 200"));
    assert!(values(&rows, "saw an exchange", "actual").contains(&home), "{rows:#?}");
    let refused = "\"GET http://127.0.0.1:1/ as '127.0.0.1:1/': connection refused\"".to_owned();
    assert!(values(&rows, "saw an exchange", "actual").contains(&refused), "{rows:#?}");
    let steps = ["\"details\"", "\"home\""].map(|step| vec![step.to_owned(); 3]);
    assert_eq!(values(&rows, "saw a step", "step"), steps.concat(), "a step's verdict belongs to it");
    assert_eq!(values(&rows, "saw an iteration", "actual"), vec!["\"default: ok\""; 3]);
    assert_eq!(values(&rows, "saw an iteration", "step"), vec!["null"; 3]);
}

fn owned<T>((name, counts): (&str, T)) -> (String, T) {
    (name.to_owned(), counts)
}

#[test]
fn an_asynchronous_journey_is_judged_alike() {
    let (place, target) = (Place::new(), target());
    place.file(
        "journey.ts",
        "import { http, step } from \"@outrider/sdk\";\n\n\
         export default async function () {\n  await step(\"both\", async () => {\n    \
         await Promise.all([http.get(\"/hello\"), http.get(\"/product\")]);\n  });\n}\n",
    );
    let said = run(&place, &target, "journey.ts", "test-pack", &["-u", "2", "-i", "4"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let expected =
        [("saw an exchange", (8, 0)), ("saw a step", (4, 0)), ("saw an iteration", (4, 0))].map(owned);
    assert_eq!(checks(&place.report(), "test-pack"), expected.into(), "{}", said.show());
}

#[test]
fn a_pack_reads_answers_and_says_more_than_verdicts() {
    let (place, target) = (Place::new(), target());
    let flags = ["--set", "path=/product", "-i", "2", "--assert-set", "test-pack.pack_behaviour=reads"];
    let said = run(&place, &target, &plugin("bench-http"), "test-pack", &flags);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    assert_eq!(checks(&report, "test-pack")["read an answer"], (2, 0), "{report:#}");
    let read = values(&rows(&place, "checks"), "read an answer", "actual");
    assert_eq!(read, vec!["\"application/json, 26 characters\""; 2]);
    let metric = report["metrics"].as_array().unwrap().iter().find(|metric| metric["name"] == "pack.reads");
    assert_eq!(metric.unwrap()["count"], 2, "{report:#}");
    let logs: Vec<String> = rows(&place, "logs").iter().map(|row| row["message"].clone()).collect();
    assert!(logs.contains(&"\"test-pack: read in call 1\"".to_owned()), "{logs:#?}");
}

#[test]
fn a_pack_judges_an_iteration_that_failed_with_whose_fault_it_was() {
    let target = target();
    let failed = |sets: &[&str]| {
        let place = Place::new();
        let flags = [&["--scenario", "main", "-i", "1"], sets].concat();
        run(&place, &target, &plugin("test-guest"), "test-pack", &flags);
        let report = place.report();
        let checks = report["checks"].as_array().unwrap();
        let of_iteration = checks.iter().find(|check| check["name"] == "saw an iteration");
        of_iteration.map(|check| check["example"]["actual"].as_str().unwrap_or("passed").to_owned())
    };
    let target_failed = failed(&["--set", "behaviour=fails", "--set", "kind=target"]).unwrap();
    assert!(target_failed.starts_with("main: Target: "), "{target_failed}");
    let trapped = failed(&["--set", "behaviour=traps"]).unwrap();
    assert!(trapped.starts_with("main: Plugin: "), "{trapped}");
    let aborted = failed(&["--set", "behaviour=fails", "--set", "kind=abort"]).unwrap();
    assert!(aborted.starts_with("main: Abort: "), "{aborted}");
}

#[test]
fn what_a_pack_says_is_bounded_and_clean() {
    let (place, target) = (Place::new(), target());
    let flags = ["--assert-set", "test-pack.pack_behaviour=floods", "-i", "1"];
    let said = run(&place, &target, &plugin("bench-http"), "test-pack", &flags);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let checks = rows(&place, "checks");
    assert_eq!(checks.len(), 2 * 256, "of a thousand verdicts about each of two things");
    for row in &checks {
        assert_eq!(row["name"], "\"flood[0m\"");
        assert!(row["actual"].len() <= 1_100 && row["actual"].starts_with("\"[31mredé"), "{}", row["actual"]);
    }
    let logs: Vec<String> = rows(&place, "logs").iter().map(|row| row["message"].clone()).collect();
    let lost = "\"test-pack: 744 more verdicts about one thing were not kept\"".to_owned();
    assert_eq!(logs, vec![lost; 2]);
}

#[test]
fn the_run_names_its_packs_with_digest_and_parameters() {
    let (place, target) = (Place::new(), target());
    let flags = ["--assert-set", "assert-http.max_duration_ms=5000", "-i", "1"];
    let said = run(&place, &target, &plugin("bench-http"), "assert-http", &flags);
    assert!(said.stderr.contains("pack  assert-http ("), "the plan names it: {}", said.show());
    assert!(said.stderr.contains("max_duration_ms=5000"), "{}", said.show());
    assert!(said.stdout.contains("Packs       assert-http"), "{}", said.show());
    let report = place.report();
    let run = report["run"]["id"].as_str().unwrap();
    let record = std::fs::read(place.path().join("runs").join(run).join("run.json")).unwrap();
    let record: Value = serde_json::from_slice(&record).unwrap();
    let pack = &record["plan"]["packs"][0];
    assert_eq!(
        (&pack["name"], &pack["parameters"]["max_duration_ms"]),
        (&json!("assert-http"), &json!(5000))
    );
    let digest = pack["plugin"]["digest"].as_str().unwrap();
    assert!(digest.starts_with("sha256:") && digest.len() == 71, "{digest}");
    assert_eq!(record["plugins"][1]["digest"], digest, "beside the journey: {record:#}");
}

#[test]
fn several_packs_judge_one_after_the_other() {
    let (place, target) = (Place::new(), target());
    let second = plugin("assert-http");
    let said = run(&place, &target, &plugin("bench-http"), "test-pack", &["--assert", &second, "-i", "2"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    assert_eq!(checks(&report, "test-pack")["saw an exchange"], (2, 0), "{report:#}");
    assert_eq!(checks(&report, "assert-http")["request is answered"], (2, 0), "{report:#}");
}

#[test]
fn inspect_says_what_a_pack_sees_and_takes() {
    let said = Place::new().host(["inspect", &plugin("assert-http"), "--format", "json"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let pack: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!((&pack["name"], &pack["world"]), (&json!("assert-http"), &json!("assertion-pack")));
    assert_eq!(pack["sees"], json!(["exchanges"]));
    assert_eq!(pack["parameters"]["properties"]["max_duration_ms"]["default"], 1000);
}
