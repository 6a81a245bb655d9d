//! `host check` of transforms and alert channels.

use outrider_test_util::{Behaviour, TargetServer};
use serde_json::{Value, json};

use crate::harness::{Place, Said, plugin, shows};
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
fn a_transform_without_records_and_with_a_load_is_refused() {
    let place = Place::new();
    let told = plugin("test-transform");
    let without = place.host(["check", &told]);
    shows!(without.errors(), @"
    exit 104
    error: a transform is tried with records, and there are none
    hint: --input FILE: each line is a record
    ");
    let loaded = check_lines(&place, "row a\n", &["-u", "3", "--threshold", "requests.failed rate < 1%"]);
    shows!(loaded.errors(), @"
    exit 2
    error: a transform makes no load: nothing would read --vus, --threshold
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
        "places": [{"name": "eu-west-1", "passed": false, "duration_ms": 12.5, "error": "status 500"}],
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
