//! `host check` of transforms and alert channels.

use std::io::Write;
use std::process::Stdio;

use outrider_test_util::{Behaviour, TargetServer};
use serde_json::{Value, json};

use crate::harness::{Place, Said, plugin, shows, workspace};
use crate::projects::host;

/// Checks the transform that does with each line what its first word says.
fn check_lines(place: &Place, lines: &str, flags: &[&str]) -> Said {
    place.file("lines.txt", lines);
    let told = plugin("test-transform");
    let args = ["check", &told, "--input", "lines.txt"];
    place.host(args.iter().copied().chain(flags.iter().copied()))
}

fn document(said: &Said) -> Value {
    serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {}", said.show()))
}

#[test]
fn each_line_has_exactly_one_outcome() {
    let said = check_lines(&Place::new(), "row a\nskip\nrows b\nnumber 7\n", &["--format", "json"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let document = document(&said);
    let counts = ["records", "rows", "skipped", "rejected", "broke"].map(|key| document[key].clone());
    assert_eq!(counts, [4, 4, 1, 0, 0].map(|count| json!(count)));
    let outcomes: Vec<_> =
        document["outcomes"].as_array().unwrap().iter().map(|one| &one["outcome"]).collect();
    assert_eq!(outcomes, ["rows", "skipped", "rows", "rows"]);
    assert_eq!(document["outcomes"][3]["rows"], json!([{"text": "7", "seen": 4, "number": 7}]));
    assert_eq!(document["table"], "told");
}

#[test]
fn a_record_that_is_rejected_fails_the_check_and_says_why() {
    let said = check_lines(&Place::new(), "row a\nnumber seven\nhello\n", &[]);
    shows!(said.errors(), @"
    exit 110
    error: lines.txt:2: the record was rejected
      caused by: invalid digit found in string
    error: lines.txt:3: the record was rejected
      caused by: 'hello' says nothing
    ");
}

#[test]
fn a_record_that_breaks_the_transform_breaks_no_other() {
    let said =
        check_lines(&Place::new(), "row a\npanic now\nrow b\ncolumn a b\nrow c\n", &["--format", "json"]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    let document = document(&said);
    let outcomes: Vec<_> =
        document["outcomes"].as_array().unwrap().iter().map(|one| &one["outcome"]).collect();
    assert_eq!(outcomes, ["rows", "broke", "rows", "rejected", "rows"]);
    let reason = |index: usize| document["outcomes"][index]["reason"].as_str().unwrap();
    assert!(reason(1).contains("as told: now"), "{}", reason(1));
    assert!(reason(3).contains("\"a b\" is no column's name"), "{}", reason(3));
    assert!(said.stderr.contains("lines.txt:2: the transform broke"), "{}", said.show());
}

#[test]
fn metrics_of_a_transform_are_shown_and_count_once() {
    let lines = "count 2\npanic now\ncount 0.5\n";
    let said = check_lines(&Place::new(), lines, &["--format", "json"]);
    let expected = json!([
        {"name": "bytes", "kind": "trend", "values": 2, "value": 8.0, "min": 7.0, "max": 9.0, "not_finite": 0},
        {"name": "orders", "kind": "counter", "values": 2, "value": 2.5, "min": 0.5, "max": 2.0, "not_finite": 0},
    ]);
    assert_eq!(document(&said)["metrics"], expected, "though the batch was tried again: {}", said.show());
    let said = check_lines(&Place::new(), "count 2\ncount NaN\n", &[]);
    assert!(said.stdout.contains("· bytes: trend, mean 8, 7 to 9, of 2 values\n"), "{}", said.show());
    assert!(
        said.stdout.contains("· orders: counter, 2 in 1 value, 1 NaN or infinite: they do not count\n"),
        "{}",
        said.show()
    );
}

#[test]
fn a_number_that_no_row_holds_rejects_its_record() {
    let said = check_lines(&Place::new(), "float 0.5\nfloat NaN\nfloat -inf\nid 18446744073709551615\n", &[]);
    shows!(said.errors(), @"
    exit 110
    error: lines.txt:2: the record was rejected
      caused by: column 'share' is NaN, which is no number that a row can hold: leave it out for null
    error: lines.txt:3: the record was rejected
      caused by: column 'share' is -inf, which is no number that a row can hold: leave it out for null
    error: lines.txt:4: the record was rejected
      caused by: column 'id' is 18446744073709551615, larger than a column holds (64 bits with a sign): write it as text
    ");
}

#[test]
fn a_plugin_that_makes_no_load_has_no_checks() {
    let said = check_lines(&Place::new(), "check it\n", &[]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    assert!(
        said.stderr.contains("there are no checks but in journeys and assertion packs"),
        "{}",
        said.show()
    );
}

#[test]
fn what_strangers_wrote_into_a_log_moves_no_terminal() {
    let said = check_lines(&Place::new(), "row \u{1b}[2Jgone\n", &[]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stdout.contains("[2Jgone") && !said.stdout.contains('\u{1b}'), "{}", said.show());
}

#[test]
fn a_transform_that_does_not_compile_is_told_in_the_compilers_words() {
    let place = Place::new();
    place.file("broken.ts", "export default function () { const = 1; }\n");
    let said = place.host(["check", "broken.ts", "--input", "lines.txt"]);
    assert_eq!(said.code, Some(104), "{}", said.show());
    assert!(said.stderr.contains("broken.ts:1:"), "{}", said.show());
}

#[test]
fn what_a_transform_logs_is_heard() {
    let said = check_lines(&Place::new(), "log good morning\n", &[]);
    assert!(said.stderr.contains("good morning"), "{}", said.show());
}

#[test]
fn a_transform_without_records_is_refused_and_so_are_records_for_a_journey() {
    let place = Place::new();
    let told = plugin("test-transform");
    let without = place.host(["check", &told]);
    shows!(without.errors(), @"
    exit 104
    error: a transform is tried with records, and there are none
    hint: --input FILE: each line is a record; - is standard input
    ");
    let run = place.host(["run", &told]);
    shows!(run.errors(), @"
    exit 104
    error: 'test-transform' is a transform, not a journey
    hint: a transform is tried with `host check PLUGIN`
    ");
    let input = place.host(["check", &plugin("test-guest"), "--scenario", "main", "--input", "lines.txt"]);
    shows!(input.errors(), @"
    exit 2
    error: --input is for transforms and alert channels, and this is a journey
    ");
}

/// Has the channel that does what it is told deliver an alert.
fn check_told(place: &Place, does: &str, flags: &[&str]) -> Said {
    let (told, set) = (plugin("test-channel"), format!("does={does}"));
    place.host(["check", &told, "--set", &set].into_iter().chain(flags.iter().copied()))
}

#[test]
fn an_alert_is_told_whole() {
    let place = Place::new();
    let target = TargetServer::builder().route("/hook", Behaviour::status(204)).start();
    let alert = json!({
        "incident": "i-7", "kind": "recovered", "monitor": "shop", "summary": "the shop is well again",
        "began": "2026-01-01T00:00:00Z", "raised": "2026-01-01T01:00:00+01:00",
        "locations": [{
            "name": "eu-west-1", "passed": false, "duration_ms": 12.5, "error": "status 500",
            "failed_checks": [{"name": "status is 200", "expected": "200", "actual": "500"}],
        }],
        "run": "r-1", "link": "https://status.test/", "tags": {"team": "web"},
    });
    place.file("alert.json", alert.to_string());
    let url = target.url("");
    let said = check_told(&place, "posts", &["--target", &url, "--input", "alert.json"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let told: Value = serde_json::from_slice(&target.log().last().unwrap().body).unwrap();
    for key in ["incident", "kind", "monitor", "summary", "run", "link", "tags"] {
        assert_eq!(told[key], alert[key], "{key}");
    }
    assert_eq!((&told["began"], &told["raised"]), (&json!(1_767_225_600), &json!(1_767_225_600)));
    let location = &told["locations"][0];
    assert_eq!(
        (&location["name"], &location["passed"], &location["duration_ns"], &location["error"]),
        (&json!("eu-west-1"), &json!(false), &json!(12_500_000), &json!("status 500"))
    );
    let check = location["failed_checks"][0].as_str().unwrap();
    assert!(check.contains(r#"name: "status is 200", passed: false, expected: Some("200")"#), "{check}");
}

#[test]
fn what_becomes_of_an_alert_is_said_in_the_channels_words() {
    let place = Place::new();
    shows!(check_told(&place, "tries-again", &[]).errors(), @"
    exit 111
    error: the alert was not delivered
      caused by: the room is full
    hint: the channel asks to be tried again later
    ");
    shows!(check_told(&place, "refuses", &[]).errors(), @"
    exit 110
    error: the alert was not delivered
      caused by: there is no such room
    hint: the channel says that trying again does not help
    ");
}

#[test]
fn a_channel_that_breaks_is_no_refusal() {
    let place = Place::new();
    for (does, words) in [
        ("breaks", "this channel has no template"),
        ("panics", "as told: test"),
        ("spins", "CPU"),
        ("checks", "there are no checks but in journeys and assertion packs"),
        ("fails-at-start", "this channel fails at its start on purpose"),
        ("reads-secret", "'hook'"),
    ] {
        let said = check_told(&place, does, &[]);
        assert_eq!(said.code, Some(107), "{does}: {}", said.show());
        assert!(said.stderr.contains(words), "{does}: {}", said.show());
    }
    let target = TargetServer::builder().route("/hook", Behaviour::status(101)).start();
    let url = target.url("");
    let said = check_told(&place, "posts", &["--target", &url]);
    assert!(matches!(said.code, Some(110 | 111)), "{}", said.show());
}

#[test]
fn what_a_channel_records_is_shown() {
    let said = check_told(&Place::new(), "records", &["--format", "json"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stderr.contains("told of test"), "{}", said.show());
    let metric = &document(&said)["seen"]["metrics"][0];
    assert_eq!((&metric["name"], &metric["value"]), (&json!("alerts"), &json!(1.0)));
}

#[test]
fn an_alert_from_before_1970_is_refused() {
    let place = Place::new();
    place.file("alert.json", r#"{"monitor": "shop", "summary": "s", "began": "1969-07-20T20:17:40Z"}"#);
    shows!(check_told(&place, "posts", &["--input", "alert.json"]).errors(), @"
    exit 104
    error: 'alert.json' is no alert
      caused by: began: '1969-07-20T20:17:40Z' is before 1970
    ");
}

#[test]
fn what_a_transform_or_a_channel_does_not_read_is_refused_by_name() {
    let place = Place::new();
    let flags = ["-u", "3", "--threshold", "requests.failed rate < 1%", "--target", "http://127.0.0.1:1"];
    let more = ["--iteration-timeout", "1s", "--seed", "1", "--secret", "k", "--out", "x", "--max-cpu", "1s"];
    let said = check_lines(
        &place,
        "row a\n",
        &[flags, ["--data", "a=b.csv", "--scenario", "x", "--no-think", "--debug"]].concat(),
    );
    assert_eq!(said.code, Some(2), "--debug is refused before all else: {}", said.show());
    let said = check_lines(&place, "row a\n", &[&flags[..], &more].concat());
    shows!(said.errors(), @"
    exit 2
    error: a transform makes no load: nothing would read --iteration-timeout, --out, --secret, --seed, --target, --threshold, --vus
    hint: it reads --input, --set, --max-memory and --max-cpu; leave out the rest
    ");
    place.file("chat.ts", CHAT);
    let said = place.host(
        [
            &["check", "chat.ts", "--assert", "x.wasm", "--data", "a=b.csv", "-d", "1m", "--http", "2"][..],
            &more,
        ]
        .concat(),
    );
    shows!(said.errors(), @"
    exit 2
    error: an alert channel makes no load: nothing would read --data, --duration, --iteration-timeout, --out, --assert, --seed
    hint: it reads --target, --allow-net, --secret, --insecure, --http, --set, --input, --max-memory and --max-cpu; leave out the rest
    ");
}

/// Tells a room of a chat, in the words of its secret.
const CHAT: &str = r#"
import { accepted, alertChannel, http, refuse, vars } from "@outrider/sdk";
export default alertChannel({
  name: "chat",
  description: "Tells a room of a chat.",
  parameters: { type: "object", properties: { path: { type: "string", default: "/hook" } } },
  deliver(alert) {
    const { path } = vars.parameters() as { path: string };
    if (path === "refuse") refuse(`the room of ${vars.secret("room")} is closed`);
    accepted(http.post(path, { json: { text: alert.summary } }));
  },
});
"#;

#[test]
fn what_of_a_plan_a_transform_or_a_channel_does_not_read_is_refused_with_its_place() {
    let place = Place::new();
    let told = plugin("test-transform");
    let plan = format!(
        "thresholds = [\"requests.failed rate < 1%\"]\n[run]\nname = \"lines\"\n[http]\ntimeout = \"1s\"\n\
         [scenario.lines]\nplugin = '{told}'\nvus = 2\nduration = \"1m\"\n[limits]\nmemory = \"64MiB\"\n\
         iteration_timeout = \"1m\"\n[[assert]]\nplugin = 'missing.wasm'\n"
    );
    place.file("plan.toml", plan);
    place.file("lines.txt", "row a\n");
    let said = place.host(["check", "plan.toml", "--input", "lines.txt"]);
    shows!(said.errors(), @"
    exit 104
    error: plan.toml:1:1: a transform makes no load: nothing would read thresholds
    error: plan.toml:2:2: a transform makes no load: nothing would read run
    error: plan.toml:4:2: a transform makes no load: nothing would read http
    error: plan.toml:8:1: a transform makes no load: nothing would read scenario.lines.vus
    error: plan.toml:9:1: a transform makes no load: nothing would read scenario.lines.duration
    error: plan.toml:12:1: a transform makes no load: nothing would read limits.iteration_timeout
    error: plan.toml:13:3: a transform makes no load: nothing would read assert
    hint: of a plan it reads the scenario's plugin and parameters, and memory and cpu of [limits]; leave out the rest
    ");
    let said = place.host(["check", "plan.toml", "--input", "lines.txt", "--seed", "1"]);
    assert_eq!(said.code, Some(2), "{}", said.show());
    assert!(said.stderr.contains("nothing would read --seed"), "{}", said.show());
    assert!(said.stderr.contains("plan.toml:1:1: "), "{}", said.show());

    place.file("plan.toml", format!("[scenario.lines]\nplugin = '{told}'\n[limits]\nmemory = \"64MiB\"\n"));
    let said = place.host(["check", "plan.toml", "--input", "lines.txt"]);
    assert_eq!(said.code, Some(0), "what it reads is taken: {}", said.show());

    place.file("chat.ts", CHAT);
    let plan = "[run]\ntarget = \"http://127.0.0.1:1\"\nseed = 4\n[http]\ntimeout = \"1s\"\n[scenario.chat]\n\
                plugin = \"chat.ts\"\nparameters = { path = \"/x\" }\n[[data]]\nname = \"a\"\nfile = \"a.csv\"\n";
    place.file("plan.toml", plan);
    shows!(place.host(["check", "plan.toml"]).errors(), @"
    exit 104
    error: plan.toml:3:1: an alert channel makes no load: nothing would read run.seed
    error: plan.toml:9:3: an alert channel makes no load: nothing would read data
    hint: of a plan it reads the scenario's plugin and parameters, [run] target, [http], [[secret]], [grants], and memory and cpu of [limits]; leave out the rest
    ");

    place.file("journey.ts", "export default () => {};\n");
    let plan = format!(
        "[scenario.lines]\nplugin = '{told}'\n[scenario.walk]\nplugin = \"journey.ts\"\nvus = 2\nduration = \"1s\"\n"
    );
    place.file("plan.toml", plan);
    shows!(place.host(["check", "plan.toml", "--input", "lines.txt"]).errors(), @"
    exit 2
    error: --input is for one transform or alert channel, and the plan names several plugins
    hint: --scenario NAME says which is meant
    ");
    let said = place.host(["check", "plan.toml", "--input", "lines.txt", "--scenario", "lines"]);
    assert_eq!(said.code, Some(0), "the other scenario's keys are its own: {}", said.show());
}

#[test]
fn records_and_alerts_come_from_standard_input_too() {
    let place = Place::new();
    let told = plugin("test-transform");
    let said = with_input(&place, &["check", &told, "--input", "-"], "row a\nhello\n");
    assert!(said.stdout.contains("text=a"), "{}", said.show());
    shows!(said.errors(), @"
    exit 110
    error: standard input:2: the record was rejected
      caused by: 'hello' says nothing
    ");
    place.file("chat.ts", CHAT);
    let target = TargetServer::builder().route("/hook", Behaviour::text("thanks")).start();
    let url = target.url("");
    let alert = r#"{"monitor": "shop", "summary": "the cart fails"}"#;
    let said = with_input(&place, &["check", "chat.ts", "--target", &url, "--input", "-"], alert);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert_eq!(target.log()[0].body, br#"{"text":"the cart fails"}"#[..]);
    let said = with_input(
        &place,
        &["check", "chat.ts", "--target", &url, "--input", "-"],
        r#"{"monitor": "s", "sumary": ""}"#,
    );
    shows!(said.errors(), @r#"
    exit 104
    error: standard input is no alert
      caused by: unknown field `sumary`, expected one of `incident`, `kind`, `monitor`, `summary`, `began`, `raised`, `locations`, `run`, `link`, `tags` at line 1 column 25
    hint: the least is {"monitor": "shop", "summary": "the cart fails"}; `host check --help` has all of its keys
    "#);
    let said = with_input(&place, &["check", &told, "--input", "-", "--watch"], "row a\n");
    shows!(said.errors(), @"
    exit 2
    error: --watch reads the input again after each change: it takes a file, not standard input
    ");
}

/// Runs the program with a text on its standard input.
fn with_input(place: &Place, args: &[&str], text: &str) -> Said {
    let mut command = place.command(args);
    command.env_remove("OUTRIDER_TARGET").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // The program need not read what it refuses.
    drop(child.stdin.take().unwrap().write_all(text.as_bytes()));
    Said::of(child.wait_with_output().unwrap(), place.path())
}

/// The project of a new channel in Rust, checked against a web hook.
fn check_channel(place: &Place, target: &TargetServer, path: &str, flags: &[&str]) -> Said {
    let (url, set) = (target.url(""), format!("path={path}"));
    let args = ["check", "hook", "--target", &url, "--set", &set];
    host(place, &[&args, flags].concat())
}

#[test]
fn an_alert_is_delivered_tried_again_or_refused() {
    ["rust", "ts", "js"].into_iter().for_each(delivers);
}

/// What a channel does that is new, in a language.
fn delivers(language: &str) {
    let place = Place::new();
    let target = TargetServer::builder()
        .route("/ok", Behaviour::text("thanks"))
        .route("/busy", Behaviour::status(503))
        .route("/gone", Behaviour::status(404))
        .start();
    let made = host(&place, &["new", "hook", "--lang", language, "--world", "alert-channel"]);
    assert_eq!(made.code, Some(0), "{}", made.show());

    let alert = json!({
        "monitor": "shop", "summary": "the cart fails in eu-west-1",
        "locations": [{"name": "eu-west-1", "passed": false, "duration_ms": 12.5, "error": "status 500"}],
    });
    place.file("alert.json", alert.to_string());
    let delivered = check_channel(&place, &target, "/ok", &["--input", "alert.json", "--format", "json"]);
    assert_eq!(delivered.code, Some(0), "{}", delivered.show());
    let document = document(&delivered);
    assert_eq!(
        (&document["delivery"], &document["seen"]["requests"][0]["status"]),
        (&json!("delivered"), &json!(200))
    );
    let text = String::from_utf8(target.log().last().unwrap().body.to_vec()).unwrap();
    assert_eq!(text, r#"{"text":"shop failed: the cart fails in eu-west-1"}"#);

    let busy = check_channel(&place, &target, "/busy", &[]);
    assert_eq!(busy.code, Some(111), "{}", busy.show());
    assert!(busy.stdout.contains("try again"), "{}", busy.show());
    let gone = check_channel(&place, &target, "/gone", &[]);
    assert_eq!(gone.code, Some(110), "{}", gone.show());
    assert!(gone.stderr.contains("caused by: status 404"), "{}", gone.show());

    place.file("alert.json", r#"{"monitor": "shop"}"#);
    let bad = check_channel(&place, &target, "/ok", &["--input", "alert.json"]);
    assert_eq!(bad.code, Some(104), "{}", bad.show());
    assert!(bad.stderr.contains("missing field `summary`"), "{}", bad.show());
}

#[test]
fn a_new_transform_makes_rows_of_lines() {
    for language in ["rust", "ts", "js"] {
        let place = Place::new();
        let made = host(&place, &["new", "lines", "--lang", language, "--world", "transform"]);
        assert_eq!(made.code, Some(0), "{}", made.show());
        place.file("access.log", "# method path status\nmethod=GET path=/cart status=200\n");
        let said = host(&place, &["check", "lines", "--input", "access.log", "--format", "json"]);
        assert_eq!(said.code, Some(0), "{}", said.show());
        let rows = &document(&said)["outcomes"][1]["rows"];
        assert_eq!(rows, &json!([{"method": "GET", "path": "/cart", "status": 200}]), "{language}");
        place.file("access.log", "method=GET /cart\n");
        let said = host(&place, &["check", "lines", "--input", "access.log"]);
        assert_eq!(said.code, Some(110), "{}", said.show());
        assert!(said.stderr.contains("caused by: '/cart' is no key=value"), "{language}: {}", said.show());
    }
}

/// Says of each line what its first word asks for.
const TOLD_IN_TYPESCRIPT: &str = r#"
import { column, reject, transform, vars } from "@outrider/sdk";

let seen = 0;

export default transform({
  name: "told",
  table: "told",
  parameters: { type: "object", properties: { unit: { type: "string", default: "ms" } } },
  transform({ text, position, received }) {
    const [word, rest = ""] = text.split(" ");
    seen += 1;
    switch (word) {
      case "row":
        return { text: rest, seen, position, at: new Date("2026-11-21T12:00:00Z"), took: column.duration(`12${vars.get("unit")}`), share: column.float(1), ok: true, none: null };
      case "rows":
        return [{ text: rest }, { text: rest }];
      case "received":
        return { recent: received.getTime() > Date.UTC(2020) };
      case "skip":
        return null;
      case "throw":
        throw new RangeError(rest);
      case "now":
        return { at: new Date() };
      default:
        return reject(`'${word}' says nothing`);
    }
  },
});
"#;

#[test]
fn a_transform_in_typescript_has_an_outcome_for_each_record() {
    let place = Place::new();
    place.file("told.ts", TOLD_IN_TYPESCRIPT);
    place.file("lines.txt", "row a\nskip\nrows é\nreceived\nhello\nthrow late\nnow\n\u{fffd}\n");
    let args = ["check", "told.ts", "--input", "lines.txt", "--set", "unit=s", "--format", "json"];
    let said = place.host(args);
    assert_eq!(said.code, Some(107), "{}", said.show());
    let document = document(&said);
    let outcomes = document["outcomes"].as_array().unwrap();
    let words: Vec<_> = outcomes.iter().map(|one| one["outcome"].as_str().unwrap()).collect();
    assert_eq!(words, ["rows", "skipped", "rows", "rows", "rejected", "broke", "broke", "rejected"]);
    let mut row = outcomes[0]["rows"][0].clone();
    let at = row.as_object_mut().unwrap().remove("at").unwrap();
    assert!(at.as_str().unwrap().starts_with("2026-11-21T12:00:00.0000000"), "{at}");
    let expected =
        json!({"text": "a", "seen": 1, "position": 0, "took": 12_000_000_000_u64, "share": 1.0, "ok": true});
    assert_eq!(row, expected, "null leaves a column out");
    assert_eq!(outcomes[2]["rows"], json!([{"text": "é"}, {"text": "é"}]));
    assert_eq!(outcomes[3]["rows"], json!([{"recent": true}]));
    assert_eq!(outcomes[4]["reason"], "'hello' says nothing");
    assert_eq!(outcomes[5]["reason"], "RangeError: late");
    assert!(outcomes[6]["reason"].as_str().unwrap().contains("a transform has no clock"), "{}", outcomes[6]);
    assert!(said.stderr.contains("at transform (told.ts:"), "{}", said.show());
}

#[test]
fn plugins_in_typescript_without_load_import_what_their_worlds_have() {
    for (world, source, allowed) in [
        ("transform", TOLD_IN_TYPESCRIPT, &["measure", "types", "vars"][..]),
        (
            "alert-channel",
            "import { alertChannel } from \"@outrider/sdk\";\nexport default alertChannel({ deliver() {} });\n",
            &["clock", "http", "measure", "responses", "types", "vars"],
        ),
    ] {
        let place = Place::new();
        place.file("plugin.ts", source);
        let said = place.host(["inspect", "plugin.ts", "--format", "json"]);
        assert_eq!(said.code, Some(0), "{}", said.show());
        let inspected = document(&said);
        assert_eq!(inspected["world"], world);
        let imports = inspected["imports"].as_array().unwrap().iter().filter_map(Value::as_str);
        let ours = imports.filter_map(|import| import.strip_prefix("outrider:plugin/"));
        let foreign: Vec<&str> =
            ours.filter(|name| !allowed.iter().any(|ok| *name == format!("{ok}@0.1.0"))).collect();
        assert_eq!(foreign, Vec::<&str>::new(), "{world}");
    }
}

/// What became of each line, and why, where it says that.
fn outcomes(said: &Said) -> Vec<(String, String)> {
    let document = document(said);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let outcomes = document["outcomes"].as_array().unwrap().iter();
    outcomes.map(|one| (text(&one["outcome"]), text(&one["reason"]))).collect()
}

#[test]
fn a_record_that_uses_up_memory_or_time_breaks_no_other() {
    let flags = ["--max-memory", "16MiB", "--max-cpu", "100ms", "--format", "json"];
    let said = check_lines(&Place::new(), "row a\neat all\nrow b\nspin on\nrow c\n", &flags);
    assert_eq!(said.code, Some(107), "{}", said.show());
    let outcomes = outcomes(&said);
    let words: Vec<&str> = outcomes.iter().map(|(outcome, _)| outcome.as_str()).collect();
    assert_eq!(words, ["rows", "broke", "rows", "broke", "rows"]);
    assert!(outcomes[1].1.contains("memory"), "{}", outcomes[1].1);
    assert!(outcomes[3].1.contains("100ms of CPU time"), "{}", outcomes[3].1);
}

#[test]
fn a_transform_that_does_not_start_says_so_once() {
    let said = check_lines(&Place::new(), "row a\nrow b\n", &["--set", "start=fails"]);
    shows!(said.errors(), @"
    exit 107
    error: the transform broke in start
      caused by: this transform fails at its start on purpose
    ");
    let said = check_lines(&Place::new(), "row a\n", &["--set", "start=panics"]);
    shows!(said.errors(), @"
    exit 107
    error: the transform broke in start
      caused by: panicked at test-transform/src/lib.rs:28:31: at its start, on purpose
    ");
}

/// A batch has 10,000 records at most, and 1 MiB; what an instance remembers goes from one to the next.
#[test]
fn a_transform_keeps_its_state_from_batch_to_batch_and_the_order_of_records() {
    let lines: String = (0..10_002).map(|line| format!("row {line}\n")).collect();
    let said = check_lines(&Place::new(), &lines, &["--format", "json"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let document = document(&said);
    let outcomes = document["outcomes"].as_array().unwrap();
    assert_eq!(outcomes.len(), 10_002);
    for (line, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome["rows"], json!([{"text": line.to_string(), "seen": line + 1}]));
    }
}

#[cfg(unix)]
#[test]
fn a_check_of_a_transform_is_ended_from_outside() {
    use rustix::process::Signal;

    let place = Place::new();
    place.file("lines.txt", "log here\nspin on\n");
    let told = plugin("test-transform");
    let mut command = place.command(["check", &told, "--input", "lines.txt", "--max-cpu", "10m"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let talk = crate::signals::wait_for(&mut child, "here");
    crate::signals::signal(&child, Signal::INT);
    let rest = std::io::read_to_string(talk).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(105), "{rest}");
    assert!(rest.contains("error: the check was stopped from outside"), "{rest}");
    assert!(output.stdout.is_empty(), "nothing is said of half a check");
}

#[test]
fn what_a_channel_says_holds_no_secret() {
    let place = Place::new();
    place.file("chat.ts", CHAT);
    place.file("room.txt", "room-4711-berlin");
    let args = ["check", "chat.ts", "--set", "path=refuse", "--secret", "room=file:room.txt"];
    let said = place.host(args);
    assert!(!said.show().contains("room-4711-berlin"), "{}", said.show());
    shows!(said.errors(), @"
    exit 110
    error: the alert was not delivered
      caused by: the room of [secret room] is closed
    hint: the channel says that trying again does not help
    ");
    let said = place.host([&args[..], &["--format", "json"]].concat());
    assert!(!said.show().contains("room-4711-berlin"), "{}", said.show());
    assert_eq!(document(&said)["reason"], "the room of [secret room] is closed");
}

#[test]
fn a_channel_reaches_nobody_whom_it_is_not_let() {
    let place = Place::new();
    place.file("chat.ts", CHAT);
    let target = TargetServer::builder().route("/hook", Behaviour::text("thanks")).start();
    let elsewhere = format!("path={}", target.url("/hook"));
    let said = place.host(["check", "chat.ts", "--set", &elsewhere]);
    assert_eq!(target.total_requests(), 0);
    shows!(said.errors(), @"
    exit 107
    error: the alert channel broke in deliver
      caused by: POST http://127.0.0.1:[PORT]/hook: the run's grants do not cover 127.0.0.1:[PORT] (hint: --allow-net 127.0.0.1:[PORT])
    ");
    let said = Said::of(
        place.command(["check", "chat.ts"]).env_remove("OUTRIDER_TARGET").output().unwrap(),
        place.path(),
    );
    shows!(said.errors(), @"
    exit 104
    error: the alert channel makes requests, and there is no host that it may reach
    hint: --target URL names its site, for example --target http://127.0.0.1:[PORT]; --allow-net HOST:PORT allows whole URLs
    ");
}

/// By the clock of tests, in which half a minute takes no time.
#[test]
fn a_hook_that_never_answers_is_to_be_tried_again() {
    let place = Place::new();
    place.file("chat.ts", CHAT);
    place.file(
        "chat.test.toml",
        "[[test]]\nname = \"hangs\"\n[[test.answer]]\nrequest = \"POST /hook\"\nerror = \"timeout\"\n\
         [test.expect]\ndelivery = \"try-again\"\nduration = \"30s\"\n",
    );
    let said = place.host(["test", "chat.ts"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
}

/// Whether a document is as its schema in the reference has it.
fn fits(document: &Value, schema: &str) {
    let schema = std::fs::read(workspace().join("docs/reference").join(schema)).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(document).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:#?}: {document:#}");
}

/// A snapshot of a page without its times.
macro_rules! shows_still {
    ($text:expr, @$snapshot:literal) => {
        insta::with_settings!({filters => vec![
            (r" *\d+(\.\d+)? (ms|µs|s)\b", " [TIME]"),
            (r"127\.0\.0\.1:\d+", "127.0.0.1:[PORT]"),
        ]}, {
            insta::assert_snapshot!($text, @$snapshot);
        });
    };
}

#[test]
fn a_check_of_a_transform_is_told_in_text_and_json() {
    let place = Place::new();
    let lines = "row a\nrows b\nskip\nnumber x\n";
    let said = check_lines(&place, lines, &[]);
    shows_still!(said.stdout.replace(&plugin("test-transform"), "told.wasm"), @"
    FAIL: check failed
    transform   told (told.wasm)
    table       told
    records     4 records: 3 rows, 1 skipped, 1 rejected in [TIME]
                  1  text=a seen=1
                  2  text=b seen=2
                  2  text=b seen=2
                  3  skipped
                ✗ 4  rejected: invalid digit found in string
    ");
    let said = check_lines(&place, &format!("{lines}panic now\n"), &["--format", "json"]);
    let document = document(&said);
    fits(&document, "check-transform.schema.json");
    assert_eq!((&document["verdict"], &document["exit_code"]), (&json!("plugin broke"), &json!(107)));
    assert_eq!(document["faults"].as_array().unwrap().len(), 2, "{document:#}");
}

#[test]
fn a_check_of_a_channel_is_told_in_text_and_json() {
    let place = Place::new();
    place.file("chat.ts", CHAT);
    let target = TargetServer::builder()
        .route("/hook", Behaviour::text("thanks"))
        .route("/busy", Behaviour::status(503))
        .start();
    let url = target.url("");
    let said = place.host(["check", "chat.ts", "--target", &url]);
    shows_still!(said.stdout, @"
    PASS
    channel     chat (chat.ts)
    alert       delivered in [TIME]
                  POST  /hook  200 [TIME]     122 B
    ");
    let said = place.host(["check", "chat.ts", "--target", &url, "--set", "path=/busy", "--format", "json"]);
    let document = document(&said);
    fits(&document, "check-channel.schema.json");
    assert_eq!((&document["verdict"], &document["delivery"]), (&json!("target failed"), &json!("try again")));
    assert_eq!(said.code, Some(111), "{}", said.show());
}

#[test]
fn a_transform_and_a_channel_are_inspected() {
    let place = Place::new();
    place.file("chat.ts", CHAT);
    let told = plugin("test-transform");
    for (path, world, table) in
        [(&*told, "transform", json!("told")), ("chat.ts", "alert-channel", json!(null))]
    {
        let said = place.host(["inspect", path, "--format", "json"]);
        let document = document(&said);
        fits(&document, "inspect.schema.json");
        assert_eq!((&document["world"], &document["table"]), (&json!(world), &table));
        assert_eq!((&document["scenarios"], &document["sees"]), (&json!(null), &json!(null)));
        let said = place.host(["inspect", path]);
        let lines: Vec<&str> =
            said.stdout.lines().map(|line| line.get(..11).unwrap_or(line).trim_end()).collect();
        let table = if world == "transform" { &["table"][..] } else { &[] };
        let labels = [&["name", "does", "world"], table, &["parameters", "needs"]].concat();
        let shown: Vec<&str> = lines.iter().copied().filter(|label| labels.contains(label)).collect();
        assert_eq!(shown, labels, "{}", said.show());
        assert!(said.stdout.contains("for each instance"), "{}", said.show());
    }
}
