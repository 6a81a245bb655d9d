//! Faults of authors, in their terms.

use std::time::Duration;

use outrider_toolchain::{Toolchain, ToolchainError};

use crate::guest::{patient, written};

/// The error of a journey, and its text.
fn fault(files: &[(&str, &str)]) -> (ToolchainError, String) {
    let folder = written(files);
    let error = patient().build(&folder.path().join(files[0].0)).unwrap_err();
    let text = error.to_string();
    (error, text)
}

#[test]
fn a_syntax_error_shows_its_line() {
    let (_, text) = fault(&[("a.ts", "let a: number = 1;\nconst = a;\n")]);
    assert!(text.starts_with("a.ts:2:7: unexpected token `=`"), "{text}");
    assert!(text.ends_with("\n  2 | const = a;\n    |       ^"), "{text}");
}

#[test]
fn faults_of_all_modules_are_reported_at_once() {
    let (_, text) = fault(&[
        (
            "a.ts",
            "import './b.js';\nimport './none';\nimport 'lodash';\nimport 'node:fs';\nimport '@outrider/sdk/x';\nawait import('./b.js');",
        ),
        ("b.js", "let b = ;"),
    ]);
    for part in [
        "a.ts:2:8: there is no module './none'",
        "a.ts:3:8: there is no package 'lodash' in node_modules",
        "a.ts:4:8: 'node:fs' is a part of Node",
        "a.ts:5:8: @outrider/sdk has no module '@outrider/sdk/x'",
        "a.ts:6:7: import() finds nothing when the journey runs",
        "b.js:1:9: ",
    ] {
        assert!(text.contains(part), "{part} in:\n{text}");
    }
}

#[test]
fn a_misspelt_import_from_the_sdk_is_found_before_anything_is_compiled() {
    let (error, text) =
        fault(&[("misimp.ts", "import { chekc } from \"@outrider/sdk\";\nexport default () => chekc;")]);
    let words = "misimp.ts:1:10: @outrider/sdk has no export 'chekc'";
    let excerpt = "  1 | import { chekc } from \"@outrider/sdk\";\n    |          ^";
    assert_eq!(text, format!("{words}\n{excerpt}"));
    assert_eq!(error.hint().as_deref(), Some("did you mean check?"));
    let (error, text) = fault(&[
        ("a.ts", "import { htpp, User } from '@outrider/sdk';\nimport './b.js';\nimport './none';"),
        ("b.js", "import { thikn } from '@outrider/sdk';"),
    ]);
    for part in [
        "a.ts:1:10: @outrider/sdk has no export 'htpp'",
        "a.ts:1:16: 'User' of @outrider/sdk is a type",
        "a.ts:3:8: there is no module './none'",
        "b.js:1:10: @outrider/sdk has no export 'thikn'",
    ] {
        assert!(text.contains(part), "{part} in:\n{text}");
    }
    assert_eq!(
        error.hint().unwrap(),
        "a.ts:1:10: did you mean http?; a.ts:1:16: if it is a type, import it with \"import type\"; \
         b.js:1:10: did you mean think?"
    );
}

#[test]
fn typescript_that_is_more_than_types_is_refused() {
    let (_, text) = fault(&[("a.ts", "enum Kind { A }\nexport default () => Kind.A;")]);
    assert_eq!(text, "a.ts:1:1: TypeScript enum is not supported\n  1 | enum Kind { A }\n    | ^");
}

#[test]
fn an_exception_of_the_top_level_has_its_stack() {
    let lib = "export function load(): never {\n  throw new TypeError(\"boom\");\n}";
    let (error, text) = fault(&[("a.ts", "import { load } from './lib/b.ts';\nload();"), ("lib/b.ts", lib)]);
    assert_eq!(text, "the top level threw TypeError: boom\n  at load (lib/b.ts:2:13)\n  at a.ts:2:1");
    assert_eq!(error.hint(), None);
}

#[test]
fn asking_the_host_at_the_top_level_is_explained() {
    let (_, text) = fault(&[(
        "a.ts",
        "import { http } from '@outrider/sdk';\nconst page = http.get('/');\nexport default () => {};",
    )]);
    assert!(text.contains("http was called at the top level"), "{text}");
    assert!(text.ends_with("at a.ts:2:19"), "{text}");
}

#[test]
fn a_type_that_is_imported_as_a_value_gets_a_hint() {
    let (error, text) = fault(&[
        ("a.ts", "import { T } from './b.ts';\nexport default () => {};"),
        ("b.ts", "export interface T {}"),
    ]);
    assert!(text.contains("Could not find export 'T'"), "{text}");
    assert!(error.hint().unwrap().contains("import type"));
}

#[test]
fn what_a_package_needs_of_node_is_said_by_who_asks_for_it() {
    let (_, text) = fault(&[
        ("a.js", "import x from 'x';\nexport default () => x;"),
        ("node_modules/x/index.js", "'use strict';\nconst fs = require('fs');\nmodule.exports = fs;"),
    ]);
    let words = "the top level threw Error: 'fs' is a part of Node, and plugins run without Node";
    assert!(text.starts_with(words), "{text}");
    assert!(text.ends_with("\n  at node_modules/x/index.js:2:12"), "{text}");
    let (_, text) = fault(&[
        ("a.js", "import x from 'x';\nexport default () => x;"),
        ("node_modules/x/index.js", "module.exports = process.env.HOME;"),
    ]);
    assert!(text.contains("process is not defined") || text.contains("'process' is not defined"), "{text}");
}

#[test]
fn a_plugin_that_is_common_js_is_told_what_to_write() {
    let (error, text) = fault(&[(
        "a.js",
        "const { http } = require('@outrider/sdk');\nmodule.exports = () => http.get('/');",
    )]);
    assert!(text.starts_with("a.js:1:18: a plugin is an ES module, and this is CommonJS"), "{text}");
    assert!(error.hint().unwrap().contains("export default"));
}

#[test]
fn all_names_of_common_js_are_not_handed_on() {
    let (error, text) = fault(&[
        ("a.ts", "import { b } from './b.ts';\nexport default () => b;"),
        ("b.ts", "export * from 'x';"),
        ("node_modules/x/index.js", "exports.b = 1;"),
    ]);
    assert!(text.starts_with("b.ts:1:15: 'x' is CommonJS, and what it exports is not known"), "{text}");
    assert!(error.hint().unwrap().contains("export { … } from \"x\""));
}

#[test]
fn another_copy_of_the_sdk_and_k6_are_refused_with_what_to_write() {
    let (error, text) = fault(&[
        (
            "a.js",
            "import http from 'k6/http';\nimport { sleep } from 'k6';\nimport { step } from './sdk/index.js';\nexport default () => {};",
        ),
        ("sdk/index.js", "export const step = 1;"),
        ("sdk/package.json", r#"{ "name": "@outrider/sdk", "version": "0.0.1" }"#),
    ]);
    for part in [
        "a.js:1:18: 'k6/http' is a part of k6",
        "a.js:2:23: 'k6' is a part of k6",
        "a.js:3:22: './sdk/index.js' is another copy of @outrider/sdk, which is built in",
    ] {
        assert!(text.contains(part), "{part} in:\n{text}");
    }
    assert!(error.hint().unwrap().contains("coming-from-k6.md"));
}

#[test]
fn what_is_no_journey_says_what_is_missing() {
    let (error, text) = fault(&[("a.ts", "export const a = 1;")]);
    assert!(text.starts_with("a.ts is no plugin: there is no default export"), "{text}");
    assert!(error.hint().is_some());
    let (_, text) = fault(&[(
        "a.ts",
        "import { journey } from '@outrider/sdk';\nexport default journey({ nam: 'x', scenarios: {} } as any);",
    )]);
    assert!(text.contains("\n  journey() knows no \"nam\" (did you mean \"name\"?)"), "{text}");
    assert!(text.contains("\n  scenarios must be an object with a scenario or more"), "{text}");
}

#[test]
fn a_top_level_that_does_not_end_is_given_up() {
    let (_, text) = fault(&[("a.js", "await new Promise(() => {});\nexport default () => {};")]);
    assert_eq!(text, "the top level of a.js awaits a promise that is never kept");
    let (_, text) = fault(&[("a.js", "function f() { return f() + 1; }\nf();\nexport default () => {};")]);
    assert!(text.contains("calls itself without end") || text.contains("call stack"), "{text}");
}

#[test]
fn a_build_is_given_up_after_the_limit() {
    let folder = written(&[("a.js", "export default () => {};")]);
    let toolchain = Toolchain::new().without_cache().with_time_limit(Duration::from_millis(1));
    let error = toolchain.build(&folder.path().join("a.js")).unwrap_err();
    assert!(matches!(error, ToolchainError::NeverEnds { .. }), "{error}");
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = written(&[("a.py", ""), ("b.ts", "")]);
    std::fs::write(folder.path().join("b.ts"), [0xff, 0xfe]).unwrap();
    let error = |name: &str| Toolchain::new().without_cache().build(&folder.path().join(name)).unwrap_err();
    assert!(matches!(error("none.ts"), ToolchainError::Read { .. }));
    assert!(matches!(error("a.py"), ToolchainError::UnknownKind { .. }));
    assert!(error("b.ts").to_string().ends_with("b.ts is not UTF-8 text"));
    assert!(matches!(error(""), ToolchainError::NoEntry { .. }));
}
