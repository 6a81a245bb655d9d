//! Secrets: what a journey does with them, and that nobody can read them afterwards.

use std::path::{Path, PathBuf};

use arrow::util::display::{ArrayFormatter, FormatOptions};
use outrider_test_util::{Behaviour, TargetServer};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::harness::{Place, Said, plugin, shows};

/// It has what must be encoded in a URL, escaped in JSON, and is no whole number of base64 groups.
const PASSWORD: &str = "p4ss w0rd/&\"ü+x";

/// Parts of the password, plain and encoded, of which none may be anywhere.
fn traces() -> Vec<String> {
    let base64 = |before: &str| {
        // Of `user:PASSWORD`, what is in the middle.
        let text = format!("{before}{PASSWORD}");
        btoa(text.as_bytes())[8..16].to_owned()
    };
    vec!["p4ss".into(), "w0rd".into(), "cDRzcy".into(), base64("user:"), base64("a:")]
}

/// Base64, as simple as it can be.
fn btoa(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |three: &[u8]| {
        let bits =
            three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        let letter = move |at: usize| char::from(LETTERS[(bits >> (18 - 6 * at)) as usize & 63]);
        (0..=three.len()).map(letter).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

/// Puts the secret wherever a journey can put a text.
const LEAKY: &str = r#"import { check, expect, http, log, metrics, step, tag, vars } from "@outrider/sdk";
export const parameters = { type: "object", properties: { password: { type: "string" } } };
export default function (user, iteration) {
  const secret = vars.secret("shop.password");
  if (iteration.index === 0) {
    tag("password", secret);
    log.info("the password is", secret, { secret });
    console.error(JSON.stringify({ nested: JSON.stringify({ secret }) }));
    log.warn("x".repeat(4085) + secret);
    check(`check ${secret}`, false, { expected: secret, actual: `<b>${secret}</b>`, message: secret });
    expect("y".repeat(995) + secret, "long").toBe("short");
    metrics.counter(`metric ${secret}`).add(1, { [secret]: secret });
    step(`step ${secret}`, () => {
      http.post("/login", {
        name: `log in with ${secret}`,
        query: { password: secret, next: `/x?p=${encodeURIComponent(secret)}` },
        headers: { authorization: `Basic ${btoa(unescape(encodeURIComponent(`user:${secret}`)))}`, "x-key": encodeURIComponent(secret) },
        form: { password: secret },
        tags: { secret },
      });
      http.get("/echo?a=" + btoa(unescape(encodeURIComponent("a:" + secret))));
    });
    step("fails", () => { throw new Error(`cannot sign in with ${secret}`); });
  }
  if (iteration.index === 1) throw new TypeError(`no ${secret} here`);
}
export function teardown() {
  throw new Error(`cannot say goodbye to ${vars.secret("shop.password")}`);
}
"#;

/// Ends the run with the secret for a reason.
const ABORTS: &str = r#"import { abort, vars } from "@outrider/sdk";
export default function () {
  abort(`wrong password: ${vars.secret("shop.password")}`);
}
"#;

/// Fails before it begins.
const FAILS_IN_SETUP: &str = r#"import { fail, vars } from "@outrider/sdk";
export function setup() {
  fail(`cannot use ${vars.secret("shop.password")}`);
}
export default function () {}
"#;

fn run(place: &Place, journey: &str, flags: &[&str]) -> Said {
    place.file("journey.ts", journey);
    let server =
        TargetServer::builder().route("/login", Behaviour::echo()).route("/echo", Behaviour::echo()).start();
    let target = server.url("");
    let fixed = ["-vv", "run", "journey.ts", "--target", &target, "--secret", "shop.password"];
    let mut command = place.command(fixed.into_iter().chain(flags.iter().copied()));
    let output = command.env("OUTRIDER_SECRET_SHOP_PASSWORD", PASSWORD).output().unwrap();
    if journey == LEAKY {
        let login = server.log().into_iter().find(|request| request.path == "/login").unwrap();
        assert_eq!(
            login.header("authorization"),
            format!("Basic {}", padded(btoa(format!("user:{PASSWORD}").as_bytes()))),
            "the target gets the secret itself"
        );
    }
    Said::of(output, place.path())
}

fn padded(base64: String) -> String {
    let missing = (4 - base64.len() % 4) % 4;
    base64 + &"=".repeat(missing)
}

/// Everything that a run left behind, as text.
fn left_behind(folder: &Path) -> String {
    let mut all = String::new();
    for path in files(folder) {
        all += &path.display().to_string();
        match path.extension().is_some_and(|ending| ending == "parquet") {
            true => all += &cells(&path),
            false => all += &String::from_utf8_lossy(&std::fs::read(&path).unwrap()),
        }
    }
    all
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// All cells of a Parquet file.
fn cells(path: &Path) -> String {
    let file = std::fs::File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let mut all = String::new();
    for batch in reader {
        for column in batch.unwrap().columns() {
            // Points in time hold no text.
            if matches!(column.data_type(), arrow::datatypes::DataType::Timestamp(..)) {
                continue;
            }
            let formatter = ArrayFormatter::try_new(column, &FormatOptions::new()).unwrap();
            for row in 0..column.len() {
                all += &formatter.value(row).to_string();
                all.push('\n');
            }
        }
    }
    all
}

fn find_traces(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| traces().iter().any(|trace| line.contains(trace)));
    lines.map(str::to_owned).collect()
}

#[test]
fn no_row_and_no_word_holds_a_secret() {
    let place = Place::new();
    let set = format!("password={PASSWORD}");
    let said = run(&place, LEAKY, &["-i", "3", "--set", &set]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let kept = left_behind(&place.path().join("runs"));
    assert_eq!(find_traces(&kept), [""; 0]);
    assert_eq!(find_traces(&said.stdout), [""; 0]);
    assert_eq!(find_traces(&said.stderr), [""; 0]);
    // What was there is still told, by the secret's name.
    for words in [
        "the password is [secret shop.password]",
        "check [secret shop.password]",
        "<b>[secret shop.password]</b>",
        "metric [secret shop.password]",
        "step [secret shop.password]",
        "log in with [secret shop.password]",
        "/login?password=[secret shop.password]&next=",
        "cannot sign in with [secret shop.password]",
        "no [secret shop.password] here",
        "\"password\": \"[secret shop.password]\"",
        "secret:shop.password",
    ] {
        assert!(kept.contains(words), "{words} in what was kept");
    }
    assert!(said.stderr.contains("cannot say goodbye to [secret shop.password]"), "{}", said.show());
    for command in [&["report", "--format", "json"][..], &["runs"], &["runs", "--format", "json"]] {
        assert_eq!(find_traces(&place.host(command).stdout), [""; 0], "{command:?}");
    }
}

#[test]
fn a_walk_that_is_debugged_holds_no_secret() {
    for format in ["text", "jsonl"] {
        let place = Place::new();
        let set = format!("password={PASSWORD}");
        let said = run(&place, LEAKY, &["--debug", "--set", &set, "--format", format]);
        assert_eq!(said.code, Some(107), "{}", said.show());
        let kept = left_behind(&place.path().join("runs"));
        assert_eq!(find_traces(&format!("{kept}\n{}\n{}", said.stdout, said.stderr)), [""; 0], "{format}");
        // The request, its body, what the target echoes, the check, the log line, the tag and the error.
        let told = said.stdout.matches("[secret shop.password]").count();
        assert!(told > 10, "{told} in {}", said.stdout);
        assert!(said.stdout.contains("cannot sign in with [secret shop.password]"), "{}", said.stdout);
    }
}

#[test]
fn a_walk_does_not_show_the_password_of_the_target() {
    let place = Place::new();
    place.file(
        "journey.ts",
        "import { http } from \"@outrider/sdk\";\nexport default () => { http.get(\"/page\"); };\n",
    );
    let server = TargetServer::builder().route("/page", Behaviour::text("hello")).start();
    let target = server.url("").replace("http://", "http://ada:hunter2@");
    let said = place.host(["run", "journey.ts", "--target", &target, "--debug"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stdout.contains("authorization: Basic [user and password of the URL]"), "{}", said.show());
    assert!(!said.stdout.contains("hunter2") && !said.stdout.contains("YWRhOmh1bnRlcjI"), "{}", said.show());
}

#[test]
fn the_reason_for_an_end_holds_no_secret() {
    for (journey, code) in [(ABORTS, 108), (FAILS_IN_SETUP, 111)] {
        let place = Place::new();
        let said = run(&place, journey, &["-i", "1"]);
        assert_eq!(said.code, Some(code), "{}", said.show());
        let kept = left_behind(&place.path().join("runs"));
        assert_eq!(find_traces(&format!("{kept}\n{}\n{}", said.stdout, said.stderr)), [""; 0]);
        assert!(said.stderr.contains("[secret shop.password]"), "{}", said.show());
        assert!(kept.contains("[secret shop.password]"), "{kept}");
        let listed = place.host(["runs", "--format", "json"]).stdout;
        assert_eq!(find_traces(&listed), [""; 0]);
        assert!(listed.contains("[secret shop.password]"), "the reason, without it: {listed}");
    }
}

#[test]
fn a_secret_in_the_name_of_a_source_is_not_said_either() {
    let place = Place::new();
    place.file("key", "s3cr3t-value\n");
    place.file("of-s3cr3t-value.ts", "export default function () {}\n");
    let mut command = place.command(["run", "of-s3cr3t-value.ts", "--secret", "key=file:key"]);
    // With a cache of its own, so that it is compiled.
    let output = command.env("XDG_CACHE_HOME", place.path().join("cache")).output().unwrap();
    let said = Said::of(output, place.path());
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stderr.starts_with("compiling of-[secret key].ts …\n"), "{}", said.show());
    let listed = place.host(["runs"]);
    let kept = left_behind(&place.path().join("runs"));
    let all = format!("{}{}{}{kept}", said.stdout, said.stderr, listed.stdout);
    assert!(!all.contains("s3cr3t-value"), "{all}");
}

#[test]
fn a_password_in_the_target_is_sent_and_not_kept() {
    let place = Place::new();
    place.file(
        "journey.ts",
        "import { http } from \"@outrider/sdk\";\nexport default () => { http.get(\"/echo\"); };\n",
    );
    let server = TargetServer::builder().route("/echo", Behaviour::echo()).start();
    let target = server.url("").replace("http://", "http://ada:hunter2@");
    let said = place.host(["run", "journey.ts", "--target", &target]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert_eq!(server.log()[0].header("authorization"), "Basic YWRhOmh1bnRlcjI=");
    let all = format!("{}{}{}", left_behind(&place.path().join("runs")), said.stdout, said.stderr);
    assert!(!all.contains("hunter2"), "{all}");
    assert!(!place.host(["runs"]).stdout.contains("hunter2"));
}

#[test]
fn what_is_wrong_with_secrets_is_said_at_once_and_without_their_values() {
    let place = Place::new();
    place.file("journey.ts", ABORTS);
    place.file("short", "1234\n");
    let flags = [
        "token=hunter2-hunter2",
        "key=env:NO_SUCH_VARIABLE",
        "api-key",
        "pin=file:short",
        "gone=file:nowhere",
        "hunter2 hunter2",
    ];
    let secrets = flags.iter().flat_map(|secret| ["--secret", secret]);
    shows!(place.host(["run", "journey.ts"].into_iter().chain(secrets)).errors(), @r#"
    exit 104
    error: secret 'token' is neither token=env:VARIABLE nor token=file:PATH
    hint: a value does not belong on the command line, where the shell's history and other users see it
    error: a secret's name has letters, digits, '_', '-' and '.' alone, at most 64 of them
    hint: give the name alone: the value comes from the environment or from a file
    error: secret 'key' is missing: the environment has no text in NO_SUCH_VARIABLE
    hint: set NO_SUCH_VARIABLE, or say where it is: --secret key=file:PATH
    error: secret 'api-key' is missing: the environment has no text in OUTRIDER_SECRET_API_KEY
    hint: set OUTRIDER_SECRET_API_KEY, or say where it is: --secret api-key=file:PATH
    error: secret 'pin' has 4 bytes; at least 6 are needed to keep it out of what is recorded
    hint: a value that short is in many ordinary texts, which would all be defaced; if it is none to be kept, pass it with --set
    error: secret 'gone' cannot be read from nowhere
      caused by: No such file or directory (os error 2)
    "#);
}

#[test]
fn what_is_said_of_other_faults_holds_no_secret() {
    let place = Place::new();
    place.file("key", "s3cr3t-value\n");
    let secrets = ["--secret", "key=file:key", "--secret", "gone=file:nowhere"];
    let parameters = ["--scenario", "main", "--set", "amount=s3cr3t-value"];
    let said = place.host([&["run", &plugin("test-guest")][..], &secrets, &parameters].concat());
    assert_eq!(said.code, Some(104), "{}", said.show());
    for words in ["secret 'gone' cannot be read from nowhere", "parameter 'amount'", "[secret key]"] {
        assert!(said.stderr.contains(words), "{}", said.show());
    }
    assert!(!said.stderr.contains("s3cr3t-value"), "{}", said.show());
}

#[test]
fn a_journey_gets_the_secrets_that_the_run_names_and_no_other() {
    let place = Place::new();
    place.file(
        "journey.ts",
        r#"import { vars } from "@outrider/sdk";
export default function () {
  vars.secret("other");
}
"#,
    );
    place.file("key", "s3cr3t-value\n");
    let run = |flags: &[&str]| place.host(["run", "journey.ts"].iter().chain(flags));
    let said = run(&["--secret", "key=file:key"]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    assert!(
        said.stderr.contains("secret \"other\": the run has no secret of that name (it has key)"),
        "{}",
        said.show()
    );
    let said = run(&["--secret", "other=file:key"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
}
