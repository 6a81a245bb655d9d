//! Plugins that earlier versions built, as `cargo xtask freeze` kept them: they run.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use outrider_test_util::{Behaviour, TargetServer};
use serde_json::{Value, json};

use crate::harness::{Place, Said, plugin, workspace};

/// All fixtures of all versions: each with its world.
fn fixtures() -> Vec<(PathBuf, String)> {
    let versions = fs::read_dir(workspace().join("host/tests/frozen")).unwrap();
    let folders = versions.map(|version| version.unwrap().path()).filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap()).map(|file| file.unwrap().path());
    let mut fixtures: Vec<_> =
        files.map(|file| (world(&file), file)).map(|(world, file)| (file, world)).collect();
    fixtures.sort();
    fixtures
}

/// `rust-assertion-pack.wasm.gz` is an assertion pack.
fn world(file: &Path) -> String {
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    name.strip_suffix(".wasm.gz").unwrap().split_once('-').unwrap().1.to_owned()
}

fn thaw(place: &Place, fixture: &Path) {
    let mut component = Vec::new();
    GzDecoder::new(File::open(fixture).unwrap()).read_to_end(&mut component).unwrap();
    place.file("frozen.wasm", component);
}

#[test]
fn plugins_of_all_versions_and_languages_run() {
    let target = TargetServer::builder().route("/", Behaviour::text("welcome")).start();
    let fixtures = fixtures();
    assert!(fixtures.len() >= 12, "{fixtures:?}");
    for (fixture, world) in fixtures {
        let place = Place::new();
        thaw(&place, &fixture);
        match world.as_str() {
            "journey" => checks_hold(&place, &target, &["frozen.wasm", "-u", "2", "-i", "2"]),
            "assertion-pack" => {
                let guest = plugin("bench-http");
                checks_hold(&place, &target, &[&guest, "-i", "2", "--assert", "frozen.wasm"]);
            }
            "transform" => makes_rows(&place),
            "alert-channel" => delivers(&place, &target),
            other => panic!("{} is of no known world: {other}", fixture.display()),
        }
    }
}

fn checks_hold(place: &Place, target: &TargetServer, args: &[&str]) {
    let said = with_target(place, "run", target, args);
    assert_eq!(said.code, Some(0), "{args:?}: {}", said.show());
    let report = place.report();
    let checks = report["checks"].as_array().unwrap();
    assert!(!checks.is_empty() && checks.iter().all(|check| check["failed"] == 0), "{report:#}");
}

/// The template reads words such as `key=value`, leaves comments out and rejects the rest.
fn makes_rows(place: &Place) {
    place.file("access.log", "# comment\nmethod=GET status=200\nnonsense\n");
    let said = place.host(["check", "frozen.wasm", "--input", "access.log", "--format", "json"]);
    assert_eq!(said.code, Some(110), "{}", said.show());
    let document = document(&said);
    let outcomes = document["outcomes"].as_array().unwrap();
    let words: Vec<&Value> = outcomes.iter().map(|one| &one["outcome"]).collect();
    assert_eq!(words, ["skipped", "rows", "rejected"]);
    assert_eq!(outcomes[1]["rows"], json!([{"method": "GET", "status": 200}]));
}

/// The template posts to the target's root.
fn delivers(place: &Place, target: &TargetServer) {
    let alert = json!({
        "monitor": "shop", "summary": "it fails",
        "locations": [{"name": "eu-west-1", "passed": false, "failed_checks": [{"name": "status is 200"}]}],
    });
    place.file("alert.json", alert.to_string());
    let said = with_target(place, "check", target, &["frozen.wasm", "--input", "alert.json"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let heard: Value = serde_json::from_slice(&target.log().last().unwrap().body).unwrap();
    assert_eq!(heard, json!({"text": "shop failed: it fails"}));
}

fn document(said: &Said) -> Value {
    serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {}", said.show()))
}

fn with_target(place: &Place, command: &str, target: &TargetServer, args: &[&str]) -> Said {
    let url = target.url("");
    place.host([command, "--target", &url].iter().chain(args))
}
