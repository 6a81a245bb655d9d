//! `host check` of transforms and alert channels: what both have in common.

mod channels;
mod transforms;

use std::io::Write;
use std::process::Stdio;

use outrider_test_util::{Behaviour, TargetServer};
use serde_json::{Value, json};

use crate::harness::{Place, Said, plugin, shows, workspace};
pub(crate) use channels::delivers;

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

/// Runs the program with a text on its standard input.
fn with_input(place: &Place, args: &[&str], text: &str) -> Said {
    let mut command = place.command(args);
    command.env_remove("OUTRIDER_TARGET").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // The program need not read what it refuses.
    drop(child.stdin.take().unwrap().write_all(text.as_bytes()));
    Said::of(child.wait_with_output().unwrap(), place.path())
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
pub(crate) use shows_still;

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
