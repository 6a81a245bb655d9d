//! One module's source: from the author's text to JavaScript, and what is in it.

mod edits;
mod strip;
mod syntax;

use std::ffi::OsStr;
use std::path::Path;

use crate::Fault;
pub(crate) use edits::{ColumnShift, Edit, apply};
pub(crate) use syntax::{Import, Syntax};

/// What a file holds.
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
        let syntax = Syntax::of(&code)?;
        Ok(Source { code, syntax })
    }
}
