//! What is wrong before anything runs: exit code, words, and no run left behind.

use crate::harness::{Place, Said, plugin, shows};

#[test]
fn no_such_file() {
    let place = Place::new();
    shows!(place.host(["run", "nowhere.wasm"]).show(), @r#"
    exit 104
    --- stderr
    error: cannot read plugin 'nowhere.wasm'
      caused by: No such file or directory (os error 2)
    "#);
    shows!(place.host(["run", "nowhere.ts"]).show(), @r#"
    exit 104
    --- stderr
    error: cannot read nowhere.ts
      caused by: No such file or directory (os error 2)
    "#);
}

#[test]
fn a_file_that_is_not_webassembly() {
    let place = Place::new();
    place.file("notes.wasm", "Dear diary,\n");
    shows!(place.host(["run", "notes.wasm"]).show(), @r#"
    exit 104
    --- stderr
    error: 'notes' is not a WebAssembly component: it begins with the text "Dear diary,"
    hint: a plugin is a .wasm component, or a .ts, .js or .go file; compile Rust with `cargo build --release --target wasm32-wasip2`
    "#);
    place.file("empty.wasm", "");
    shows!(place.host(["run", "empty.wasm"]).show(), @r#"
    exit 104
    --- stderr
    error: 'empty' is not a WebAssembly component: it begins with nothing (the file is empty)
    hint: a plugin is a .wasm component, or a .ts, .js or .go file; compile Rust with `cargo build --release --target wasm32-wasip2`
    "#);
}

#[test]
fn a_core_module() {
    let place = Place::new();
    place.file("core.wasm", wat::parse_str("(module (func (export \"run\")))").unwrap());
    shows!(place.host(["run", "core.wasm"]).show(), @r#"
    exit 104
    --- stderr
    error: 'core' is a core WebAssembly module, not a component
    hint: compile for the target wasm32-wasip2, which makes components, or wrap the module with `wasm-tools component new`
    "#);
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
    shows!(place.host(["run", "other.wasm"]).show(), @r#"
    exit 104
    --- stderr
    error: 'other' is not a plugin of this host: it exports acme:greeter/greeting@1.0.0
    hint: a plugin exports an interface of outrider:plugin, as a journey outrider:plugin/user-journey@0.1.0; the SDKs do that: in Rust the macro `journey!`, in TypeScript the default export, in Go `outrider.Journey`
    "#);
    shows!(place.host(["run", &plugin("assert-http")]).show(), @r#"
    exit 104
    --- stderr
    error: 'assert-http' is an assertion pack, not a journey
    hint: a pack is attached to the run of a journey: --assert PACK
    "#);
}

#[test]
fn a_newer_version_of_the_contract() {
    let place = Place::new();
    let bytes = std::fs::read(plugin("test-guest")).unwrap();
    place.file("newer.wasm", replaced(&bytes, b"outrider:plugin/http@0.1.0", b"outrider:plugin/http@0.2.0"));
    shows!(place.host(["run", "newer.wasm"]).show(), @r#"
    exit 104
    --- stderr
    error: 'newer' uses outrider:plugin/http@0.2.0, this host speaks 0.1.0
    hint: update this program, or build the plugin with the SDK of this version
    "#);
}

#[test]
fn an_import_that_is_not_granted() {
    let place = Place::new();
    let bytes = std::fs::read(plugin("test-guest")).unwrap();
    place.file("socket.wasm", replaced(&bytes, b"outrider:plugin/http@0.1.0", b"outrider:plugin/sock@0.1.0"));
    shows!(place.host(["run", "socket.wasm"]).show(), @r#"
    exit 104
    --- stderr
    error: 'socket' imports what is not granted: outrider:plugin/sock@0.1.0
    hint: a plugin reaches the outside through outrider:plugin/http alone, to the target and to hosts given with --allow-net
    "#);
}

#[test]
fn parameters_that_do_not_fit_the_schema_all_at_once() {
    let place = Place::new();
    let guest = plugin("test-guest");
    let said = place.host([
        "run",
        &guest,
        "--set",
        "behaviour=dances",
        "--set",
        "behavior=x",
        "--set",
        "every=none",
    ]);
    shows!(said.show(), @r#"
    exit 104
    --- stderr
    error: the journey has no parameter 'behavior'
    hint: did you mean behaviour?
    error: parameter 'behaviour' does not fit the journey's schema: "dances" is not one of "passes", "traps" or 12 other candidates
    error: parameter 'every' does not fit the journey's schema: "none" is not of type "integer"
    "#);
    assert!(!place.path().join("runs").exists(), "nothing is left of a run that could not start");
}

#[test]
fn contradictory_load_flags_all_at_once() {
    let place = Place::new();
    let guest = plugin("test-guest");
    let said = place.host([
        "run",
        &guest,
        "-u",
        "5",
        "--max-vus",
        "3",
        "-r",
        "10/s",
        "-i",
        "100",
        "--target",
        "not a url",
    ]);
    shows!(said.show(), @r#"
    exit 104
    --- stderr
    error: --max-vus 3 is below --vus 5
    hint: --vus are made beforehand, --max-vus is the ceiling
    error: --iterations does not go with constant-arrival-rate: time decides there how many iterations run
    error: --rate does not say how long
    hint: add for example --duration 30s
    error: target 'not a url' does not begin with http:// or https://
    hint: write http://not a url
    "#);
    shows!(place.host(["run", &guest, "-s", "10s:5", "-d", "1m", "--poisson"]).show(), @r#"
    exit 104
    --- stderr
    error: --duration does not go with ramping-vus: the stages say how long it takes
    error: --poisson does not go with ramping-vus: only a rate has arrivals
    "#);
    shows!(place.host(["run", &guest, "-u", "50"]).show(), @r#"
    exit 104
    --- stderr
    error: --vus alone does not say how much
    hint: add --duration 30s, or --iterations 100
    "#);
}

/// Everything that can be wrong with a command line, and a word of the plugin.
const ALL_WRONG: &[&str] = &[
    "-u",
    "5",
    "--max-vus",
    "3",
    "-r",
    "10/s",
    "-d",
    "1s",
    "--target",
    "not a url",
    "--allow-net",
    "nonsense",
    "--data",
    "gone=gone.csv",
    "--set",
    "behaviour=dances",
    "--scenario",
    "bye",
    "--out",
    "gs://bucket/runs",
];

#[test]
fn faults_of_every_kind_come_at_once() {
    let place = Place::new();
    let guest = plugin("test-guest");
    shows!(place.host([&["run", &guest], ALL_WRONG].concat()).show(), @r#"
    exit 104
    --- stderr
    error: --max-vus 3 is below --vus 5
    hint: --vus are made beforehand, --max-vus is the ceiling
    error: target 'not a url' does not begin with http:// or https://
    hint: write http://not a url
    error: grant 'nonsense' has no port
    hint: write nonsense:443, or nonsense:* for every port
    error: cannot read data file gone.csv
      caused by: No such file or directory (os error 2)
    error: parameter 'behaviour' does not fit the journey's schema: "dances" is not one of "passes", "traps" or 12 other candidates
    error: the journey has no scenario 'bye'
    hint: it has main, rest, hidden
    error: cannot use 'gs://bucket/runs' as a dataset: the scheme 'gs' is not supported
    hint: give a folder, for example --out runs-of-today, or a bucket: --out s3://bucket/prefix
    "#);
}

#[test]
fn faults_of_data_secrets_thresholds_and_packs_come_with_the_others() {
    let (place, guest, pack) = (Place::new(), plugin("test-guest"), plugin("assert-http"));
    let said = place.host([
        "run",
        &guest,
        "-u",
        "50",
        "--target",
        "shop",
        "--scenario",
        "main",
        "--set",
        "nothing=1",
        "--data",
        "users.csv",
        "--secret",
        "api-key",
        "--threshold",
        "requests.duraton p95 < 1s",
        "--threshold",
        "iterations.duration{scenario=mian} p95 < 10m",
        "--assert",
        &pack,
        "--assert-set",
        "assert-http.max_duration=1",
        "--assert",
        "missing.wasm",
        "--assert-set",
        "other.x=1",
    ]);
    shows!(said.show(), @r#"
    exit 104
    --- stderr
    error: --vus alone does not say how much
    hint: add --duration 30s, or --iterations 100
    error: target 'shop' does not begin with http:// or https://
    hint: write http://shop
    error: cannot read plugin 'missing.wasm'
      caused by: No such file or directory (os error 2)
    error: --assert-set other.x: there is no assertion pack 'other'
    hint: the run has assert-http, missing
    error: --threshold: there is no metric 'requests.duraton'
        requests.duraton p95 < 1s
        ^^^^^^^^^^^^^^^^
    hint: did you mean requests.duration?
    error: data 'users.csv' is not NAME=FILE
    hint: write for example users=accounts.csv, or users=accounts.csv:unique:drop
    error: secret 'api-key' is missing: the environment has no text in OUTRIDER_SECRET_API_KEY
    hint: set OUTRIDER_SECRET_API_KEY, or say where it is: --secret api-key=file:PATH
    error: threshold 'iterations.duration{scenario=mian} p95 < 10m' is about scenario 'mian', which is not in the plan
    hint: did you mean main?
    error: the journey has no parameter 'nothing'
    hint: it takes amount, behaviour, data, every, flood, kind, mark, message_bytes, post_url, sleep_ms, stream, url, vu, when
    error: assertion pack 'assert-http' has no parameter 'max_duration'
    hint: did you mean max_duration_ms?
    "#);
    assert!(!place.path().join("runs").exists(), "nothing is left of a run that could not start");
}

#[test]
fn a_plugin_that_cannot_be_loaded_hides_only_what_it_alone_could_judge() {
    let place = Place::new();
    shows!(place.host([&["run", "nowhere.wasm"], ALL_WRONG].concat()).show(), @r#"
    exit 104
    --- stderr
    error: --max-vus 3 is below --vus 5
    hint: --vus are made beforehand, --max-vus is the ceiling
    error: target 'not a url' does not begin with http:// or https://
    hint: write http://not a url
    error: cannot read plugin 'nowhere.wasm'
      caused by: No such file or directory (os error 2)
    error: grant 'nonsense' has no port
    hint: write nonsense:443, or nonsense:* for every port
    error: cannot read data file gone.csv
      caused by: No such file or directory (os error 2)
    error: cannot use 'gs://bucket/runs' as a dataset: the scheme 'gs' is not supported
    hint: give a folder, for example --out runs-of-today, or a bucket: --out s3://bucket/prefix
    "#);
}

#[test]
fn too_many_users_are_refused_beside_a_parameter() {
    let place = Place::new();
    let said = place.host([
        "run",
        &plugin("test-guest"),
        "-u",
        "4294967295",
        "-d",
        "1s",
        "--set",
        "behaviour=dances",
    ]);
    assert_eq!(said.code, Some(104), "{}", said.show());
    assert!(said.stderr.contains("memory mappings"), "{}", said.show());
    assert!(said.stderr.contains("parameter 'behaviour'"), "{}", said.show());
}

#[test]
fn a_plan_in_which_nothing_can_run() {
    let place = Place::new();
    let guest = plugin("test-guest");
    shows!(place.host(["run", &guest, "-r", "10/s", "-d", "1s", "--max-vus", "0"]).show(), @r#"
    exit 104
    --- stderr
    error: no VU may run, and every iteration needs one
    hint: raise --max-vus, or leave it out
    "#);
    shows!(place.host(["run", &guest, "-s", "1s:0/s"]).show(), @r#"
    exit 104
    --- stderr
    error: not one iteration would start
    hint: a higher rate, or more time
    "#);
    let huge = place.host(["run", &guest, "-u", "4294967295", "-d", "1s"]);
    assert_eq!(huge.code, Some(104), "{}", huge.show());
    let ages = place.host(["run", &guest, "-s", "18446744073709551615s:5"]);
    assert_eq!(ages.code, Some(2), "a time that cannot be read: {}", ages.show());
}

#[test]
fn values_that_cannot_be_read_are_usage() {
    let place = Place::new();
    shows!(place.host(["run", "x.wasm", "-d", "soon"]).show(), @r#"
    exit 2
    --- stderr
    error: invalid value 'soon' for '--duration <DURATION>': 'soon' is not a duration: write for example 30s, 1m30s or 500ms

    For more information, try '--help'.
    "#);
    shows!(place.host(["run", "x.wasm", "-r", "100"]).show(), @r#"
    exit 2
    --- stderr
    error: invalid value '100' for '--rate <RATE>': '100' is not a rate: write for example 100/s, 30/m or 1000/h

    For more information, try '--help'.
    "#);
    // What the environment sets stands in the usage too.
    let bare = place.command(["run"]).env_remove("OUTRIDER_TARGET").output().unwrap();
    shows!(Said::of(bare, place.path()).show(), @r#"
    exit 2
    --- stderr
    error: the following required arguments were not provided:
      <PLUGIN>

    Usage: host run <PLUGIN>

    For more information, try '--help'.
    "#);
}

#[test]
fn limits_under_which_nothing_could_run() {
    let place = Place::new();
    let flags =
        ["--max-cpu", "0s", "--iteration-timeout", "0s", "--max-memory", "1B", "--set", "sleep_ms=-1"];
    shows!(place.host([&["run", &plugin("test-guest")], &flags[..]].concat()).show(), @r#"
    exit 104
    --- stderr
    error: an iteration without CPU time could do nothing
    hint: --max-cpu 2s is the default
    error: an iteration that may take no time could do nothing
    hint: --iteration-timeout 10m is the default
    error: a user with 1 bytes of memory could not be made
    hint: at least 64KiB; --max-memory 128MiB is the default
    error: parameter 'sleep_ms' does not fit the journey's schema: -1 is less than the minimum of 0
    "#);
}

/// Numbers that are larger than anything can hold, or than anything can be.
#[test]
fn numbers_without_measure_are_refused_before_anything_is_written() {
    let place = Place::new();
    let guest = plugin("test-guest");
    let too_large: [&[&str]; 7] = [
        &["-d", "99999999999999999999s"],
        &["-d", "18446744073709551615s"],
        &["-s", "18446744073709551615s:5", "-s", "18446744073709551615s:5"],
        &["-s", "1s:99999999999"],
        &["-u", "99999999999", "-i", "3"],
        &["-i", "18446744073709551616"],
        &["--max-memory", "17179869184GiB"],
    ];
    let too_many: &[&str] = &["-u", "4294967295", "-i", "4294967295"];
    let cases = too_large.map(|flags| (flags, 2)).into_iter().chain([(too_many, 104)]);
    for (flags, code) in cases {
        let said = place.host([&["run", &guest], flags].concat());
        assert_eq!(said.code, Some(code), "{flags:?}: {}", said.show());
        assert!(said.stderr.starts_with("error: "), "{flags:?}: {}", said.show());
        assert!(!said.stderr.contains("panicked"), "{flags:?}: {}", said.show());
    }
    assert!(!place.path().join("runs").exists());
}

#[test]
fn grants_and_data_that_cannot_be_read() {
    let place = Place::new();
    place.file("users.csv", "name,city\nAda,London\nBob\n");
    let said = place.host([
        "run",
        &plugin("test-guest"),
        "--allow-net",
        "nonsense",
        "--allow-net",
        "a.test:99999",
        "--data",
        "users=users.csv",
        "--data",
        "gone=gone.csv",
    ]);
    shows!(said.show(), @r#"
    exit 104
    --- stderr
    error: grant 'nonsense' has no port
    hint: write nonsense:443, or nonsense:* for every port
    error: grant 'a.test:99999' has a port that is neither a number from 1 to 65535 nor '*'
    hint: write for example shop.test:8080 or shop.test:*
    error: users.csv:3: 1 columns, but the header has 2
    error: cannot read data file gone.csv
      caused by: No such file or directory (os error 2)
    "#);
}

#[test]
fn an_unknown_scenario() {
    let place = Place::new();
    shows!(place.host(["run", &plugin("checkout"), "--scenario", "bye"]).show(), @r#"
    exit 104
    --- stderr
    error: the journey has no scenario 'bye'
    hint: it has browse, buy
    "#);
}

#[test]
fn an_out_folder_that_cannot_be_written() {
    let place = Place::new();
    place.file("taken", "a file where the folder should be");
    shows!(place.host(["run", &plugin("test-guest"), "--out", "taken/runs"]).show(), @r#"
    exit 104
    --- stderr
    error: cannot write to the folder 'taken/runs'
      caused by: Not a directory (os error 20)
    hint: choose another folder with --out
    "#);
    assert_eq!(place.host(["run", &plugin("test-guest")]).code, Some(0));
    let run = place.host(["runs", "--format", "ids"]).stdout;
    let run = format!("runs/{}", run.trim_end());
    shows!(place.host(["run", &plugin("test-guest"), "--out", &run]).show(), @r#"
    exit 104
    --- stderr
    error: cannot write runs to 'runs/[RUN]': it is the folder of the run '[RUN]'
    hint: --out names the folder that holds the folder `runs`, not one in it
    "#);
    shows!(place.host(["run", &plugin("test-guest"), "--out", "gs://bucket/runs"]).show(), @r#"
    exit 104
    --- stderr
    error: cannot use 'gs://bucket/runs' as a dataset: the scheme 'gs' is not supported
    hint: give a folder, for example --out runs-of-today, or a bucket: --out s3://bucket/prefix
    "#);
}

#[test]
fn a_report_without_a_run() {
    let place = Place::new();
    shows!(place.host(["report"]).show(), @r#"
    exit 104
    --- stderr
    error: there is no run in './runs'
    hint: `host run` makes one; --out names the folder whose folder `runs` keeps them
    "#);
    std::fs::create_dir(place.path().join("runs")).unwrap();
    shows!(place.host(["report"]).show(), @r#"
    exit 104
    --- stderr
    error: there is no run in './runs'
    hint: `host run` makes one; --out names the folder whose folder `runs` keeps them
    "#);
    shows!(place.host(["report", "2020"]).show(), @r#"
    exit 104
    --- stderr
    error: there is no run '2020': no id in './runs' begins with it, and there is no such folder
    hint: `host runs` lists the runs; --out names the folder whose folder `runs` keeps them
    "#);
}

#[test]
fn a_report_of_a_folder_without_runs() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("empty")).unwrap();
    shows!(place.host(["report", "./empty"]).show(), @r#"
    exit 104
    --- stderr
    error: there is no run in './empty': it holds no folder `runs` and no `run.json`, and is not named `runs`
    hint: name a run's folder, the folder `runs`, or the folder that holds it
    "#);
    shows!(place.host(["report", "no/where"]).show(), @r#"
    exit 104
    --- stderr
    error: there is no run 'no/where': no id in './runs' begins with it, and there is no such folder
    hint: `host runs` lists the runs; --out names the folder whose folder `runs` keeps them
    "#);
    shows!(place.host(["runs"]).show(), @r#"
    exit 0
    --- stderr
    there is no run in './runs'
    "#);
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
