//! What is wrong before anything runs: exit code, words, and no run left behind.

use crate::harness::{Place, plugin, shows};

#[test]
fn no_such_file() {
    let place = Place::new();
    shows!(place.host(["run", "nowhere.wasm"]).show(), @"");
    shows!(place.host(["run", "nowhere.ts"]).show(), @"");
}

#[test]
fn a_file_that_is_not_webassembly() {
    let place = Place::new();
    place.file("notes.wasm", "Dear diary,\n");
    shows!(place.host(["run", "notes.wasm"]).show(), @"");
    place.file("empty.wasm", "");
    shows!(place.host(["run", "empty.wasm"]).show(), @"");
}

#[test]
fn a_core_module() {
    let place = Place::new();
    place.file("core.wasm", wat::parse_str("(module (func (export \"run\")))").unwrap());
    shows!(place.host(["run", "core.wasm"]).show(), @"");
}

#[test]
fn a_component_that_is_cut_short() {
    let place = Place::new();
    let whole = std::fs::read(plugin("test-guest")).unwrap();
    place.file("cut.wasm", &whole[..whole.len() / 2]);
    let said = place.host(["run", "cut.wasm"]);
    assert_eq!(said.code, Some(104), "{}", said.show());
    assert!(said.stderr.starts_with("error: 'cut' is not a valid component"), "{}", said.show());
}

#[test]
fn a_component_of_another_world() {
    let place = Place::new();
    place.file("other.wasm", wat::parse_file(wat("other-world.wat")).unwrap());
    shows!(place.host(["run", "other.wasm"]).show(), @"");
    shows!(place.host(["run", &plugin("assert-http")]).show(), @"");
}

#[test]
fn a_newer_version_of_the_contract() {
    let place = Place::new();
    let bytes = std::fs::read(plugin("test-guest")).unwrap();
    place.file("newer.wasm", replaced(&bytes, b"outrider:plugin/http@0.1.0", b"outrider:plugin/http@0.2.0"));
    shows!(place.host(["run", "newer.wasm"]).show(), @"");
}

#[test]
fn an_import_that_is_not_granted() {
    let place = Place::new();
    let bytes = std::fs::read(plugin("test-guest")).unwrap();
    place.file("socket.wasm", replaced(&bytes, b"outrider:plugin/http@0.1.0", b"outrider:plugin/sock@0.1.0"));
    shows!(place.host(["run", "socket.wasm"]).show(), @"");
}

#[test]
fn parameters_that_do_not_fit_the_schema_all_at_once() {
    let place = Place::new();
    let guest = plugin("test-guest");
    let said = place.host(["run", &guest, "--set", "behaviour=dances", "--set", "behavior=x", "--set", "every=none"]);
    shows!(said.show(), @"");
    assert!(!place.path().join("runs").exists(), "nothing is left of a run that could not start");
}

#[test]
fn contradictory_load_flags_all_at_once() {
    let place = Place::new();
    let guest = plugin("test-guest");
    let said = place.host([
        "run", &guest, "-u", "5", "--max-vus", "3", "-r", "10/s", "-i", "100", "--target", "not a url",
    ]);
    shows!(said.show(), @"");
    shows!(place.host(["run", &guest, "-s", "10s:5", "-d", "1m", "--poisson"]).show(), @"");
    shows!(place.host(["run", &guest, "-u", "50"]).show(), @"");
}

#[test]
fn values_that_cannot_be_read_are_usage() {
    let place = Place::new();
    shows!(place.host(["run", "x.wasm", "-d", "soon"]).show(), @"");
    shows!(place.host(["run", "x.wasm", "-r", "100"]).show(), @"");
    shows!(place.host(["run"]).show(), @"");
}

#[test]
fn grants_and_data_that_cannot_be_read() {
    let place = Place::new();
    place.file("users.csv", "name,city\nAda,London\nBob\n");
    let said = place.host([
        "run", &plugin("test-guest"), "--allow-net", "nonsense", "--allow-net", "a.test:99999", "--data",
        "users=users.csv", "--data", "gone=gone.csv",
    ]);
    shows!(said.show(), @"");
}

#[test]
fn an_unknown_scenario() {
    let place = Place::new();
    shows!(place.host(["run", &plugin("checkout"), "--scenario", "bye"]).show(), @"");
}

#[test]
fn an_out_folder_that_cannot_be_written() {
    let place = Place::new();
    place.file("taken", "a file where the folder should be");
    shows!(place.host(["run", &plugin("test-guest"), "--out", "taken/runs"]).show(), @"");
    shows!(place.host(["run", &plugin("test-guest"), "--out", "s3://bucket/runs"]).show(), @"");
}

#[test]
fn a_report_without_a_run() {
    let place = Place::new();
    shows!(place.host(["report"]).show(), @"");
    std::fs::create_dir(place.path().join("runs")).unwrap();
    shows!(place.host(["report"]).show(), @"");
    shows!(place.host(["report", "2020"]).show(), @"");
}

fn wat(name: &str) -> std::path::PathBuf {
    crate::harness::workspace().join("plugins/wat").join(name)
}

/// The bytes with every occurrence of a name replaced by one of the same length.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(from.len()).position(|window| window == from) {
        at += found;
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    assert!(at > 0, "the name occurs");
    bytes
}
