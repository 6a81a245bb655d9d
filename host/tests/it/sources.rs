//! Sources in TypeScript and JavaScript that are not right, as their authors meet it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use outrider_test_util::{Behaviour, TargetServer};

use crate::harness::{Place, Said, shows, workspace};

/// What is said against a source that is run.
fn said_of(source: &str) -> Said {
    let place = Place::new();
    place.file("visit.ts", source);
    place.host(["run", "visit.ts"])
}

#[test]
fn a_syntax_error_and_a_missing_package_have_their_lines() {
    shows!(said_of("const = 1;\n").errors(), @"
    exit 104
    error: visit.ts:1:7: unexpected token `=`. Expected yield, an identifier, [ or {
      1 | const = 1;
    ");
    let said = said_of("import { chunk } from \"lodash-es\";\nexport default () => chunk([]);\n");
    shows!(said.errors(), @r#"
    exit 104
    error: visit.ts:1:23: there is no package 'lodash-es' in node_modules, here or above
      1 | import { chunk } from "lodash-es";
    hint: npm install lodash-es
    "#);
}

#[test]
fn what_browsers_and_node_have_is_pointed_out_with_what_stands_in_its_place() {
    let said = said_of("export default () => {\n  setTimeout(() => {}, process.env.WAIT);\n};\n");
    for words in [
        "visit.ts:2:3: there is no setTimeout in plugins: sleep(\"1s\") and think(…) of @outrider/sdk wait",
        "visit.ts:2:24: there is no process in plugins: vars.get(\"name\") of @outrider/sdk reads what --set gives",
        "setTimeout is not defined",
    ] {
        assert!(said.stderr.contains(words) || said.stdout.contains(words), "{words}: {}", said.show());
    }
    assert_eq!(said.code, Some(107), "{}", said.show());
    let node = said_of("import { readFileSync } from \"node:fs\";\nexport default () => readFileSync;\n");
    assert!(
        node.stderr.contains("hint: data.row(\"users\") reads what --data users=users.csv gives"),
        "{}",
        node.show()
    );
}

#[test]
fn a_module_without_a_plugin_says_what_one_is() {
    let said = said_of("export const visit = 1;\n");
    assert_eq!(said.code, Some(104), "{}", said.show());
    for words in [
        "error: visit.ts is no plugin: there is no default export; a journey is `export default journey({ … })`",
        "hint: the shortest journey is: import { http } from \"@outrider/sdk\"; export default function () { http.get(\"/\"); }",
    ] {
        assert!(said.stderr.contains(words), "{}", said.show());
    }
    let said = said_of("export default { scenarios: {} };\n");
    assert!(
        said.stderr.contains("the default export is object, not a journey(), assertionPack()"),
        "{}",
        said.show()
    );
}

#[test]
fn what_the_top_level_does_wrong_is_said_with_its_place() {
    let said = said_of(
        "function load(): never {\n  throw new RangeError(\"no data\");\n}\nload();\nexport default () => {};\n",
    );
    shows!(said.errors(), @"
    exit 104
    error: the top level threw RangeError: no data
      at load (visit.ts:2:13)
      at visit.ts:4:1
    ");
    let said = said_of(
        "const id = Math.random();\nconst at = Date.now();\nexport default () => console.log(id, at);\n",
    );
    assert_eq!(said.code, Some(0), "{}", said.show());
    for words in [
        "warning: visit.ts:1:12: Math.random() at the top level is evaluated once, when the plugin is built: it is the same for every user",
        "warning: visit.ts:2:12: Date.now() at the top level is evaluated once",
    ] {
        assert!(said.stderr.contains(words), "{words}: {}", said.show());
    }
}

#[test]
fn what_is_of_k6_is_told_what_it_is_called_here() {
    shows!(said_of("import http from \"k6/http\";\nexport default () => http.get(\"/\");\n").errors(), @r#"
    exit 104
    error: visit.ts:1:18: 'k6/http' is a part of k6
      1 | import http from "k6/http";
    hint: everything is in one package: import { http, check, step, think } from "@outrider/sdk"; docs/guides/coming-from-k6.md has what becomes of a script
    "#);
    let said = said_of(
        "import { check } from \"@outrider/sdk\";\nexport default () => {\n  check({}, { \"is 200\": () => true });\n};\n",
    );
    assert_eq!(said.code, Some(107), "{}", said.show());
    let words = "check takes a name and whether it holds: check(\"is 200\", response.status === 200)";
    assert!(said.stderr.contains(words) && said.stderr.contains("visit.ts:3:"), "{}", said.show());
}

#[test]
fn a_promise_that_nobody_awaits_fails_the_iteration_that_it_is_of() {
    let said = said_of(
        "async function pay(): Promise<void> {\n  throw new Error(\"declined\");\n}\nexport default async () => void pay();\n",
    );
    assert_eq!(said.code, Some(107), "{}", said.show());
    assert!(
        said.stderr.contains("Error: declined") && said.stderr.contains("visit.ts:2:"),
        "{}",
        said.show()
    );
    let said = said_of("async function pay(): Promise<void> {}\nexport default () => void pay();\n");
    let words = "is a plain function and called an async one, which nothing waits for; declare it async";
    assert!(said.stderr.contains(words) && said.stderr.contains("visit.ts:2:"), "{}", said.show());
}

#[test]
fn two_sdks_are_one_too_many() {
    let place = Place::new();
    let copy = place.path().join("sdk");
    fs::create_dir(&copy).unwrap();
    fs::write(copy.join("package.json"), r#"{ "name": "@outrider/sdk", "version": "0.1.0" }"#).unwrap();
    fs::write(copy.join("index.js"), "export const http = 1;\n").unwrap();
    place.file("visit.ts", "import { http } from \"./sdk/index.js\";\nexport default () => http;\n");
    let said = place.host(["run", "visit.ts"]);
    let words = "visit.ts:1:22: './sdk/index.js' is another copy of @outrider/sdk, which is built in";
    assert!(said.code == Some(104) && said.stderr.contains(words), "{}", said.show());

    let installed = place.path().join("node_modules/@outrider/sdk");
    fs::create_dir_all(&installed).unwrap();
    fs::write(installed.join("package.json"), r#"{ "name": "@outrider/sdk", "version": "0.0.9" }"#).unwrap();
    place.file(
        "visit.ts",
        "import { log } from \"@outrider/sdk\";\nexport default () => log.info(\"hello\");\n",
    );
    let said = place.host(["run", "visit.ts"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stderr.contains("@outrider/sdk is version 0.0.9; what runs is version "), "{}", said.show());
}

#[test]
fn a_package_of_npm_is_used_as_it_is_installed() {
    let place = Place::new();
    let target = TargetServer::builder().route("/", Behaviour::text("welcome")).start();
    let package = place.path().join("node_modules/slug");
    fs::create_dir_all(&package).unwrap();
    fs::write(package.join("package.json"), r#"{ "name": "slug", "main": "slug.js" }"#).unwrap();
    fs::write(
        package.join("slug.js"),
        "var dash = '-';\nmodule.exports = (text) => text.toLowerCase().split(' ').join(dash);\n",
    )
    .unwrap();
    let source = "import slug from \"slug\";\nimport { check, http } from \"@outrider/sdk\";\n\
                  export default () => void check(slug(\"Is Well\"), http.get(\"/\").ok);\n";
    place.file("visit.ts", source);
    let said = place.host(["run", "visit.ts", "--target", &target.url("")]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stdout.contains("is-well"), "{}", said.show());
}

/// A program in the place of Node, and a compiler that is there: what it says and how it ends.
fn with_compiler(place: &Place, said: &str, code: u8) -> std::ffi::OsString {
    fs::create_dir_all(place.path().join("node_modules/typescript/bin")).unwrap();
    fs::write(place.path().join("node_modules/typescript/bin/tsc"), "").unwrap();
    let bin = place.path().join("bin");
    fs::create_dir_all(&bin).unwrap();
    fs::write(
        bin.join("node"),
        format!("#!/bin/sh\necho \"$2 $3 $4\" > ../asked\necho '{said}'\nexit {code}\n"),
    )
    .unwrap();
    fs::set_permissions(bin.join("node"), fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:/usr/bin:/bin", bin.display()).into()
}

fn build(place: &Place, path: &std::ffi::OsStr) -> Said {
    Said::of(place.command(["build", "visit"]).env("PATH", path).output().unwrap(), place.path())
}

#[test]
fn types_are_checked_where_the_compiler_is_there() {
    let place = Place::new();
    assert_eq!(place.host(["new", "visit", "--lang", "ts"]).code, Some(0));
    let without = place.host(["build", "visit"]);
    assert_eq!(without.code, Some(0), "{}", without.show());
    let line = "types were not checked: there is no typescript in node_modules, here or above (npm install --save-dev typescript)";
    assert!(without.stderr.lines().any(|said| said == line), "{}", without.show());
    fs::remove_file(place.path().join("visit.wasm")).unwrap();

    let words = "src/journey.ts(3,7): error TS2322: Type string is not assignable to type number.";
    let path = with_compiler(&place, words, 2);
    let wrong = build(&place, &path);
    shows!(wrong.errors(), @"
    exit 104
    error: [PLACE]/visit has wrong types
    src/journey.ts(3,7): error TS2322: Type string is not assignable to type number.
    ");
    assert!(!place.path().join("visit.wasm").exists(), "nothing is written");
    assert_eq!(fs::read_to_string(place.path().join("asked")).unwrap(), "--noEmit --project tsconfig.json\n");
    let ran = Said::of(place.command(["run", "visit"]).env("PATH", &path).output().unwrap(), place.path());
    assert!(!ran.stderr.contains("TS2322"), "a run checks no types: {}", ran.show());

    let right = build(&place, &with_compiler(&place, "", 0));
    assert_eq!((right.code, right.stdout.as_str()), (Some(0), "visit.wasm\n"), "{}", right.show());
    assert!(!right.stderr.contains("types were not checked"), "{}", right.show());

    fs::remove_file(place.path().join("bin/node")).unwrap();
    let nowhere = place.path().join("bin");
    let no_node = build(&place, nowhere.as_os_str());
    assert_eq!(no_node.code, Some(0), "{}", no_node.show());
    assert!(
        no_node.stderr.contains("types were not checked: there is no node to run TypeScript in"),
        "{}",
        no_node.show()
    );
}

/// With the compiler that the SDK is tested with, where that and Node are installed.
#[test]
fn a_wrong_type_is_said_by_typescript_itself() {
    let compiler = workspace().join("sdk-js/node_modules/typescript");
    let has_node = std::process::Command::new("node").arg("--version").output().is_ok();
    if !compiler.is_dir() || !has_node {
        return;
    }
    let place = Place::new();
    assert_eq!(place.host(["new", "visit", "--lang", "ts", "--world", "assertion-pack"]).code, Some(0));
    fs::create_dir(place.path().join("visit/node_modules")).unwrap();
    std::os::unix::fs::symlink(&compiler, place.path().join("visit/node_modules/typescript")).unwrap();
    let fine = place.host(["build", "visit"]);
    assert_eq!(fine.code, Some(0), "{}", fine.show());
    let source = place.path().join("visit/src/pack.ts");
    let wrong = fs::read_to_string(&source).unwrap().replace("response.status,", "response.staus,");
    fs::write(&source, wrong).unwrap();
    let said = place.host(["build", "visit"]);
    assert_eq!(said.code, Some(104), "{}", said.show());
    let words = "src/pack.ts(15,21): error TS2551: Property 'staus' does not exist on type 'Response'. Did you mean 'status'?";
    assert!(said.stderr.contains(words), "{}", said.show());
}
