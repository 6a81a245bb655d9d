//! From TypeScript and JSON to JavaScript.

use std::cell::RefCell;
use std::rc::Rc;

use swc_common::errors::{DiagnosticBuilder, Emitter, Handler};
use swc_common::sync::Lrc;
use swc_common::{GLOBALS, Globals, SourceMap};
use swc_ts_fast_strip::{Mode, Options, operate};

use crate::{Fault, Place};

/// Replaces types by blanks, so that what is left stays on its line and column. TypeScript that is more
/// than types (enums, namespaces, parameter properties) is a fault, as it is in Node.
pub(super) fn strip_types(text: &str) -> Result<String, Vec<Fault>> {
    let collected = Collector::default();
    let handler = Handler::with_emitter(false, false, Box::new(collected.clone()));
    let options = Options { module: Some(true), mode: Mode::StripOnly, ..Options::default() };
    let sources = Lrc::new(SourceMap::default());
    let stripped = GLOBALS.set(&Globals::new(), || operate(&sources, &handler, text.to_owned(), options));
    stripped.map(|output| output.code).map_err(|error| collected.faults(text, &error.message))
}

/// A module whose default export is the JSON text's value.
pub(super) fn json_module(text: &str) -> Result<String, Vec<Fault>> {
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => Ok(format!("export default {text}")),
        Err(error) => {
            let before: usize =
                text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
            let offset = before + error.column().saturating_sub(1);
            Err(vec![Fault::new(Place::at("", text, offset), format!("not JSON: {error}"))])
        }
    }
}

/// Keeps diagnostics as messages and byte positions.
#[derive(Clone, Default)]
struct Collector(Rc<RefCell<Vec<(String, u32)>>>);

impl Emitter for Collector {
    fn emit(&mut self, diagnostic: &mut DiagnosticBuilder<'_>) {
        let position = diagnostic.span.primary_span().map_or(0, |span| span.lo.0);
        self.0.borrow_mut().push((diagnostic.message(), position));
    }
}

impl Collector {
    fn faults(&self, text: &str, otherwise: &str) -> Vec<Fault> {
        let mut found = self.0.take();
        if found.is_empty() {
            found.push((otherwise.to_owned(), 0));
        }
        found.sort_by_key(|(_, position)| *position);
        let fault = |(message, position): (String, u32)| {
            // The first file of a source map begins at position 1.
            let place = Place::at("", text, (position as usize).saturating_sub(1));
            Fault::new(place, in_our_words(&message))
        };
        found.into_iter().map(fault).collect()
    }
}

/// Messages as this program writes them: lower case, without a final stop, and without the mode's name.
pub(super) fn in_our_words(message: &str) -> String {
    let message = message.trim().trim_end_matches('.');
    let message = message.strip_suffix(" in strip-only mode").unwrap_or(message);
    let first_word = message.split(' ').next().unwrap_or_default();
    let is_name = first_word.chars().skip(1).any(|c| !c.is_lowercase());
    let mut chars = message.chars();
    match chars.next() {
        Some(first) if !is_name => first.to_lowercase().chain(chars).collect(),
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_become_blanks() {
        let stripped =
            strip_types("const a: number = f<string>(b!) as any;\ninterface X {}\nlet c;").unwrap();
        assert_eq!(stripped, "const a         = f        (b )       ;\n              \nlet c;");
    }

    #[test]
    fn typescript_that_is_code_is_a_fault() {
        for code in
            ["enum A { B }", "namespace A { export const b = 1 }", "class A { constructor(public b) {} }"]
        {
            let faults = strip_types(code).unwrap_err();
            assert!(faults[0].message.contains("not supported"), "{code}: {faults:?}");
            assert_eq!(faults[0].place.line, 1);
        }
    }

    #[test]
    fn a_syntax_error_has_its_place() {
        let faults = strip_types("let a;\nconst = 1;").unwrap_err();
        assert_eq!((faults[0].place.line, faults[0].place.column), (2, 7));
        assert_eq!(faults[0].place.text, "const = 1;");
    }

    #[test]
    fn json_becomes_a_module() {
        assert_eq!(json_module("{\"a\": [1]}").unwrap(), "export default {\"a\": [1]}");
        let faults = json_module("{\n  \"a\": ,\n}").unwrap_err();
        assert_eq!(faults[0].place.line, 2);
    }

    #[test]
    fn messages_begin_in_lower_case_unless_with_a_name() {
        assert_eq!(in_our_words("Expression expected"), "expression expected");
        assert_eq!(
            in_our_words("TypeScript enum is not supported in strip-only mode"),
            "TypeScript enum is not supported"
        );
        assert_eq!(
            in_our_words("'const' declarations must be initialized."),
            "'const' declarations must be initialized"
        );
    }
}
