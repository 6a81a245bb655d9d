//! One module's source: from the author's text to JavaScript, and what is in it.

mod absent;
mod calls;
mod edits;
mod options;
mod parsed;
mod sdk_names;
mod strip;
mod syntax;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::Path;

use crate::Fault;
pub(crate) use absent::Absent;
pub(crate) use calls::Call;
use calls::Calls;
pub(crate) use edits::{ColumnShift, Edit, apply};
use parsed::Parsed;
pub(crate) use sdk_names::ALL as ALL_OF_THE_SDK;
pub(crate) use syntax::{Import, Require, Syntax};

/// What a file holds. Whether JavaScript is CommonJS shows when it is parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    TypeScript,
    JavaScript,
    /// Its value is the module's default export.
    Json,
}

impl Kind {
    pub(crate) fn of(path: &Path) -> Kind {
        match path.extension().and_then(OsStr::to_str) {
            Some("ts" | "mts") => Kind::TypeScript,
            Some("json") => Kind::Json,
            _ => Kind::JavaScript,
        }
    }
}

/// A module as JavaScript, with every line and column where the author put it.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) code: String,
    pub(crate) syntax: Syntax,
    /// What it calls where.
    pub(crate) calls: Vec<Call>,
    /// By its own names, those of the SDK that it takes.
    pub(crate) sdk_names: BTreeMap<String, String>,
    /// The same names of the SDK's, and the bytes at which it takes them.
    pub(crate) taken: Vec<(String, usize)>,
    /// Those of its own names that stand for something else too, in some scope.
    pub(crate) shadowed: BTreeSet<String>,
    /// What it uses that plugins have not.
    pub(crate) absent: Vec<Absent>,
    /// What is wrong with it although it can be parsed.
    pub(crate) faults: Vec<Fault>,
    /// The byte at which it exports `options`, as journeys of k6 do.
    pub(crate) exported_options: Option<usize>,
}

impl Source {
    /// Parses a file's text. Faults have places without a file's name, which is not known yet.
    pub(crate) fn parse(kind: Kind, text: &str) -> Result<Source, Vec<Fault>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let code = match kind {
            Kind::TypeScript => strip::strip_types(text)?,
            Kind::JavaScript => text.to_owned(),
            Kind::Json => strip::json_module(text)?,
        };
        let parsed = Parsed::of(&code)?;
        let Calls { calls, own_names } = Calls::of(&code, parsed.start, &parsed.module);
        let sdk_names = sdk_names::of(&parsed.module);
        let shadowed = sdk_names.keys().filter(|name| own_names.contains(*name)).cloned().collect();
        Ok(Source {
            taken: sdk_names::places(parsed.start, &parsed.module),
            syntax: Syntax::of(&code, &parsed),
            absent: absent::used(parsed.start, &parsed.module, &own_names),
            calls,
            sdk_names,
            shadowed,
            faults: sdk_names::faults(&code, parsed.start, &parsed.module),
            exported_options: options::exported(parsed.start, &parsed.module),
            code,
        })
    }
}
