//! A module's syntax tree.

use swc_common::sync::Lrc;
use swc_common::{BytePos, FileName, SourceMap, Spanned};
use swc_ecma_ast::Module;
use swc_ecma_parser::{EsSyntax, Parser, StringInput, Syntax};

use super::strip::in_our_words;
use crate::{Fault, Place};

/// A module as the parser understands it.
pub(super) struct Parsed {
    pub(super) module: Module,
    /// The parser's position of the first byte.
    pub(super) start: BytePos,
}

impl Parsed {
    /// Parses JavaScript.
    pub(super) fn of(code: &str) -> Result<Parsed, Vec<Fault>> {
        let sources = SourceMap::default();
        let file = sources.new_source_file(Lrc::new(FileName::Anon), code.to_owned());
        let syntax = Syntax::Es(EsSyntax { import_attributes: true, ..EsSyntax::default() });
        let mut parser = Parser::new(syntax, StringInput::from(&*file), None);
        let parsed = parser.parse_module();
        let mut errors = parser.take_errors();
        let start = file.start_pos;
        match parsed {
            Ok(module) if errors.is_empty() => Ok(Parsed { module, start }),
            outcome => {
                errors.extend(outcome.err());
                Err(errors.iter().map(|error| fault(code, start, error)).collect())
            }
        }
    }
}

fn fault(code: &str, start: BytePos, error: &swc_ecma_parser::error::Error) -> Fault {
    let offset = error.span().lo.0.saturating_sub(start.0) as usize;
    Fault::new(Place::at("", code, offset), in_our_words(&error.kind().msg()))
}
