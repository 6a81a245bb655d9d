//! What a build gives.

use std::path::Path;

use outrider_toolchain::{Built, Warning};
use outrider_wit::MAKES_REQUESTS_SECTION;
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

use crate::guest::{Compiled, Guest, asynchronous, build, plain, plain_built, written};

#[test]
fn typescript_becomes_a_valid_component() {
    let built = plain_built();
    Validator::new_with_features(WasmFeatures::all()).validate_all(&built.component).unwrap();
    assert!(!built.async_world);
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
    assert!(!build(&folder.path().join("plain.js")).async_world);
    assert!(build(&folder.path().join("hidden.js")).async_world);
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
    for (path, is_async, name, scenarios) in [
        ("checkout-ts/checkout.ts", false, "checkout", 2),
        ("checkout-ts/checkout-async.ts", true, "checkout-async", 2),
        ("bench/get.ts", false, "get", 1),
    ] {
        let built = build(&examples.join(path));
        assert_eq!(built.async_world, is_async, "{path}");
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
