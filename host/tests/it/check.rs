//! `host check`: the mistakes that otherwise cost a run, found with one user and nothing written.

use outrider_test_util::{Behaviour, TargetServer};
use serde_json::Value;

use crate::harness::{Place, Said, plugin, shows, workspace};

/// Browses eight times of ten, buys twice, and never does the rest.
const SHOP: &str = r#"import { check, http, journey, metrics, step } from "@outrider/sdk";
export default journey({
  name: "shop",
  scenarios: {
    browse: { weight: 8, run() { step("home", () => { http.get("/"); http.get("/list"); }); } },
    buy: {
      weight: 2,
      run() {
        const cart = http.post("/cart", { json: { n: 1 } });
        check("the cart is filled", cart.status === 200);
        metrics.counter("orders").add(1);
      },
    },
    hidden: { weight: 0, run() { http.get("/hidden"); } },
  },
});
"#;

fn shop() -> TargetServer {
    TargetServer::builder()
        .route("/", Behaviour::text("home"))
        .route("/list", Behaviour::text("list"))
        .route("/cart", Behaviour::text("cart"))
        .route("/broken", Behaviour::status(503))
        .start()
}

/// Checks the shop's journey.
fn check(place: &Place, target: &TargetServer, flags: &[&str]) -> Said {
    place.file("shop.ts", SHOP);
    check_of(place, target, "shop.ts", flags)
}

fn check_of(place: &Place, target: &TargetServer, journey: &str, flags: &[&str]) -> Said {
    let url = target.url("");
    let said = place.host(["check", journey, "--target", &url].into_iter().chain(flags.iter().copied()));
    assert!(!place.path().join("runs").exists(), "nothing is written: {}", said.show());
    said
}

/// Checks the guest that does as it is told.
fn check_guest(place: &Place, target: &TargetServer, flags: &[&str]) -> Said {
    check_of(place, target, &plugin("test-guest"), &[&["--scenario", "main"], flags].concat())
}

/// That a check ended so, and said all of this on standard error.
fn assert_says(said: &Said, code: i32, parts: &[&str]) {
    assert_eq!(said.code, Some(code), "{}", said.show());
    for part in parts {
        assert!(said.stderr.contains(part), "{part:?} in {}", said.show());
    }
}

fn json(said: &Said) -> Value {
    serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {}", said.show()))
}

#[test]
fn each_way_that_has_a_weight_is_gone_once_and_the_run_is_estimated() {
    let (place, target) = (Place::new(), shop());
    let said =
        check(&place, &target, &["-r", "10/s", "-d", "30s", "--threshold", "requests.failed rate < 1%"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let asked: Vec<String> = target.log().into_iter().map(|request| request.path).collect();
    assert_eq!(asked, ["/", "/list", "/cart"]);
    for part in [
        "PASS\njourney     shop (shop.ts)\ntarget      http://127.0.0.1:",
        "\nscenario    default (browse, 80%): 1 iteration in ",
        "\nscenario    default (buy, 20%): 1 iteration in ",
        "✓ 1 of 1 check passed",
        "\nthresholds  can match: requests.failed rate < 1%\n            only a run says whether they hold\n",
        // 0.8 · 2 + 0.2 · 1 requests in an iteration.
        "\nestimate    300 iterations and 540 requests in 30 s\n",
        "at most 10 iterations/s and 18 requests/s\n",
    ] {
        assert!(said.stdout.contains(part), "{part:?} in {}", said.show());
    }
    let lines: Vec<&str> = said.stdout.lines().filter(|line| line.contains("/list")).collect();
    assert!(lines[0].trim_start().starts_with("GET  /list  200 "), "{lines:?}");
}

#[test]
fn the_document_is_what_its_schema_says() {
    let (place, target) = (Place::new(), shop());
    place.file("users.csv", "n\n1\n2\n");
    let flags = [
        "-u",
        "2",
        "-d",
        "1s",
        "--format",
        "json",
        "--data",
        "users=users.csv",
        "--threshold",
        "checks.passed rate > 1%",
    ];
    let said = check(&place, &target, &flags);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = json(&said);
    assert_eq!((&report["verdict"], &report["exit_code"]), (&"pass".into(), &0.into()));
    assert_eq!(report["iterations"][0]["seen"]["requests"][1]["url"], target.url("/list"));
    assert_eq!(report["iterations"][1]["seen"]["checks"][0]["passed"], true);
    assert_eq!(report["estimate"]["is_assumed"], true);
    assert_eq!(report["data"][0]["rows"], 2);
    let schema = std::fs::read(workspace().join("docs/reference/check.schema.json")).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&report).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn a_closed_model_says_what_it_assumes() {
    let (place, target) = (Place::new(), shop());
    let sleeps = ["--set", "behaviour=sleeps", "--set", "sleep_ms=50", "-u", "10", "-d", "1h"];
    let said = check_guest(&place, &target, &sleeps);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stdout.contains("\nestimate    about "), "{}", said.show());
    assert!(
        said.stdout.contains("\n            assumed: an iteration of scenario 'main' takes "),
        "{}",
        said.show()
    );
}

#[test]
fn a_threshold_that_can_never_match_is_found_with_what_was_meant() {
    let (place, target) = (Place::new(), shop());
    let thresholds = [
        "requests.duration{name=cart} p95 < 1s",
        "requests.duration{name=/cart} p95 < 1s",
        "steps.duration{step=homw} p95 < 1s",
        "checks.passed{check=the total is right} rate > 99%",
        "metrics.order count > 1",
        "requests.failed{status=503} count == 0",
    ];
    let flags: Vec<&str> = thresholds.iter().flat_map(|threshold| ["--threshold", threshold]).collect();
    let said = check(&place, &target, &flags);
    shows!(said.errors(), @r#"
    exit 104
    error: threshold 'requests.duration{name=cart} p95 < 1s' can never match: no request is called 'cart'
    hint: did you mean '/cart'?
    error: threshold 'steps.duration{step=homw} p95 < 1s' can never match: no step is called 'homw'
    hint: did you mean 'home'?
    error: threshold 'checks.passed{check=the total is right} rate > 99%' can never match: no check is called 'the total is right'
    hint: there is 'the cart is filled'
    error: threshold 'metrics.order count > 1' can never match: no metric is called 'order'
    hint: did you mean 'orders'?
    "#);
}

#[test]
fn a_failed_check_has_an_exit_code_of_its_own() {
    let (place, target) = (Place::new(), TargetServer::builder().route("/", Behaviour::text("home")).start());
    place.file(
        "checks.ts",
        r#"import { check, http } from "@outrider/sdk";
export default function () {
  const page = http.get("/");
  check("it greets", page.text() === "hello");
  check("it answers", page.status === 200);
}
"#,
    );
    let said = check_of(&place, &target, "checks.ts", &[]);
    assert_says(&said, 110, &["error: 1 of 2 checks failed in scenario 'default'\n  caused by: it greets"]);
    assert!(said.stdout.starts_with("FAIL: check failed\n"), "{}", said.show());
}

#[test]
fn a_failed_request_and_a_target_that_is_not_there_are_said() {
    let (place, target) = (Place::new(), shop());
    let requests = ["--set", "behaviour=requests", "--set"];
    let said = check_guest(&place, &target, &[&requests[..], &["url=/broken"]].concat());
    let failed = "error: the only request failed in scenario 'main'\n  caused by: GET /broken: status 503\n";
    assert_says(&said, 111, &[failed, "error: the only check failed in scenario 'main'\n"]);
    let nobody = place.host([
        "check",
        &plugin("test-guest"),
        "--scenario",
        "main",
        "--set",
        "behaviour=requests",
        "--target",
        "http://127.0.0.1:1",
    ]);
    let failed = "error: the only request failed in scenario 'main'\n";
    assert_says(&nobody, 111, &["error: the target failed in scenario 'main'\n", failed]);
}

#[test]
fn a_journey_that_breaks_is_said_with_its_place() {
    let (place, target) = (Place::new(), shop());
    place.file(
        "breaks.ts",
        r#"import { http } from "@outrider/sdk";
export default function () {
  const page = http.get("/");
  page.nothing.at.all;
}
"#,
    );
    let said = check_of(&place, &target, "breaks.ts", &[]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    assert!(said.stdout.starts_with("FAIL: plugin broke\n"), "{}", said.show());
    assert!(said.stderr.contains("error: the journey broke in scenario 'default'\n"), "{}", said.show());
    assert!(said.stderr.contains("breaks.ts:4"), "the author's line: {}", said.show());
    assert!(said.stdout.contains("GET  /  200"), "what was seen before: {}", said.show());
    assert!(said.stdout.contains("estimate    none: no iteration was completed"), "{}", said.show());
}

#[test]
fn setup_start_and_teardown_are_tried_too() {
    let (place, target) = (Place::new(), shop());
    let fails = |when: &str, kind: &str| {
        let (when, kind) = (format!("when={when}"), format!("kind={kind}"));
        check_guest(&place, &target, &["--set", "behaviour=fails", "--set", &when, "--set", &kind])
    };
    let purpose = "\n  caused by: this journey fails on purpose";
    let said = |what: &str| format!("error: {what}{purpose}");
    let untried = "warning: scenario 'main' not tried: nothing was set up\n";
    assert_says(&fails("setup", "target"), 111, &[untried, &said("the target failed in setup")]);
    let start = said("the journey broke in the start of a user of scenario 'main'");
    assert_says(&fails("start", "plugin"), 107, &[&start]);
    assert_says(&fails("iterate", "abort"), 108, &[&said("the journey ended the run in scenario 'main'")]);
    assert_says(&fails("teardown", "plugin"), 107, &[&said("the journey broke in teardown")]);
}

#[test]
fn requests_of_setup_and_start_are_seen_and_not_counted_for_each_iteration() {
    let (place, target) = (Place::new(), shop());
    for (when, part) in [("setup", "\nsetup       "), ("start", "\nscenario    main: 1 iteration in ")] {
        let when = format!("when={when}");
        let flags = ["--set", "behaviour=requests", "--set", &when, "-i", "100"];
        let said = check_guest(&place, &target, &flags);
        assert_eq!(said.code, Some(0), "{}", said.show());
        let (_, after) = said.stdout.split_once(part).unwrap_or_else(|| panic!("{}", said.show()));
        assert!(after.lines().nth(1).unwrap().contains("GET  /  200"), "{}", said.show());
        assert!(said.stdout.contains("estimate    100 iterations and 0 requests in "), "{}", said.show());
    }
}

#[test]
fn packs_judge_the_trial_and_one_that_breaks_is_said() {
    let (place, target) = (Place::new(), shop());
    let pack = plugin("test-pack");
    let requests = ["--set", "behaviour=requests", "--assert", &pack];
    let said = check_guest(&place, &target, &requests);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stdout.contains("checks passed"), "{}", said.show());
    let panics = ["--assert-set", "test-pack.pack_behaviour=panics"];
    let said = check_guest(&place, &target, &[&requests[..], &panics].concat());
    assert_eq!(said.code, Some(107), "{}", said.show());
    assert!(
        said.stderr.contains("error: assertion pack 'test-pack' broke in 3 of 3 calls\n"),
        "{}",
        said.show()
    );
}

#[test]
fn unique_data_that_would_run_out_is_said_before_it_does() {
    let (place, target) = (Place::new(), shop());
    place.file(
        "use.ts",
        r#"import { data, http } from "@outrider/sdk";
export default function () {
  http.get("/", { query: { n: data.row("users").n } });
}
"#,
    );
    place.file("users.csv", "n\n1\n2\n3\n");
    let warned = |policy: &str, load: &[&str]| {
        let data = format!("users=users.csv:{policy}");
        let said = check_of(&place, &target, "use.ts", &[&["--data", &data], load].concat());
        assert_eq!(said.code, Some(0), "{}", said.show());
        let warnings = said.stderr.lines().filter_map(|line| line.strip_prefix("warning: data "));
        warnings.map(str::to_owned).collect::<Vec<_>>()
    };
    let too_few = "'users' has 3 rows, and the plan needs 300: the run would end before its time";
    assert_eq!(warned("unique", &["-r", "10/s", "-d", "30s"]), [too_few]);
    let dropped = "'users' has 3 rows, and the plan needs 4: iterations would be dropped";
    assert_eq!(warned("unique:drop", &["-i", "4"]), [dropped]);
    let again = "'users' has 3 rows, and the plan needs 4: rows would be used again";
    assert_eq!(warned("unique:loop", &["-i", "4"]), [again]);
    assert_eq!(warned("unique", &["-i", "3"]), [""; 0]);
    assert_eq!(warned("circular", &["-i", "300"]), [""; 0]);
}

#[test]
fn what_is_wrong_with_the_plan_is_said_as_by_a_run_and_nothing_is_sent() {
    let (place, target) = (Place::new(), shop());
    let said = check_guest(
        &place,
        &target,
        &[
            "--set",
            "behavior=requests",
            "--data",
            "users=absent.csv",
            "--secret",
            "token",
            "-r",
            "0/s",
            "-d",
            "1s",
        ],
    );
    let parameter = "error: the journey has no parameter 'behavior'\nhint: did you mean behaviour?\n";
    let load = "error: --rate 0/s: nothing would start\n";
    assert_says(&said, 104, &[parameter, load, "absent.csv", "OUTRIDER_SECRET_TOKEN"]);
    assert_eq!(target.total_requests(), 0);
}

#[test]
fn everything_that_is_wrong_is_said_at_once_and_the_worst_decides() {
    let (place, target) = (Place::new(), shop());
    place.file(
        "mixed.ts",
        r#"import { check, http, journey } from "@outrider/sdk";
export default journey({
  name: "mixed",
  scenarios: {
    fails: { weight: 1, run() { check("never holds", http.get("/broken").status === 200); } },
    breaks: { weight: 1, run() { throw new Error("on purpose"); } },
    works: { weight: 1, run() { http.get("/list"); } },
  },
});
"#,
    );
    let threshold = ["--threshold", "requests.duration{name=/lst} p95 < 1s"];
    let said = check_of(&place, &target, "mixed.ts", &threshold);
    let unsure = "may never match: no request is called '/lst', but something failed before all was seen (did you mean '/list'?)";
    let faults = [
        "error: the only request failed in scenario 'default' (fails)\n",
        "error: the only check failed in scenario 'default' (fails)\n",
        "error: the journey broke in scenario 'default' (breaks)\n",
        unsure,
    ];
    assert_says(&said, 107, &faults);
    assert_eq!(target.log().last().unwrap().path, "/list", "one that breaks keeps no other from being tried");
}

#[test]
fn secrets_are_kept_out_of_what_is_said() {
    let (place, target) = (Place::new(), shop());
    place.file("token.txt", "s3cr3t-t0ken");
    place.file(
        "secret.ts",
        r#"import { check, http, vars } from "@outrider/sdk";
export default function () {
  const token = vars.secret("token");
  http.get("/", { query: { token } });
  check("it is " + token, false);
}
"#,
    );
    for format in ["text", "json"] {
        let said =
            check_of(&place, &target, "secret.ts", &["--secret", "token=file:token.txt", "--format", format]);
        assert_eq!(said.code, Some(110), "{}", said.show());
        let all = said.show();
        assert!(all.contains("[secret token]") && !all.contains("s3cr3t"), "{all}");
    }
    assert_eq!(target.log()[0].query.as_deref(), Some("token=s3cr3t-t0ken"));
}

/// The first iteration of this seed that is drawn to buy comes long after the last one that has a row.
#[test]
fn a_way_that_no_row_is_left_for_is_tried_with_another() {
    let (place, target) = (Place::new(), shop());
    place.file("users.csv", "name\nada\nbob\n");
    place.file(
        "rare.ts",
        r#"import { data, http, journey } from "@outrider/sdk";
const visit = () => { data.row("users"); http.get("/"); };
export default journey({
  name: "rare",
  scenarios: { browse: { weight: 999, run: visit }, buy: { weight: 1, run: visit } },
});
"#,
    );
    let said = check_of(&place, &target, "rare.ts", &["-i", "2", "--data", "users=users.csv:unique"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert_eq!(target.total_requests(), 2, "{}", said.show());
}

#[test]
fn what_a_stop_does_is_said_to_be_of_the_stop() {
    let (place, target) = (Place::new(), shop());
    place.file(
        "leaves.ts",
        r#"import { http, journey } from "@outrider/sdk";
export default journey({
  name: "leaves",
  scenarios: { visit: { run() { http.get("/"); } } },
  stop() { http.get("/broken"); },
});
"#,
    );
    let said = check_of(&place, &target, "leaves.ts", &["-i", "1"]);
    assert_says(
        &said,
        111,
        &["error: the only request failed in the stop of a user of scenario 'default'\n"],
    );
}
