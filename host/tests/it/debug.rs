//! `host run --debug`: a journey walked through step by step.

use outrider_test_util::{Behaviour, TargetServer};
use serde_json::{Value, json};

use crate::harness::{Place, Said, plugin, shows};

/// Something of everything that a walk shows.
const JOURNEY: &str = r#"import { check, data, expect, fail, http, journey, log, metrics, random, step, tag, think, vars } from "@outrider/sdk";

export default journey({
  name: "walk",
  parameters: { type: "object", properties: { greeting: { type: "string", default: "hello" } } },
  setup() {
    return { campaign: "autumn" };
  },
  scenarios: {
    buy() {
      http.clearCookies();
      const customer = data.row("customers");
      log.info(vars.get("greeting"), vars.setupData().campaign);
      step("sign in", () => {
        tag("plan", "free");
        const answer = http.post("/login", { json: { user: customer.name }, name: "sign in" });
        expect(answer.jsonPath("$.user.id"), "the id").toBe(17);
        answer.jsonPath("$.user.nmae");
        answer.headerRegex("x-trace", /id=(\d+)/, 1);
        answer.header("x-trase");
      }, { tags: { kind: "first" } });
      think("1s", "2s");
      const page = http.get("/old");
      check("there is a title", page.css("title") === "Shop");
      page.css("a.nxt", "href");
      page.xpath("//li");
      page.regex("<TITLE>(.*)</TITLE>", 1);
      random.pick(["one"]);
      metrics.counter("orders").add(2, { color: "red" });
      step("order", () => {
        fail(`no order, status ${http.get("/broken").status}`);
      });
    },
  },
});
"#;

const PAGE: &str = "<!doctype html>\n<title>Shop</title>\n<a class=\"next\" href=\"/p/2\">Next</a>";

fn target() -> TargetServer {
    let user = json!({"user": {"id": 17, "name": "Ada"}});
    let login = Behaviour::json(&user)
        .header("x-trace", "id=99")
        .header("set-cookie", "session=abc; Path=/")
        .header("set-cookie", "foreign=1; Domain=elsewhere.test");
    TargetServer::builder()
        .route("/login", login)
        .route("/old", Behaviour::redirect(302, "/page"))
        .route("/page", Behaviour::html(PAGE))
        .route("/broken", Behaviour::text("down").with_status(503))
        .start()
}

fn walk(place: &Place, target: &TargetServer, journey: &str, flags: &[&str]) -> Said {
    place.file("journey.ts", journey);
    let url = target.url("");
    let fixed = ["run", "journey.ts", "--target", &url, "--debug"];
    place.host(fixed.iter().chain(flags))
}

fn with_customers(place: &Place) -> &'static [&'static str] {
    place.file("customers.csv", "name,city\nAda,London\nGrace,New York\n");
    &["--data", "customers=customers.csv", "--no-think"]
}

/// The events of a walk as JSON.
fn events(said: &Said) -> Vec<Value> {
    said.stdout.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

fn of_kind<'e>(events: &'e [Value], kind: &str) -> Vec<&'e Value> {
    events.iter().filter(|event| event["event"] == kind).collect()
}

#[test]
fn a_walk_shows_each_thing_that_a_user_does() {
    let (place, target) = (Place::new(), target());
    let said = walk(&place, &target, JOURNEY, with_customers(&place));
    insta::with_settings!({filters => vec![
        (r"127\.0\.0\.1:\d+", "127.0.0.1:[PORT]"),
        (r"HTTP/1\.1, \d[^;]*;", "HTTP/1.1, [PHASES];"),
        (r"date: .*", "date: [DATE]"),
        (r"traceparent: .*", "traceparent: [TRACE]"),
        (r"user-agent: .*", "user-agent: [AGENT]"),
        (r"random float\(\)  = .*", "random float()  = [VALUE]"),
        (r"wait \d+ ms, skipped", "wait [1000 to 2000] ms, skipped"),
        (r"\d+(\.\d+)? ms", "[MS]"),
        // Where it failed differs with the compiler; the events have it too.
        (r"\n       at .*", ""),
    ]}, {
        insta::assert_snapshot!(said.stdout, @r##"
    setup returned {"campaign":"autumn"} after [MS]
    iteration 0 of scenario default, which runs buy
      all cookies are forgotten
      data customers, row 1 of 2  = {"name":"Ada","city":"London"}
      parameters  = {"greeting":"hello"}
      setup data  = {"campaign":"autumn"}
      log info  hello autumn
      step sign in  [kind=first]
        tag plan = free
        #1 → POST http://127.0.0.1:[PORT]/login  (HTTP/1.1, counted as sign in)
               user-agent: [AGENT]
               accept: */*
               accept-encoding: gzip, deflate, br, zstd
               traceparent: [TRACE]
               content-type: application/json
               host: 127.0.0.1:[PORT]
               | {"user":"Ada"}
        #1 ← 200  (HTTP/1.1, [PHASES]; 234 bytes over a new connection to 127.0.0.1:[PORT])
               content-type: application/json
               x-trace: id=99
               set-cookie: session=abc; Path=/
               set-cookie: foreign=1; Domain=elsewhere.test
               content-length: 31
               date: [DATE]
               keeps the cookie session
               does not keep the cookie foreign
               | {"user":{"id":17,"name":"Ada"}}
        json_path of #1  $.user.id  = 17
        check passed: the id  (expected 17, found 17)
        json_path of #1  $.user.nmae  = nothing
               hint: $.user is an object with id, name (did you mean name?)
        header_regex of #1  id=(\d+)  x-trace, group 1  = 99
        header of #1  x-trase  = nothing
               hint: the answer has content-type, x-trace, set-cookie, content-length, date (did you mean x-trace?)
      end of step sign in after [MS]
      random float()  = [VALUE]
      wait [1000 to 2000] ms, skipped
      #2 → GET http://127.0.0.1:[PORT]/old  (HTTP/1.1, counted as /old)
             user-agent: [AGENT]
             accept: */*
             accept-encoding: gzip, deflate, br, zstd
             traceparent: [TRACE]
             cookie: session=abc
             host: 127.0.0.1:[PORT]
      #2 ← 302  (HTTP/1.1, [PHASES]; 95 bytes over an open connection to 127.0.0.1:[PORT])
             location: /page
             content-length: 0
             date: [DATE]
             is followed to http://127.0.0.1:[PORT]/page
      #3 → GET http://127.0.0.1:[PORT]/page  (HTTP/1.1, counted as /page, redirect 1)
             user-agent: [AGENT]
             accept: */*
             accept-encoding: gzip, deflate, br, zstd
             traceparent: [TRACE]
             cookie: session=abc
             host: 127.0.0.1:[PORT]
      #3 ← 200  (HTTP/1.1, [PHASES]; 188 bytes over an open connection to 127.0.0.1:[PORT])
             content-type: text/html; charset=utf-8
             content-length: 72
             date: [DATE]
             | <!doctype html>
             | <title>Shop</title>
             | <a class="next" href="/p/2">Next</a>
      css of #3  title  = Shop
      check passed: there is a title
      css of #3  a.nxt  @href  = nothing
             hint: there is no class nxt (did you mean next?); the body, read as HTML, has a, body, head, html, title
      xpath of #3  //li  = nothing
             hint: there is no element li; the body, read as HTML, has a, body, head, html, title
      regex of #3  <TITLE>(.*)</TITLE>  group 1  = nothing
             hint: without regard to case it matches "<title>Shop</title>": write (?i) before it
      random between(0, 0)  = 0
      counter orders  = 2  [color=red plan=free]
      step order
        #4 → GET http://127.0.0.1:[PORT]/broken  (HTTP/1.1, counted as /broken)
               user-agent: [AGENT]
               accept: */*
               accept-encoding: gzip, deflate, br, zstd
               traceparent: [TRACE]
               cookie: session=abc
               host: 127.0.0.1:[PORT]
        #4 ← 503  (HTTP/1.1, [PHASES]; 137 bytes over an open connection to 127.0.0.1:[PORT])
               content-type: text/plain; charset=utf-8
               content-length: 4
               date: [DATE]
               | down
      end of step order after [MS]: failed: no order, status 503
    iteration 0 failed after [MS]: no order, status 503
    "##);
    });
    assert_eq!(said.code, Some(0), "a failed iteration is a result: {}", said.show());
}

#[test]
fn events_are_json_lines_that_fit_their_schema() {
    let (place, target) = (Place::new(), target());
    let schema = place.host(["__reference", "reference"]);
    assert_eq!(schema.code, Some(0), "{}", schema.show());
    let schema = std::fs::read_to_string(place.path().join("reference/debug.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    for format in ["jsonl", "json"] {
        let flags = [with_customers(&place), &["--format", format]].concat();
        let events = events(&walk(&place, &target, JOURNEY, &flags));
        for event in &events {
            let faults: Vec<_> = validator.iter_errors(event).map(|fault| fault.to_string()).collect();
            assert!(faults.is_empty(), "{event:#}\n{faults:#?}");
        }
        let row = of_kind(&events, "data_row");
        assert_eq!((&row[0]["row"], &row[0]["rows"]), (&json!(1), &json!(2)), "{row:#?}");
        assert_eq!(of_kind(&events, "request").len(), 4, "a redirect is a request of its own");
        let failure = &of_kind(&events, "iteration_end")[0]["failure"];
        assert_eq!(failure["message"], "no order, status 503");
        assert!(failure["stack"].as_str().unwrap().contains("journey.ts:"), "{failure:#}");
        let times: Vec<f64> = events.iter().map(|event| event["at_ms"].as_f64().unwrap()).collect();
        assert!(times.is_sorted(), "{times:?}");
        let last = events.last().unwrap();
        assert_eq!((&last["event"], &last["call"]), (&json!("call_end"), &json!("teardown")), "{last:#}");
    }
}

#[test]
fn a_walk_is_kept_as_any_other_run() {
    let (place, target) = (Place::new(), target());
    let said = walk(&place, &target, JOURNEY, with_customers(&place));
    assert!(said.stderr.contains("the run is kept: host report "), "{}", said.show());
    let report = place.report();
    assert_eq!(report["iterations"]["failed"], 1, "{report:#}");
    assert_eq!(report["completeness"]["complete"], true, "{report:#}");
}

#[test]
fn think_time_is_waited_for_unless_it_is_left_out() {
    let (place, target) = (Place::new(), target());
    const HOUR_MS: f64 = 3_600_000.0;
    let [waits, skips] =
        [&["--format", "jsonl"][..], &["--format", "jsonl", "--no-think", "--iteration-timeout", "1m"]];
    for (pause, pause_ms, flags, skipped) in [("10ms", 10.0, waits, false), ("1h", HOUR_MS, skips, true)] {
        let journey =
            format!("import {{ think }} from \"@outrider/sdk\";\nexport default () => think(\"{pause}\");\n");
        let said = walk(&place, &target, &journey, flags);
        assert_eq!(said.code, Some(0), "{}", said.show());
        let events = events(&said);
        let wait = of_kind(&events, "wait");
        assert_eq!((&wait[0]["duration_ms"], &wait[0]["skipped"]), (&json!(pause_ms), &json!(skipped)));
        let iteration = of_kind(&events, "iteration_end")[0]["duration_ms"].as_f64().unwrap();
        assert_eq!(iteration < pause_ms, skipped, "{iteration} ms");
    }
}

#[test]
fn verdicts_of_packs_are_part_of_a_walk() {
    let (place, target) = (Place::new(), target());
    let pack = plugin("assert-http");
    let flags = [with_customers(&place), &["--assert", &pack, "--format", "jsonl"]].concat();
    let events = events(&walk(&place, &target, JOURNEY, &flags));
    let checks = of_kind(&events, "check");
    let failed: Vec<_> = checks.iter().filter(|check| check["passed"] == false).collect();
    assert_eq!(failed.len(), 1, "{failed:#?}");
    assert_eq!(failed[0]["pack"], "assert-http");
    assert_eq!((&failed[0]["expected"], &failed[0]["actual"]), (&json!("< 500"), &json!("503")));
    assert!(
        of_kind(&events, "extract").iter().all(|event| event["by"] != "headers"),
        "its own work is not told"
    );
}

#[test]
fn no_body_floods_drives_or_breaks_a_terminal() {
    let place = Place::new();
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 100000\r\nconnection: close\r\n\r\n";
    let image = [head.as_bytes(), b"\x89PNG\r\n\x1a\n", &[0; 99_992]].concat();
    let target = TargetServer::builder()
        .route("/escapes", Behaviour::text("\u{1b}[2J\u{1b}]0;owned\u{7}\r\nnext\u{202e}line\u{9b}31m"))
        .route("/image", Behaviour::raw(image))
        .route("/long", Behaviour::text("x".repeat(5_000_000)))
        .start();
    let journey = "import { http } from \"@outrider/sdk\";\nexport default () => {\n  http.get(\"/escapes\", { headers: { \"x-odd\": \"a\\tb\" } });\n  \
                   http.get(\"/image\").text;\n  http.get(\"/long\").regex(\"x+\");\n  http.get(\"/long\", { discardBody: true });\n};\n";
    let said = walk(&place, &target, journey, &["--debug-body", "1KiB"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let drives = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!said.stdout.contains(drives), "{:?}", said.stdout);
    for words in [
        "| ␛[2J␛]0;owned␇\n",
        "| next\u{fffd}line\u{fffd}31m\n",
        "| 89 50 4e 47 0d 0a 1a 0a 00 00",
        "(100000 bytes that are no text)",
        "| … 4998976 more bytes (--debug-body shows more)",
        "(5000000 bytes: the body was discarded",
    ] {
        assert!(said.stdout.contains(words), "{words}: {}", said.stdout);
    }
    assert!(said.stdout.len() < 20_000, "{} bytes", said.stdout.len());
}

#[test]
fn a_walk_is_bounded_and_says_its_end_all_the_same() {
    let place = Place::new();
    let target = TargetServer::builder().route("/long", Behaviour::text("x".repeat(1 << 20))).start();
    let journey = "import { http } from \"@outrider/sdk\";\nexport default () => {\n  \
                   for (let n = 0; n < 20; n++) http.get(\"/long\");\n};\n";
    let said = walk(&place, &target, journey, &["--debug-body", "2MiB"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stdout.len() < 18 << 20, "{} bytes", said.stdout.len());
    let end: Vec<&str> = said.stdout.lines().rev().take(4).collect();
    assert!(end.iter().any(|line| line.starts_with("iteration 0 completed after")), "{end:?}");
    assert!(end[0].contains("more events are left out"), "{end:?}");
}

#[test]
fn what_does_not_go_with_a_walk_is_said_at_once() {
    let place = Place::new();
    place.file("journey.ts", "export default () => {};\n");
    let load = ["--debug", "-u", "5", "-d", "1s", "--set", "a=1"];
    shows!(place.host(["run", "journey.ts"].iter().chain(&load)).errors(), @r#"
    exit 104
    error: --debug walks one user through one iteration: it takes no --vus, --duration
    hint: leave out the load to debug the journey, or --debug to make the load
    error: the journey has no parameters: nothing would read 'a'
    hint: what it takes is declared by a JSON Schema: parameters: { type: "object", properties: { … } } in journey({ … }), or export const parameters; in Rust Description::parameters
    "#);
    shows!(place.host(["run", "journey.ts", "--format", "jsonl", "-u", "0"]).errors(), @r#"
    exit 104
    error: --format jsonl says what is debugged, and nothing is
    hint: add --debug, or take --format json for the report
    error: --vus 0: nobody would run
    hint: at least 1
    "#);
    for flag in [&["--no-think"][..], &["--debug-body", "1KiB"]] {
        let said = place.host(["run", "journey.ts"].iter().chain(flag));
        assert_eq!(said.code, Some(2), "{}", said.show());
        assert!(said.stderr.contains("--debug"), "{}", said.show());
    }
}

#[test]
fn a_journey_that_breaks_in_setup_shows_where() {
    let (place, target) = (Place::new(), target());
    let journey = "import { http } from \"@outrider/sdk\";\nexport function setup() {\n  http.get(\"/page\");\n  \
                   throw new Error(\"no campaign\");\n}\nexport default () => {};\n";
    let said = walk(&place, &target, journey, &[]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    assert!(said.stdout.starts_with("setup\n  #1 → GET http://"), "{}", said.show());
    let end = said.stdout.lines().find(|line| line.starts_with("setup failed after"));
    assert!(end.is_some_and(|line| line.contains("no campaign")), "{}", said.show());
    assert!(said.stdout.contains("journey.ts:4:"), "{}", said.show());
}

#[test]
fn an_exchange_without_an_answer_shows_its_request_and_what_happened() {
    let place = Place::new();
    let target = TargetServer::builder().route("/silent", Behaviour::closes_before_answer()).start();
    let journey = "import { http } from \"@outrider/sdk\";\nexport default () => {\n  \
                   http.batchSettled([\"/silent\"]);\n  \
                   http.get(\"http://127.0.0.1:1/gone\");\n};\n";
    let flags = ["--allow-net", "127.0.0.1:1", "--threshold", "requests.failed rate < 1%"];
    let said = walk(&place, &target, journey, &flags);
    insta::with_settings!({filters => vec![
        (r"127\.0\.0\.1:\d+", "127.0.0.1:[PORT]"),
        (r"\d+(\.\d+)? ms", "[MS]"),
        (r"\n       .*", ""),
        (r"\n             .*", ""),
    ]}, {
        insta::assert_snapshot!(said.stdout, @"
    iteration 0 of scenario default
      #1 → GET http://127.0.0.1:[PORT]/silent  (HTTP/1.1, counted as /silent)
      #1 ← no answer after [MS]: connection reset: exchange with 127.0.0.1:[PORT] failed: connection closed before message completed
      #2 → GET http://127.0.0.1:[PORT]/gone  (not sent, counted as 127.0.0.1:[PORT]/gone)
      #2 ← no answer after [MS]: cannot connect to 127.0.0.1:[PORT]: connection refused
    iteration 0 failed after [MS]: GET http://127.0.0.1:[PORT]/gone: connection refused
    ");
    });
    assert_eq!(said.code, Some(111), "nothing was answered: {}", said.show());
}

#[test]
fn thresholds_are_not_judged_in_a_walk_and_it_says_so() {
    let (place, target) = (Place::new(), target());
    let flags = [with_customers(&place), &["--threshold", "requests.duration p95 < 1ns"]].concat();
    let said = walk(&place, &target, JOURNEY, &flags);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let words = "thresholds  not judged: one iteration is no measurement\n";
    assert_eq!(said.stderr.matches(words).count(), 1, "{}", said.show());
    assert_eq!(place.report()["thresholds"], json!([]), "nor does its report");
    let wrong = walk(&place, &target, JOURNEY, &["--threshold", "requests.duraton p95 < 1s"]);
    assert_eq!(wrong.code, Some(104), "they are read nevertheless: {}", wrong.show());
}

#[test]
fn a_walk_of_a_plan_with_several_scenarios_names_them() {
    let place = Place::new();
    place.file("journey.ts", "export default () => {};\n");
    place.file(
        "plan.toml",
        "[scenario.browse]\nplugin = 'journey.ts'\n[scenario.buy]\nplugin = 'journey.ts'\n",
    );
    shows!(place.host(["run", "plan.toml", "--debug"]).errors(), @"
    exit 104
    error: --debug walks through one scenario, and the plan has several
    hint: --scenario says which: browse, buy
    ");
}

#[test]
fn a_request_that_is_not_answered_says_why() {
    let (place, target) = (Place::new(), target());
    let journey = "import { http } from \"@outrider/sdk\";\nexport default () => {\n  \
                   http.batchSettled([\"/page\", \"http://elsewhere.test/\"]);\n};\n";
    let said = walk(&place, &target, journey, &["--format", "jsonl"]);
    let events = events(&said);
    let [refused] = of_kind(&events, "no_answer")[..] else { panic!("{events:#?}") };
    assert_eq!(refused["kind"], "not granted", "{refused:#}");
    assert!(refused["hint"].as_str().unwrap().contains("--allow-net elsewhere.test:80"), "{refused:#}");
    assert_eq!(of_kind(&events, "answer").len(), 1);
}
