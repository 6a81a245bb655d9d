//! Packages that are CommonJS, as most of npm is: each module becomes a function in an ES module, on the same lines.
//!
//! The function is called when the module is required for the first time, so that modules which require each other meet
//! in Node's order; the SDK's `commonjs.js` shows the form. What ES modules import of one comes from a module that is
//! generated for it, [`facade`], with just the names that some module of the plugin asks for: which those are is known,
//! so nobody guesses at what a module exports.
//!
//! Not kept: a module that is sloppy runs in strict mode, since all code of an ES module does; a bundler does the same.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::sdk;
use crate::source::{Edit, Import, Require};

/// What a module exports whose body is a function.
const REQUIRE: &str = "__outrider_require";

/// All exports of one, as one object.
const ALL: &str = "__outrider_all";

/// What a call of `require` finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Required {
    /// The SDK.
    Sdk,
    /// A module by the name that is imported, and how its value comes.
    Module(String, Form),
    /// Nothing; why.
    Missing(String),
}

/// What a module is, for who requires it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    CommonJs,
    EsModule,
    Json,
}

/// Makes a function of a module's code. `name` is the module's, `required` what it requires with what that is.
pub(super) fn wrapped(code: &str, name: &str, required: &[(&Require, Required)]) -> Vec<Edit> {
    let mut imports = format!(
        "import{{load as __outrider_load,missing as __outrider_missing}}from\"{}/commonjs\";",
        sdk::NAME
    );
    let mut cases = Vec::new();
    for (index, (require, found)) in required.iter().enumerate() {
        let own = format!("__outrider_{index}");
        let (import, value) = match found {
            Required::Sdk => (format!("import*as {own} from\"{}\";", sdk::NAME), own),
            Required::Module(path, Form::CommonJs) => {
                (format!("import{{{REQUIRE} as {own}}}from{};", quoted(path)), format!("{own}()"))
            }
            Required::Module(path, Form::EsModule) => (format!("import*as {own} from{};", quoted(path)), own),
            Required::Module(path, Form::Json) => (format!("import {own} from{};", quoted(path)), own),
            Required::Missing(why) => {
                let call = format!("__outrider_missing({},{})", quoted(&require.specifier), quoted(why));
                (String::new(), call)
            }
        };
        imports += &import;
        cases.push(format!("case {}:return {value};", quoted(&require.specifier)));
    }
    let (name, cases) = (quoted(name), cases.concat());
    let before = format!(
        "{imports}export function {REQUIRE}(){{return __outrider_load({name},__outrider_body,__outrider_required)}}\
         function __outrider_required(name){{switch(name){{{cases}default:return __outrider_missing(name)}}}}\
         function __outrider_body(exports,require,module,__filename,__dirname){{"
    );
    // The first line of a program may be for a shell.
    let begin = if code.starts_with("#!") {
        Edit { range: 0..2, text: before + "//" }
    } else {
        Edit::insert(0, before)
    };
    vec![begin, Edit::insert(code.len(), "\n}")]
}

/// A module that ES modules import in place of one that is CommonJS.
#[derive(Debug)]
pub(super) struct Facade {
    /// The names that are asked for, besides the default.
    pub(super) names: BTreeSet<String>,
    pub(super) name: String,
}

impl Facade {
    /// The facade of the module with this number.
    pub(super) fn of(module: usize) -> Facade {
        // A folder and a name of ours, so that no stack shows it.
        Facade { names: BTreeSet::new(), name: format!("__outrider_commonjs/{module}.js") }
    }

    /// Takes in what an import asks for.
    pub(super) fn asked(&mut self, import: &Import) {
        self.names.extend(import.names.iter().filter(|name| *name != "default").cloned());
    }

    /// Its code. `import` is how it names the module, `shown` what messages call that.
    pub(super) fn code(&self, import: &str, shown: &str) -> String {
        let (import, shown) = (quoted(import), quoted(shown));
        let head = format!(
            "import{{{REQUIRE}}}from{import};import{{defaultOf,pick}}from\"{}/commonjs\";\n\
             export const {ALL}={REQUIRE}();\nexport default defaultOf({ALL});\n",
            sdk::NAME
        );
        let named = self.names.iter().enumerate().map(|(index, name)| {
            let name = quoted(name);
            format!("const _{index}=pick({ALL},{name},{shown});export{{_{index} as {name}}};\n")
        });
        std::iter::once(head).chain(named).collect()
    }
}

/// `* as name` of a module that is CommonJS means its exports themselves, as where TypeScript compiles to CommonJS.
pub(super) fn namespace(import: &Import) -> Option<Edit> {
    let (range, name) = import.namespace.clone()?;
    Some(Edit { range, text: format!("{{ {ALL} as {name} }}") })
}

fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::apply;

    fn require(specifier: &str) -> Require {
        Require { specifier: specifier.to_owned(), at: 0 }
    }

    #[test]
    fn a_module_becomes_a_function_on_its_own_lines() {
        let code = "const a = require('./a');\nexports.b = a;";
        let a = require("./a");
        let edits =
            wrapped(code, "node_modules/x/i.js", &[(&a, Required::Module("./a.js".into(), Form::CommonJs))]);
        let edited = apply(code, edits);
        let lines: Vec<&str> = edited.code.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0].ends_with("{const a = require('./a');"), "{}", lines[0]);
        assert!(lines[0].contains("case \"./a\":return __outrider_0();"), "{}", lines[0]);
        assert_eq!(lines[1..], ["exports.b = a;", "}"]);
    }

    #[test]
    fn a_line_for_a_shell_is_a_comment() {
        let edited = apply("#!/usr/bin/env node\nf();", wrapped("#!/usr/bin/env node\nf();", "x.js", &[]));
        assert!(edited.code.contains("{///usr/bin/env node\nf();\n}"), "{}", edited.code);
    }

    #[test]
    fn what_is_missing_is_so_for_who_asks() {
        let fs = require("fs");
        let [begin, _] = &wrapped("", "x.js", &[(&fs, Required::Missing("no \"fs\"".into()))])[..] else {
            panic!()
        };
        assert!(
            begin.text.contains(r#"case "fs":return __outrider_missing("fs","no \"fs\"");"#),
            "{}",
            begin.text
        );
    }

    #[test]
    fn a_facade_has_what_is_asked_for() {
        let mut facade = Facade::of(3);
        facade.names.extend(["b".to_owned(), "a-b".to_owned()]);
        let code = facade.code("../x.js", "x.js");
        assert!(code.contains("const _1=pick(__outrider_all,\"b\",\"x.js\");export{_1 as \"b\"};"), "{code}");
        assert!(code.starts_with("import{__outrider_require}from\"../x.js\";"), "{code}");
    }
}
