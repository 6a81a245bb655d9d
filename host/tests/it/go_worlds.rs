//! Transforms and alert channels in Go, from `host new` to what `host check` says of them.

use std::fmt::Write;
use std::fs;

use outrider_test_util::{Behaviour, TargetServer};
use serde_json::{Value, json};

use crate::harness::{Place, Said};
use crate::plugin_checks::delivers;

fn new(place: &Place, name: &str, world: &str) {
    let said = place.host(["new", name, "--lang", "go", "--world", world]);
    assert_eq!(said.code, Some(0), "{}", said.show());
}

fn document(said: &Said) -> Value {
    serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {}", said.show()))
}

fn outcomes(document: &Value) -> Vec<&str> {
    let outcomes = document["outcomes"].as_array().unwrap().iter();
    outcomes.map(|one| one["outcome"].as_str().unwrap()).collect()
}

#[test]
fn a_new_transform_gives_each_record_its_outcome() {
    let place = Place::new();
    new(&place, "lines", "transform");
    place.file("access.log", b"# comment\nmethod=GET status=200\nhello\nname=\xff\n");
    let said = place.host(["check", "lines", "--input", "access.log", "--format", "json"]);
    assert_eq!(said.code, Some(110), "{}", said.show());
    let document = document(&said);
    assert_eq!(outcomes(&document), ["skipped", "rows", "rejected", "rejected"]);
    assert_eq!(document["outcomes"][1]["rows"], json!([{"method": "GET", "status": 200}]));
    assert_eq!(document["outcomes"][2]["reason"], "'hello' is no key=value");
    assert_eq!(document["outcomes"][3]["reason"], "not UTF-8 text");
    assert_eq!(document["table"], "access_logs");
}

const TRANSFORM: &str = r#"package main

import (
	"strings"
	"time"

	"outrider.dev/outrider/log"
	"outrider.dev/outrider/transforms"
)

var seen int

func init() {
	transforms.Transform(transforms.Definition{Name: "told", Description: "Told.", Table: "told", Record: record})
}

func record(record *transforms.RawRecord) ([]transforms.Row, error) {
	seen++
	line := string(record.Data)
	switch line {
	case "panic":
		panic("as told")
	case "column":
		return []transforms.Row{{"words": strings.Fields(line)}}, nil
	}
	log.Info("read \xff %s", line)
	row := transforms.Row{"line": line, "raw": "\xff", "took": 1500 * time.Microsecond, "position": record.Position, "none": nil}
	return []transforms.Row{row, {"line": strings.Repeat(line, 2)}}, nil
}

func main() {}
"#;

#[test]
fn a_record_that_breaks_a_transform_breaks_no_other_and_shows_where() {
    let place = Place::new();
    place.file("told.go", TRANSFORM);
    place.file("lines.txt", "a\npanic\nb\ncolumn\nc\n");
    let said = place.host(["check", "told.go", "--input", "lines.txt", "--format", "json"]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    let document = document(&said);
    assert_eq!(outcomes(&document), ["rows", "broke", "rows", "broke", "rows"]);
    let reason = |index: usize| document["outcomes"][index]["reason"].as_str().unwrap();
    assert!(reason(1).contains("panic: as told"), "{}", reason(1));
    assert!(reason(3).contains("column \"words\": a []string cannot be a column's value"), "{}", reason(3));
    assert!(said.stderr.contains("at main.record (told.go:22)"), "{}", said.show());
    let rows = document["outcomes"][0]["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["raw"], &rows[0]["position"]), (2, &json!("\u{fffd}"), &json!(0)));
    assert_eq!(rows[1], json!({"line": "aa"}));
}

/// The host hands a whole batch over at once, while Go's collector must not run; and what goes back is thousands of texts.
#[test]
fn a_batch_of_many_records_comes_and_goes_whole() {
    let place = Place::new();
    new(&place, "lines", "transform");
    let mut lines = String::new();
    for number in 0..10_000 {
        writeln!(lines, "number={number} path=/products/{number} words={}", "x".repeat(number % 300))
            .unwrap();
    }
    place.file("access.log", lines);
    let said = place.host(["check", "lines", "--input", "access.log", "--format", "json"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let document = document(&said);
    assert_eq!((&document["records"], &document["rows"]), (&json!(10_000), &json!(10_000)));
}

#[test]
fn a_transform_has_no_network_and_no_clock() {
    let place = Place::new();
    let source = TRANSFORM
        .replace(
            "\t\"outrider.dev/outrider/log\"\n",
            "\t\"outrider.dev/outrider/clock\"\n\t\"outrider.dev/outrider/http\"\n",
        )
        .replace("log.Info(\"read \\xff %s\", line)", "clock.Sleep(time.Second)\n\thttp.Get(line)");
    place.file("told.go", source);
    let said = place.host(["build", "told.go"]);
    assert_eq!(said.code, Some(104), "{}", said.show());
    let words = "told.go is a transform, and transforms have neither requests nor clock";
    assert!(said.stderr.contains(words), "{}", said.show());
}

fn check_channel(place: &Place, target: &TargetServer, path: &str) -> Said {
    let (url, set) = (target.url(""), format!("path={path}"));
    place.host(["check", "hook", "--target", &url, "--set", &set])
}

#[test]
fn a_new_channel_delivers_tries_again_or_is_refused() {
    delivers("go");
}

#[test]
fn a_channel_that_panics_says_where() {
    let place = Place::new();
    let target = TargetServer::builder().route("/ok", Behaviour::text("thanks")).start();
    new(&place, "hook", "alert-channel");
    let path = place.path().join("hook/channel.go");
    let source = fs::read_to_string(&path).unwrap();
    fs::write(&path, source.replace("alert.Kind, alert.Summary", "alert.Kind, alert.Locations[9].Name"))
        .unwrap();
    let broken = check_channel(&place, &target, "/ok");
    assert_eq!(broken.code, Some(107), "{}", broken.show());
    assert!(broken.stderr.contains("index out of range [9]"), "{}", broken.show());
    assert!(broken.stderr.contains("at main.post (channel.go:"), "{}", broken.show());
}
