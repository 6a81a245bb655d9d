//! The export `options`, in which k6 takes the load and which nobody reads here.

use swc_common::{BytePos, Span, Spanned};
use swc_ecma_ast::{Decl, ExportSpecifier, Module, ModuleDecl, ModuleItem, Pat};

const NAME: &str = "options";

/// The byte at which a module exports it. `start` is the parser's position of the first byte.
pub(super) fn exported(start: BytePos, module: &Module) -> Option<usize> {
    let span = module.body.iter().filter_map(ModuleItem::as_module_decl).find_map(span)?;
    Some((span.lo.0 - start.0) as usize)
}

fn span(declaration: &ModuleDecl) -> Option<Span> {
    match declaration {
        ModuleDecl::ExportDecl(export) => match &export.decl {
            Decl::Var(variables) => variables.decls.iter().find_map(|variable| match &variable.name {
                Pat::Ident(name) if name.id.sym == *NAME => Some(name.id.span),
                _ => None,
            }),
            _ => None,
        },
        ModuleDecl::ExportNamed(export) => export.specifiers.iter().find_map(|specifier| match specifier {
            ExportSpecifier::Named(named) => {
                let exported = named.exported.as_ref().unwrap_or(&named.orig);
                (exported.atom().as_str() == NAME).then(|| exported.span())
            }
            _ => None,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::source::{Kind, Source};

    fn place(code: &str) -> Option<usize> {
        Source::parse(Kind::TypeScript, code).unwrap().exported_options
    }

    #[test]
    fn options_are_found_however_they_are_exported() {
        assert_eq!(place("export const options = { vus: 3 };"), Some(13));
        assert_eq!(place("const a = {};\nexport { a as options };"), Some(28));
        assert_eq!(place("export { options } from './load.js';"), Some(9));
        assert_eq!(place("const options = {};\nexport default () => options;"), None);
        assert_eq!(place("const options = {};\nexport { options as other };"), None);
    }
}
