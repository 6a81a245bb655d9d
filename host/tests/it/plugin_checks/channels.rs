//! Alert channels: what becomes of an alert.

use outrider_test_util::{Behaviour, TargetServer};
use serde_json::{Value, json};

use super::{CHAT, document, fits, shows_still};
use crate::harness::{Place, Said, plugin, shows};
use crate::projects::host;

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
pub(crate) fn delivers(language: &str) {
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
