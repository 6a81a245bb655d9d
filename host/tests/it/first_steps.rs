//! What somebody meets who starts: a source that is compiled, a target that is forgotten, a name that is misspelt.

use crate::harness::{Place, Said, plugin, shows};

/// Runs the program as it is without any setting from outside, with a cache of its own.
fn newcomer(place: &Place, args: &[&str]) -> Said {
    let mut command = place.command(args);
    command.env_remove("OUTRIDER_TARGET").env("XDG_CACHE_HOME", place.path().join("cache"));
    Said::of(command.output().unwrap(), place.path())
}

/// The same with the cache of all tests.
fn without_target(place: &Place, args: &[&str]) -> Said {
    Said::of(place.command(args).env_remove("OUTRIDER_TARGET").output().unwrap(), place.path())
}

#[test]
fn a_source_is_compiled_aloud_and_only_when_it_is() {
    let place = Place::new();
    place.file("hello.ts", "export default function () {\n  console.log(\"hello\");\n}\n");
    // It makes no requests: no target is needed.
    let first = newcomer(&place, &["run", "hello.ts"]);
    assert_eq!(first.code, Some(0), "{}", first.show());
    let lines: Vec<&str> = first.stderr.lines().collect();
    assert_eq!(lines[0], "compiling hello.ts …", "{}", first.show());
    assert!(lines[1].starts_with("compiled hello.ts in ") && lines[1].ends_with(" s"), "{}", first.show());
    assert!(lines.iter().any(|line| line.ends_with("target  none")), "{}", first.show());
    for args in [["run", "hello.ts"], ["inspect", "hello.ts"], ["build", "hello.ts"]] {
        let again = newcomer(&place, &args);
        assert_eq!(again.code, Some(0), "{}", again.show());
        assert!(!again.stderr.contains("compil"), "{}", again.show());
    }
}

#[test]
fn a_journey_that_makes_requests_needs_something_to_reach() {
    let place = Place::new();
    shows!(without_target(&place, &["run", &plugin("bench-http"), "-u", "0"]).show(), @r#"
    exit 104
    --- stderr
    error: --vus 0: nobody would run
    hint: at least 1
    error: the journey makes requests, and there is no host that it may reach
    hint: --target URL names its site, for example --target http://127.0.0.1:[PORT]; --allow-net HOST:PORT allows whole URLs
    "#);
    assert!(!place.path().join("runs").exists(), "nothing is left of a run that could not start");
    place.file(
        "get.ts",
        "import { http } from \"@outrider/sdk\";\n\nexport default () => void http.get(\"/\");\n",
    );
    let typescript = without_target(&place, &["run", "get.ts"]);
    assert_eq!(typescript.code, Some(104), "{}", typescript.show());
    assert!(typescript.stderr.contains("hint: --target URL"), "{}", typescript.show());
    let granted = without_target(&place, &["run", &plugin("test-guest"), "--allow-net", "127.0.0.1:1"]);
    assert_eq!(granted.code, Some(0), "{}", granted.show());
    assert!(granted.stderr.contains("none: only absolute URLs"), "{}", granted.show());
}

#[test]
fn a_built_journey_is_asked_for_no_more_than_its_source() {
    let place = Place::new();
    place.file(
        "quiet.ts",
        "import { check } from \"@outrider/sdk\";\n\nexport default () => void check(\"is\", true);\n",
    );
    place.file(
        "loud.ts",
        "import { http } from \"@outrider/sdk\";\n\nexport default () => void http.get(\"/\");\n",
    );
    shows!(without_target(&place, &["build", "quiet.ts", "-o", "dist/quiet.wasm"]).errors(), @r"
    exit 104
    error: cannot write 'dist/quiet.wasm': there is no folder 'dist'
    hint: make it first: mkdir -p dist
    ");
    for (name, code) in [("quiet", 0), ("loud", 104)] {
        let (source, component) = (format!("{name}.ts"), format!("{name}.wasm"));
        let built = without_target(&place, &["build", &source, "-o", &component]);
        assert_eq!(built.code, Some(0), "{}", built.show());
        for journey in [source, component] {
            let said = without_target(&place, &["run", &journey]);
            assert_eq!(said.code, Some(code), "{journey}: {}", said.show());
        }
    }
}

#[test]
fn a_relative_url_without_a_target_says_what_it_lacks() {
    let place = Place::new();
    place.file(
        "get.ts",
        "import { http } from \"@outrider/sdk\";\n\nexport default () => void http.get(\"/cart\");\n",
    );
    let said = without_target(&place, &["run", "get.ts", "--allow-net", "127.0.0.1:1"]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    let hint = "hint: --target URL gives what relative URLs resolve against";
    assert!(said.stdout.contains(hint) || said.stderr.contains(hint), "{}", said.show());
}

#[test]
fn what_is_not_a_function_is_named() {
    let place = Place::new();
    let source = "import { http, step } from \"@outrider/sdk\";\n\nexport default function (): void {\n  \
                  step(\"home\", () => http.gett(String(\"/\")));\n}\n";
    place.file("typo.ts", source);
    let said = place.host(["run", "typo.ts"]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    let words = "TypeError: http.gett is not a function (did you mean http.get?)";
    assert!(said.stderr.contains(words) && said.stderr.contains("typo.ts:4:"), "{}", said.show());
}

#[test]
fn the_plan_says_how_many_users_a_rate_has() {
    let place = Place::new();
    let load = ["-u", "5", "-r", "10/s", "-d", "100ms"];
    let said = place.host([&["run", &plugin("test-guest")], &load[..]].concat());
    assert_eq!(said.code, Some(0), "{}", said.show());
    let words = "10 iterations/s for 100ms, 1 in all, 5 VUs to begin with, up to 20 if they are too slow, graceful stop 30s";
    assert!(said.stderr.contains(words), "{}", said.show());
}

#[test]
fn what_is_misspelt_undeclared_and_missing_is_said_at_once() {
    let place = Place::new();
    let source = "import { chekc } from \"@outrider/sdk\";\nexport default () => chekc;\n";
    place.file("misimp.ts", source);
    shows!(place.host(["run", "misimp.ts", "-u", "0"]).show(), @r#"
    exit 104
    --- stderr
    error: --vus 0: nobody would run
    hint: at least 1
    error: misimp.ts:1:10: @outrider/sdk has no export 'chekc'
      1 | import { chekc } from "@outrider/sdk";
        |          ^
    hint: did you mean check?
    "#);
    place.file("plain.ts", "export default () => {};\n");
    shows!(place.host(["run", "plain.ts", "-u", "0", "--set", "foo=1"]).errors(), @r#"
    exit 104
    error: --vus 0: nobody would run
    hint: at least 1
    error: the journey has no parameters: nothing would read 'foo'
    hint: what it takes is declared by a JSON Schema: parameters: { type: "object", properties: { … } } in journey({ … }), or export const parameters; in Rust Description::parameters
    "#);
    let command = place.host(["rnu", "plain.ts"]);
    assert_eq!(command.code, Some(2), "{}", command.show());
    assert!(command.stderr.contains("'run', 'runs'"), "{}", command.show());
}

#[test]
fn what_a_journey_logs_is_shown_of_one_iteration() {
    let place = Place::new();
    let source = "import { log } from \"@outrider/sdk\";\nexport const options = { vus: 3 };\n\
                  export default () => {\n  console.log(\"hello\", 1);\n  log.warn(\"careful\");\n};\n";
    place.file("talks.ts", source);
    let lines = ["log  info  hello 1", "log  warn  careful"];
    let one = place.host(["run", "talks.ts"]);
    assert_eq!(one.code, Some(0), "{}", one.show());
    assert!(one.stderr.contains(&lines.join("\n")), "{}", one.show());
    let words =
        "warning: talks.ts:2:14: options is not used: give the load on the command line, e.g. -u 3 -d 5s";
    assert_eq!(one.stderr.lines().filter(|line| *line == words).count(), 1, "{}", one.show());
    let many = place.host(["run", "talks.ts", "-i", "3"]);
    assert!(!many.stderr.contains("log  "), "{}", many.show());
    let verbose = place.host(["-v", "run", "talks.ts", "-i", "3"]);
    assert_eq!(verbose.stderr.matches(lines[0]).count(), 3, "{}", verbose.show());
}

#[test]
fn what_answers_have_elsewhere_and_data_that_was_forgotten_say_what_to_do() {
    let target = outrider_test_util::TargetServer::builder().start();
    let place = Place::new();
    let source = "import { data, http } from \"@outrider/sdk\";\nexport default (user, { index }) => {\n  \
                  if (index === 0) http.get(\"/\").body.length;\n  data.row(\"customers\");\n};\n";
    place.file("lacks.ts", source);
    let said = place.host(["run", "lacks.ts", "-i", "2", "--target", &target.url("")]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    let report = format!("{:#}", place.report());
    for words in [
        "the answer stays in the host: use response.text(), .json(), .bytes()",
        "the run has no data 'customers' (hint: --data customers=FILE)",
    ] {
        assert!(report.contains(words), "{words}: {report}");
    }
}
