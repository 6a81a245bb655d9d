//! Assertion packs in TypeScript and JavaScript, from their source to what a user sees.

use super::*;
use crate::harness::shows;

/// Judges everything that `JOURNEY` does, and says what it saw in the words of the guest `test-pack`.
const SEES_ALL: &str = r#"
import { assertionPack, check, type Exchange } from "@outrider/sdk";

let calls = 0;

function judge(name: string, passed: boolean, saw: string): void {
  calls += 1;
  check(name, passed, { actual: saw });
}

export default assertionPack({
  name: "sees all",
  description: "Sees everything, and says what.",
  checkExchange({ name, method, url, response, error }: Exchange) {
    judge("saw an exchange", error === undefined, `${method} ${url} as '${name}': ${response?.status ?? error?.code}`);
  },
  checkStep: ({ name, error }) => judge("saw a step", error === undefined, `${name}: ${error ?? "ok"}`),
  checkIteration: ({ scenario, failure }) =>
    judge("saw an iteration", failure === undefined, `${scenario}: ${failure ? failure.kind + ": " + failure.message : "ok"}`),
});
"#;

fn run_with(place: &Place, target: &TargetServer, pack: &str, flags: &[&str]) -> Said {
    let url = target.url("");
    place.host([&["run", "journey.ts", "--target", &url, "--assert", pack], flags].concat())
}

#[test]
fn a_pack_sees_every_exchange_step_and_iteration_with_its_place() {
    let (place, target) = (Place::new(), target());
    place.file("journey.ts", JOURNEY);
    place.file("sees.ts", SEES_ALL);
    let said = run_with(&place, &target, "sees.ts", &["--allow-net", "127.0.0.1:1", "-i", "3", "-u", "2"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    let expected =
        [("saw an exchange", (9, 3)), ("saw a step", (6, 0)), ("saw an iteration", (3, 0))].map(owned);
    assert_eq!(checks(&report, "sees all"), expected.into(), "{report:#}");

    let rows = rows(&place, "checks");
    // A text is shown as JSON, and rows put quotes around that.
    let text = |text: &str| format!("\"{text:?}\"");
    let saw = values(&rows, "saw an exchange", "actual");
    assert!(saw.contains(&text(&format!("GET {} as 'home': 200", target.url("/hello")))), "{saw:#?}");
    assert!(saw.contains(&text("GET http://127.0.0.1:1/ as '127.0.0.1:1/': connection-refused")), "{saw:#?}");
    let steps = ["\"details\"", "\"home\""].map(|step| vec![step.to_owned(); 3]);
    assert_eq!(values(&rows, "saw a step", "step"), steps.concat(), "a step's verdict belongs to it");
    assert_eq!(values(&rows, "saw an iteration", "actual"), vec![text("default: ok"); 3]);
}

#[test]
fn a_pack_reads_answers_parameters_and_says_more_than_verdicts() {
    let (place, target) = (Place::new(), target());
    place.file("journey.ts", JOURNEY);
    place.file(
        "rules.js",
        r#"
import { assertionPack, expect, fits, log, metrics, vars } from "@outrider/sdk";

const most = metrics.trend("pack.prices");
let least;

export default assertionPack({
  parameters: { type: "object", properties: { least: { type: "integer", default: 1 } } },
  start() {
    least = vars.get("least");
  },
  checkExchange({ name, response }) {
    if (!response || !fits("/prod*", name)) return;
    const prices = response.jsonPathAll("$.prices[*]");
    most.add(Math.max(...prices));
    log.info("prices", prices.length, response.header("content-type"));
    expect(Math.min(...prices), "every price is high enough", { tags: { shop: "demo" } }).toBeGreaterThanOrEqual(least);
    expect(response.json().id, "it is product 17").toBe(17);
  },
});
"#,
    );
    let flags = ["--assert-set", "rules.least=2", "-i", "2", "--allow-net", "127.0.0.1:1"];
    let said = run_with(&place, &target, "rules.js", &flags);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    let expected = [("every price is high enough", (0, 2)), ("it is product 17", (2, 0))].map(owned);
    assert_eq!(checks(&report, "rules"), expected.into(), "{report:#}");
    let metric = report["metrics"].as_array().unwrap().iter().find(|metric| metric["name"] == "pack.prices");
    assert_eq!(metric.unwrap()["count"], 2, "{report:#}");
    let logs: Vec<String> = rows(&place, "logs").iter().map(|row| row["message"].clone()).collect();
    assert!(logs.contains(&"\"rules: prices 3 application/json\"".to_owned()), "{logs:#?}");
    let judged = rows(&place, "checks");
    let tagged = judged.iter().find(|row| row["name"] == "\"every price is high enough\"").unwrap();
    assert!(tagged["tags"].contains("shop") && tagged["tags"].contains("demo"), "{tagged:#?}");
    assert_eq!(values(&judged, "every price is high enough", "expected"), vec!["\">= 2\""; 2]);
}

#[test]
fn an_exception_in_a_pack_has_its_words_and_the_authors_line() {
    let (place, target) = (Place::new(), target());
    place.file("journey.ts", JOURNEY);
    place.file(
        "lib.ts",
        "export function priceOf(product: any): number {\n  return product.price.amount;\n}\n",
    );
    place.file(
        "breaks.ts",
        "import { assertionPack, check } from \"@outrider/sdk\";\nimport { priceOf } from \"./lib.ts\";\n\n\
         export default assertionPack({\n  checkIteration() {\n    check(\"it is cheap\", priceOf({}) < 5);\n  },\n});\n",
    );
    let said = run_with(&place, &target, "breaks.ts", &["--allow-net", "127.0.0.1:1"]);
    shows!(said.errors(), @"
    exit 107
    error: the assertion pack 'breaks' broke in every call: it judged nothing
      caused by: exception: TypeError: cannot read property 'amount' of undefined
    ");
    assert!(said.stderr.contains("at priceOf (lib.ts:2:"), "{}", said.show());
    assert!(said.stderr.contains("at checkIteration (breaks.ts:6:"), "{}", said.show());
    let report = place.report();
    assert_eq!(report["iterations"]["completed"], 1);
    assert_eq!(report["headline"], "FAIL: the assertion pack 'breaks' broke in every call");
    let errors = report["errors"].as_array().unwrap();
    let broken = errors.iter().find(|error| error["source"] == "pack").unwrap();
    assert!(broken["messages"][0]["at"].as_str().unwrap().starts_with("lib.ts:2:"), "{report:#}");
    let logs = rows(&place, "logs");
    assert!(
        logs.iter().all(|row| row["source"] == "\"host\""),
        "what the engine prints is no line: {logs:#?}"
    );
}

#[test]
fn an_exception_at_the_start_of_a_pack_ends_the_run_before_it_starts() {
    let (place, target) = (Place::new(), target());
    place.file("journey.ts", JOURNEY);
    place.file(
        "breaks.ts",
        "import { assertionPack, check } from \"@outrider/sdk\";\n\nexport default assertionPack({\n  \
         start() {\n    check(\"too early\", true);\n  },\n  checkIteration() {},\n});\n",
    );
    let said = run_with(&place, &target, "breaks.ts", &[]);
    shows!(said.errors(), @r#"
    exit 107
    error: users could not be started: an assertion pack broke
      caused by: cannot start VU 1: assertion pack 'breaks': TypeError: check "too early" belongs to no verdict here: an assertion pack gives its verdicts in checkExchange, checkStep, checkPage and checkIteration
    "#);
    assert_eq!(target.total_requests(), 0);
}

#[test]
fn a_plan_attaches_a_pack_in_typescript() {
    let (place, target) = (Place::new(), target());
    place.file("journey.ts", JOURNEY);
    place.file(
        "status.ts",
        "import { assertionPack, expect, vars } from \"@outrider/sdk\";\n\nexport default assertionPack({\n  \
         parameters: { type: \"object\", properties: { most: { type: \"integer\" } }, required: [\"most\"] },\n  \
         checkExchange({ response }) {\n    expect(response?.status, \"status\").toBeLessThan(vars.get(\"most\"));\n  },\n});\n",
    );
    let plan = "[grants]\nallow_net = [\"127.0.0.1:1\"]\n\n[scenario.visit]\nplugin = \"journey.ts\"\niterations = 1\n\n\
                [[assert]]\nname = \"low\"\nplugin = \"status.ts\"\nparameters = { most = 300 }\n\n\
                [[assert]]\nname = \"lower\"\nplugin = \"status.ts\"\nparameters = { most = 100 }\n";
    place.file("plan.toml", plan);
    let said = place.host(["run", "plan.toml", "--target", &target.url("")]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    assert_eq!(checks(&report, "low")["status"], (3, 1), "one exchange has no answer: {report:#}");
    assert_eq!(checks(&report, "lower")["status"], (0, 4), "{report:#}");
}

#[test]
fn a_pack_is_built_and_inspected_and_imports_what_packs_have() {
    let place = Place::new();
    place.file("sees.ts", SEES_ALL);
    let built = place.host(["build", "sees.ts", "-o", "sees.wasm"]);
    assert_eq!(built.code, Some(0), "{}", built.show());
    for source in ["sees.ts", "sees.wasm"] {
        let said = place.host(["inspect", source, "--format", "json"]);
        assert_eq!(said.code, Some(0), "{}", said.show());
        let pack: Value = serde_json::from_str(&said.stdout).unwrap();
        assert_eq!((&pack["name"], &pack["world"]), (&json!("sees all"), &json!("assertion-pack")));
        assert_eq!(pack["sees"], json!(["exchanges", "steps", "iterations"]));
        let imports: Vec<&str> =
            pack["imports"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let ours = imports.into_iter().filter(|import| import.starts_with("outrider:plugin/"));
        let allowed = ["types", "responses", "measure", "clock", "vars"];
        let known =
            |import: &str| allowed.iter().any(|name| import == format!("outrider:plugin/{name}@0.1.0"));
        assert_eq!(ours.filter(|import| !known(import)).collect::<Vec<_>>(), Vec::<&str>::new());
    }
}

#[test]
fn what_a_pack_has_not_is_said_with_its_place_before_anything_is_compiled() {
    let place = Place::new();
    place.file(
        "asks.ts",
        "import { assertionPack, http, random } from \"@outrider/sdk\";\n\nexport default assertionPack({\n  \
         checkIteration() {\n    if (random.boolean()) http.get(\"/\");\n  },\n});\n",
    );
    shows!(place.host(["inspect", "asks.ts"]).show(), @r#"
    exit 104
    --- stderr
    error: asks.ts:1:25: an assertion pack has no 'http'
      1 | import { assertionPack, http, random } from "@outrider/sdk";
        |                         ^
    asks.ts:1:31: an assertion pack has no 'random'
      1 | import { assertionPack, http, random } from "@outrider/sdk";
        |                               ^
    hint: it judges what journeys do, by check and expect; it has the clock, its parameters, metrics and logs
    "#);
}

#[test]
fn a_definition_of_a_pack_says_all_that_is_wrong_with_it() {
    let place = Place::new();
    place.file(
        "wrong.js",
        "import { assertionPack } from \"@outrider/sdk\";\n\nexport default assertionPack({\n  nam: \"x\",\n  parameters: 5,\n  \
         async checkStep() {},\n  checkexchange() {},\n});\n",
    );
    shows!(place.host(["inspect", "wrong.js"]).errors(), @r#"
    exit 104
    error: wrong.js is no assertion pack: 
      assertionPack() knows no "nam" (did you mean "name"?); it takes name, description, parameters, start, checkExchange, checkStep, checkPage, checkIteration
      checkStep of assertionPack() is async, and its functions are plain ones: calls of the host wait for their answer
      parameters must be a JSON Schema, an object
    hint: the shortest assertion pack is: import { assertionPack, expect } from "@outrider/sdk"; export default assertionPack({ checkExchange({ response }) { expect(response?.status, "status is 200").toBe(200); } })
    "#);
    place.file(
        "empty.js",
        "import { assertionPack } from \"@outrider/sdk\";\nexport default assertionPack({});\n",
    );
    let empty = place.host(["inspect", "empty.js"]);
    let words = "error: empty.js is no assertion pack: it judges nothing: it has none of checkExchange, checkStep, checkPage, checkIteration";
    assert!(empty.code == Some(104) && empty.stderr.contains(words), "{}", empty.show());
}

#[test]
fn a_pack_is_no_journey_and_a_journey_no_pack_in_typescript_either() {
    let place = Place::new();
    place.file("journey.ts", "export default function () {}\n");
    place.file("sees.ts", SEES_ALL);
    for (args, words) in [
        (&["run", "sees.ts"][..], "error: 'sees' is an assertion pack, not a journey"),
        (
            &["run", "journey.ts", "--assert", "journey.ts"],
            "error: 'journey' is a journey, not an assertion pack",
        ),
    ] {
        let said = place.host(args);
        assert_eq!(said.code, Some(104), "{}", said.show());
        assert!(said.stderr.contains(words), "{}", said.show());
    }
}

#[test]
fn a_promise_and_chance_in_a_pack_are_refused_where_they_are_met() {
    let (place, target) = (Place::new(), target());
    place.file("journey.ts", JOURNEY);
    for (body, words) in [
        (
            "return Promise.resolve() as any;",
            "checkIteration is a plain function and returned a promise, which nothing waits for; functions are plain ones here",
        ),
        ("Math.random();", "an assertion pack has no random numbers"),
    ] {
        place.file(
            "breaks.ts",
            format!("import {{ assertionPack }} from \"@outrider/sdk\";\nexport default assertionPack({{\n  checkIteration() {{\n    {body}\n  }},\n}});\n"),
        );
        let said = run_with(&place, &target, "breaks.ts", &["--allow-net", "127.0.0.1:1"]);
        assert_eq!(said.code, Some(107), "{}", said.show());
        assert!(said.stderr.contains(words), "{words}: {}", said.show());
    }
}
