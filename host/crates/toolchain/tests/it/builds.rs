//! What a build gives.

use std::path::Path;

use outrider_toolchain::{Built, Warning, World};
use outrider_wit::MAKES_REQUESTS_SECTION;
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

use crate::guest::{Compiled, Guest, asynchronous, build, plain, plain_built, written};

#[test]
fn typescript_becomes_a_valid_component() {
    let built = plain_built();
    Validator::new_with_features(WasmFeatures::all()).validate_all(&built.component).unwrap();
    assert_eq!(built.world(), Some(World::Journey));
    assert!(!built.cached);
    let names: Vec<_> =
        built.sources.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["plain.ts", "cart.ts", "rates.json"]);
    assert_eq!(built.warnings, []);
}

#[test]
fn a_component_imports_the_contract_and_wasi_alone() {
    for compiled in [plain(), asynchronous()] {
        let imports = compiled.imports();
        assert!(imports.contains(&"outrider:plugin/http@0.1.0".to_owned()));
        let known = |name: &&String| name.starts_with("outrider:plugin/") || name.starts_with("wasi:");
        assert_eq!(imports.iter().filter(|name| !known(name)).collect::<Vec<_>>(), Vec::<&String>::new());
        let wasi_0_2 = |name: &&String| name.starts_with("outrider:") || name.contains("@0.2.");
        assert!(imports.iter().all(|name| wasi_0_2(&name)), "{imports:?}");
    }
}

#[tokio::test]
async fn the_shortest_journey_is_a_function_in_javascript() {
    let folder = written(&[("visit.js", "export default function () { console.log('hello'); }")]);
    let built = build(&folder.path().join("visit.js"));
    let mut guest = Guest::new(&Compiled::of(&built)).await;
    assert_eq!(guest.describe().await.name, "visit");
    guest.iterate("default").await.unwrap();
    assert_eq!(guest.calls(), ["log hello"]);
}

#[tokio::test]
async fn a_folder_with_packages_is_a_journey() {
    let folder = written(&[
        ("package.json", r#"{ "main": "src/start.ts" }"#),
        (
            "src/start.ts",
            "import { greet } from \"greeter\";\nexport default () => console.log(greet(\"you\") as string);",
        ),
        (
            "node_modules/greeter/package.json",
            r#"{ "type": "module", "exports": { "import": "./lib/index.js" } }"#,
        ),
        ("node_modules/greeter/lib/index.js", "export { greet } from './greet.js';"),
        (
            "node_modules/greeter/lib/greet.js",
            "export const greet = (who) => `hello ${who}`;\nexport const lazy = () => import('./none.js');",
        ),
    ]);
    let built = build(folder.path());
    assert_eq!(built.sources.len(), 3);
    let mut guest = Guest::new(&Compiled::of(&built)).await;
    guest.iterate("default").await.unwrap();
    assert_eq!(guest.calls(), ["log hello you"]);
}

/// As most of npm is: CommonJS, some of it translated from ES modules, with a cycle, a missing package that is tried, and
/// another file for who requires than for who imports.
#[tokio::test]
async fn packages_that_are_common_js_are_bundled() {
    let folder = written(&[
        (
            "visit.ts",
            "import merge, { deep } from \"merger\";\nimport * as all from \"merger\";\nimport translated, { named } from \"translated\";\n\
             import { twice } from \"subpaths/twice\";\nimport limits from \"subpaths/limits.json\" with { type: \"json\" };\n\
             export default () => console.log(merge({ a: 1 }, { b: 2 }), deep(1), all.deep(2), translated(3), named, twice(limits.most));\n",
        ),
        ("node_modules/merger/package.json", r#"{ "main": "./lib" }"#),
        (
            "node_modules/merger/lib/index.js",
            "#!/usr/bin/env node\n'use strict';\nvar deep = require('./deep');\nvar optional;\ntry { optional = require('not-there'); } \
             catch (error) { optional = error.code; }\nmodule.exports = function merge(a, b) { return Object.assign({}, a, b, { optional }); };\n\
             module.exports.deep = deep;\n",
        ),
        // It requires what requires it, and finds there what has been exported so far.
        (
            "node_modules/merger/lib/deep.js",
            "var index = require('./index.js');\nvar kind = typeof index;\nmodule.exports = function (value) { return `${kind} ${value} ${require('../data.json').unit}`; };",
        ),
        ("node_modules/merger/data.json", r#"{ "unit": "ms" }"#),
        (
            "node_modules/translated/package.json",
            r#"{ "exports": { "import": "./index.js", "require": "./none.js" } }"#,
        ),
        (
            "node_modules/translated/index.js",
            "Object.defineProperty(exports, '__esModule', { value: true });\nexports.default = (value) => value + 1;\nexports.named = [__filename, __dirname];",
        ),
        (
            "node_modules/subpaths/package.json",
            r#"{ "type": "module", "exports": { "./*.json": "./data/*.json", "./*": { "require": "./none.cjs", "default": "./src/*.mjs" } } }"#,
        ),
        (
            "node_modules/subpaths/src/twice.mjs",
            "import half from './half.cjs';\nexport const twice = (value) => 4 * half(value);",
        ),
        ("node_modules/subpaths/src/half.cjs", "module.exports = (value) => value / 2;"),
        ("node_modules/subpaths/data/limits.json", r#"{ "most": 21 }"#),
    ]);
    let built = build(&folder.path().join("visit.ts"));
    assert_eq!(built.sources.len(), 8, "{:?}", built.sources);
    let mut guest = Guest::new(&Compiled::of(&built)).await;
    guest.iterate("default").await.unwrap();
    let shown = r#"log {"a":1,"b":2,"optional":"MODULE_NOT_FOUND"} object 1 ms object 2 ms 4 ["/node_modules/translated/index.js","/node_modules/translated"] 42"#;
    assert_eq!(guest.calls(), [shown]);
    let again = build(&folder.path().join("visit.ts"));
    assert_eq!(again.sources, built.sources);
}

#[tokio::test]
async fn an_exception_in_common_js_keeps_its_line_and_column() {
    let folder = written(&[
        ("visit.js", "import { price } from \"prices\";\nexport default () => price(null);"),
        ("node_modules/prices/index.js", "exports.price = (product) => product.price;\n"),
    ]);
    let mut guest = Guest::new(&Compiled::of(&build(&folder.path().join("visit.js")))).await;
    let failure = guest.iterate("default").await.unwrap_err();
    assert_eq!(failure.stack.unwrap().lines().next().unwrap(), "at node_modules/prices/index.js:1:30");
}

#[test]
fn an_installed_sdk_of_another_version_is_warned_of() {
    let folder = written(&[
        ("visit.js", "export default () => {};"),
        ("node_modules/@outrider/sdk/package.json", r#"{ "name": "@outrider/sdk", "version": "0.0.9" }"#),
    ]);
    let warnings = build(&folder.path().join("visit.js")).warnings;
    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    assert!(
        warning.to_string().contains("node_modules/@outrider/sdk is version 0.0.9; what runs is version "),
        "{warning}"
    );
}

#[test]
fn the_world_follows_the_functions_and_not_the_words() {
    // Async functions that the journey does not export, and an async one that no word in sight announces.
    let plain = "const unused = async () => {};\nexport default () => {};";
    let hidden = "import { run } from './other.js';\nexport default run;";
    let folder = written(&[
        ("plain.js", plain),
        ("hidden.js", hidden),
        ("other.js", "export async function run() {}"),
    ]);
    assert_eq!(build(&folder.path().join("plain.js")).world(), Some(World::Journey));
    assert_eq!(build(&folder.path().join("hidden.js")).world(), Some(World::JourneyAsync));
}

#[test]
fn a_journey_that_takes_no_http_makes_no_requests() {
    let folder = written(&[
        ("quiet.ts", "import { sleep } from '@outrider/sdk';\nexport default () => sleep(1);"),
        ("loud.ts", "import { get } from './get.ts';\nexport default () => get();"),
        ("get.ts", "import { http as web } from '@outrider/sdk';\nexport const get = () => web.get('/');"),
    ]);
    assert_eq!(said_of_requests(&build(&folder.path().join("quiet.ts"))), [0]);
    assert_eq!(said_of_requests(&build(&folder.path().join("loud.ts"))), [1]);
}

/// What the component's section says of requests.
fn said_of_requests(built: &Built) -> Vec<u8> {
    let mut sections =
        Parser::new(0).parse_all(&built.component).filter_map(|payload| match payload.unwrap() {
            Payload::CustomSection(section) if section.name() == MAKES_REQUESTS_SECTION => Some(section),
            _ => None,
        });
    sections.next().expect("the section").data().to_vec()
}

#[tokio::test]
async fn the_examples_build_and_describe_themselves() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples");
    for (path, world, name, scenarios) in [
        ("checkout-ts/checkout.ts", World::Journey, "checkout", 2),
        ("checkout-ts/checkout-async.ts", World::JourneyAsync, "checkout-async", 2),
        ("bench/get.ts", World::Journey, "get", 1),
    ] {
        let built = build(&examples.join(path));
        assert_eq!(built.world(), Some(world), "{path}");
        let description = Guest::new(&Compiled::of(&built)).await.describe().await;
        assert_eq!((description.name.as_str(), description.scenarios.len()), (name, scenarios));
        assert!(description.parameters.is_some());
    }
}

#[test]
fn time_and_chance_at_the_top_level_are_warned_of() {
    let folder = written(&[(
        "once.ts",
        "const id: number = Math.random();\nexport default () => console.log(id, Date.now());",
    )]);
    let warnings = build(&folder.path().join("once.ts")).warnings;
    let [Warning::EvaluatedOnce { what, place }] = warnings.as_slice() else { panic!("{warnings:?}") };
    assert_eq!((*what, place.to_string().as_str()), ("Math.random()", "once.ts:1:20"));
    assert!(warnings[0].to_string().contains("it is the same for every user"));
}

#[test]
fn options_of_k6_are_warned_of_where_the_journey_begins() {
    let folder = written(&[
        (
            "load.ts",
            "import { other } from './other.ts';\nexport const options = { vus: 3 };\nexport default () => other;",
        ),
        ("other.ts", "export const options = {}, other = 1;"),
    ]);
    let warnings = build(&folder.path().join("load.ts")).warnings;
    let said: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    let words = "options is not used: give the load on the command line, e.g. -u 3 -d 5s";
    assert_eq!(said, [format!("load.ts:2:14: {words}")]);
}
