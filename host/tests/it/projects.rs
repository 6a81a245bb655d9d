//! `host new`, and projects that are run, checked and built as folders.

use std::path::{Path, PathBuf};
use std::process::Command;

use outrider_test_util::{Behaviour, TargetServer};

use crate::harness::{Place, Said, plugin, shows};

fn target() -> TargetServer {
    TargetServer::builder().route("/", Behaviour::text("welcome")).start()
}

/// The program with what cargo needs beside it: no network, and one target folder for all tests.
pub(crate) fn host(place: &Place, args: &[&str]) -> Said {
    let mut command = place.command(args);
    for (name, value) in toolchain() {
        command.env(name, value);
    }
    Said::of(command.output().unwrap(), place.path())
}

/// The variables with which crates are built to components here: the set-up has noted them.
fn toolchain() -> Vec<(String, String)> {
    let plugins = PathBuf::from(plugin("test-guest"));
    let target = plugins.parent().unwrap().parent().unwrap();
    let mut variables = vec![
        ("CARGO_NET_OFFLINE".to_owned(), "true".to_owned()),
        ("CARGO_TARGET_DIR".to_owned(), target.join("test-projects").display().to_string()),
    ];
    variables.extend(noted(&target.join("wasip2-toolchain.json")));
    variables
}

fn noted(note: &Path) -> Vec<(String, String)> {
    let Ok(text) = std::fs::read_to_string(note) else { return Vec::new() };
    let note: serde_json::Value = serde_json::from_str(&text).unwrap();
    let flags: Vec<&str> =
        note["RUSTFLAGS"].as_array().unwrap().iter().filter_map(|flag| flag.as_str()).collect();
    let rustc = note["RUSTC"].as_str().map(|rustc| ("RUSTC".to_owned(), rustc.to_owned()));
    let flags = (!flags.is_empty()).then(|| ("RUSTFLAGS".to_owned(), flags.join(" ")));
    rustc.into_iter().chain(flags).collect()
}

#[test]
fn a_new_journey_runs_as_it_is_and_builds_to_a_component_that_runs() {
    for language in ["ts", "js", "rust", "go"] {
        let (place, target) = (Place::new(), target());
        let made = host(&place, &["new", "visit", "--lang", language]);
        assert_eq!(made.code, Some(0), "{}", made.show());
        assert!(made.stderr.contains("next: host run visit --target "), "{}", made.show());
        for file in made.stdout.lines() {
            assert!(place.path().join(file).is_file(), "{file}");
        }
        passes(&place, "visit");
        assert_eq!(target.total_requests(), 0, "{language}");
        let url = target.url("");
        let ran = host(&place, &["run", "visit", "--target", &url, "-i", "2"]);
        assert_eq!(ran.code, Some(0), "{language}: {}", ran.show());
        assert!(ran.stdout.contains("status is 200"), "{language}: {}", ran.show());
        let built = host(&place, &["build", "visit"]);
        assert_eq!((built.code, built.stdout.as_str()), (Some(0), "visit.wasm\n"), "{}", built.show());
        let component = host(&place, &["run", "visit.wasm", "--target", &url]);
        assert_eq!(component.code, Some(0), "{language}: {}", component.show());
        assert_eq!(target.total_requests(), 3, "{language}");
    }
}

/// The tests that a new project comes with.
fn passes(place: &Place, project: &str) {
    let tested = host(place, &["test", project]);
    assert_eq!(tested.code, Some(0), "{}", tested.show());
    assert!(tested.stdout.ends_with("2 passed, 0 failed\n"), "{}", tested.show());
}

#[test]
fn a_new_pack_judges_as_it_is() {
    for language in ["rust", "go"] {
        let (place, target) = (Place::new(), target());
        place.file(
            "get.js",
            "import { http } from \"@outrider/sdk\";\nexport default () => void http.get(\"/\");\n",
        );
        let made = host(&place, &["new", "rules", "--lang", language, "--world", "assertion-pack"]);
        assert_eq!(made.code, Some(0), "{}", made.show());
        passes(&place, "rules");
        let ran = host(&place, &["run", "get.js", "--target", &target.url(""), "--assert", "rules"]);
        assert_eq!(ran.code, Some(0), "{}", ran.show());
        assert!(ran.stdout.contains("rules: no error of the server"), "{language}: {}", ran.show());
    }
}

/// What an editor asks: for this machine, where a module's own tests run, and for WebAssembly.
#[test]
fn gos_own_tools_are_content_with_a_new_module() {
    for world in ["journey", "assertion-pack", "transform", "alert-channel"] {
        let place = Place::new();
        host(&place, &["new", "visit", "--lang", "go", "--world", world]);
        let vet = |targets: &[(&str, &str)]| {
            let mut go = Command::new("go");
            go.args(["vet", "./..."]).current_dir(place.path().join("visit"));
            let output = go.env("GOWORK", "off").envs(targets.iter().copied()).output().unwrap();
            assert!(output.status.success(), "{world}: {}", String::from_utf8_lossy(&output.stderr));
        };
        vet(&[("GOOS", "wasip1"), ("GOARCH", "wasm")]);
        vet(&[]);
    }
}

/// Git ignores it, so that it is not there after a clone.
#[test]
fn a_build_puts_the_sdk_back_and_makes_the_same_of_it() {
    let place = Place::new();
    host(&place, &["new", "visit", "--lang", "go"]);
    let build = |into: &str| {
        let said = host(&place, &["build", "visit", "-o", into]);
        assert_eq!(said.code, Some(0), "{}", said.show());
        std::fs::read(place.path().join(into)).unwrap()
    };
    let first = build("first.wasm");
    let sdk = place.path().join("visit/.outrider");
    std::fs::write(sdk.join("sdk-go/http/http.go"), "package changed").unwrap();
    assert!(build("with-a-changed-copy.wasm") == first, "what is inside the program counts");
    std::fs::remove_dir_all(&sdk).unwrap();
    assert!(build("without.wasm") == first, "the copy makes a difference");
    assert!(sdk.join("sdk-go/go.mod").is_file());
}

#[test]
fn new_packs_judge_alike_in_every_language() {
    let (place, target) = (Place::new(), target());
    place.file(
        "get.js",
        "import { http } from \"@outrider/sdk\";\nexport default () => [\"/\", \"/none\"].forEach((path) => http.get(path));\n",
    );
    let languages = ["rust", "ts", "js"];
    let url = target.url("");
    let mut run = vec!["run", "get.js", "--target", &url, "-i", "2"];
    for language in languages {
        let made = host(&place, &["new", language, "--lang", language, "--world", "assertion-pack"]);
        assert_eq!(made.code, Some(0), "{}", made.show());
        run.extend(["--assert", language, "--assert-set"]);
        run.push(match language {
            "rust" => "rust.highest_status=399",
            "ts" => "ts.highest_status=399",
            _ => "js.highest_status=399",
        });
    }
    let ran = host(&place, &run);
    assert_eq!(ran.code, Some(0), "{}", ran.show());
    let report = place.report();
    let said = languages.map(|language| {
        let all = report["checks"].as_array().unwrap();
        let check = all.iter().find(|check| check["pack"] == language).unwrap();
        let example = &check["example"];
        format!("{} {} {} {example}", check["name"], check["passed"], check["failed"])
    });
    assert!(said.iter().all(|verdicts| *verdicts == said[0]), "{said:#?}");
    assert!(said[0].starts_with("\"no error of the server\" 2 2 "), "{said:#?}");
}

#[test]
fn a_new_transform_and_a_new_channel_pass_their_tests() {
    for world in ["transform", "alert-channel"] {
        for language in ["rust", "go"] {
            let place = Place::new();
            let made = host(&place, &["new", "mine", "--lang", language, "--world", world]);
            assert_eq!(made.code, Some(0), "{}", made.show());
            passes(&place, "mine");
        }
    }
}

#[test]
fn what_is_wrong_with_a_crate_is_said_in_the_compilers_words() {
    let place = Place::new();
    host(&place, &["new", "visit", "--lang", "rust"]);
    let source = place.path().join("visit/src/lib.rs");
    let journey = std::fs::read_to_string(&source).unwrap().replace("http::get(\"/\")", "http::gett(\"/\")");
    std::fs::write(&source, journey).unwrap();
    let said = host(&place, &["run", "visit"]);
    assert_eq!(said.code, Some(104), "{}", said.show());
    assert!(said.stderr.contains("visit does not compile as Rust"), "{}", said.show());
    assert!(said.stderr.contains("--> src/lib.rs:21:30") && said.stderr.contains("gett"), "{}", said.show());
    assert!(!place.path().join("runs").exists());
}

#[test]
fn nothing_is_overwritten_and_no_bad_name_leaves_a_folder() {
    let place = Place::new();
    place.file("taken", "");
    let said = host(&place, &["new", "taken", "--lang", "ts"]);
    shows!(said.show(), @r"
    exit 104
    --- stderr
    error: taken exists already
    hint: give another name; nothing is ever overwritten
    ");
    let said = host(&place, &["new", "1st", "--lang", "rust"]);
    shows!(said.show(), @r"
    exit 104
    --- stderr
    error: '1st' cannot be a plugin's name: it must begin with a letter
    ");
    let said = host(&place, &["new", "time", "--lang", "go"]);
    shows!(said.show(), @r"
    exit 104
    --- stderr
    error: 'time' cannot be a plugin's name: it is a package of Go's own library
    ");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
}

/// Types are checked by whoever has TypeScript; that the project is one for it is known without.
#[test]
fn editors_find_the_types_in_the_project() {
    let place = Place::new();
    let compiler = crate::harness::workspace().join("sdk-js/node_modules/.bin/tsc");
    for (language, world) in ["journey", "assertion-pack", "transform", "alert-channel"]
        .into_iter()
        .flat_map(|world| [("ts", world), ("js", world)])
        .filter(|_| compiler.is_file())
    {
        let name = format!("{world}-{language}");
        host(&place, &["new", &name, "--lang", language, "--world", world]);
        let project = place.path().join(name);
        let output =
            Command::new(&compiler).args(["--project", "tsconfig.json"]).current_dir(project).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}
