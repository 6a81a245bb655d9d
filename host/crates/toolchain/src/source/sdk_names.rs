//! What a module takes from the SDK.

use std::collections::BTreeMap;

use outrider_model::nearest;
use swc_common::{BytePos, Span, Spanned};
use swc_ecma_ast::{
    ExportSpecifier, ImportSpecifier, Module, ModuleDecl, ModuleExportName, ModuleItem, NamedExport,
};

use crate::{Fault, Place, sdk};

/// Stands for all names of the SDK.
pub(crate) const ALL: &str = "*";

/// A name that a module takes.
struct Taken {
    /// What the module calls it.
    own: String,
    /// What the SDK calls it.
    sdk: String,
    span: Span,
}

/// By the module's own names, those of the SDK.
pub(super) fn of(module: &Module) -> BTreeMap<String, String> {
    taken(module).map(|taken| (taken.own, taken.sdk)).collect()
}

/// The SDK's names that the module takes, and the bytes at which it does.
pub(super) fn places(start: BytePos, module: &Module) -> Vec<(String, usize)> {
    taken(module).map(|taken| (taken.sdk, (taken.span.lo.0 - start.0) as usize)).collect()
}

/// What the module takes that the SDK does not have. `start` is the parser's position of the first byte.
pub(super) fn faults(code: &str, start: BytePos, module: &Module) -> Vec<Fault> {
    let missing = |taken: &Taken| taken.sdk != ALL && !sdk::exports().contains(&taken.sdk.as_str());
    let fault = |taken: Taken| {
        let place = Place::at("", code, (taken.span.lo.0 - start.0) as usize);
        match (taken.sdk.as_str(), sdk::is_type(&taken.sdk)) {
            ("default", _) => Fault::new(place, format!("{} has no default export", sdk::NAME))
                .hint(format!("import what you need by its name: {}", sdk::exports().join(", "))),
            (name, true) => Fault::new(place, format!("'{name}' of {} is a type", sdk::NAME))
                .hint("if it is a type, import it with \"import type\""),
            (name, false) => {
                Fault::new(place, format!("{} has no export '{name}'", sdk::NAME)).hint(instead_of(name))
            }
        }
    };
    taken(module).filter(missing).map(fault).collect()
}

fn instead_of(name: &str) -> String {
    match nearest(name, sdk::exports().iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("it has {}", sdk::exports().join(", ")),
    }
}

fn taken(module: &Module) -> impl Iterator<Item = Taken> {
    module.body.iter().filter_map(ModuleItem::as_module_decl).flat_map(names)
}

fn names(declaration: &ModuleDecl) -> Vec<Taken> {
    match declaration {
        ModuleDecl::Import(import) if is_sdk(&import.src.value.to_string_lossy()) => {
            import.specifiers.iter().map(imported).collect()
        }
        ModuleDecl::ExportNamed(export) if reexports(export) => {
            export.specifiers.iter().map(exported).collect()
        }
        ModuleDecl::ExportAll(export) if is_sdk(&export.src.value.to_string_lossy()) => {
            vec![Taken { own: ALL.to_owned(), sdk: ALL.to_owned(), span: export.span }]
        }
        _ => Vec::new(),
    }
}

fn is_sdk(specifier: &str) -> bool {
    specifier == sdk::NAME
}

fn reexports(export: &NamedExport) -> bool {
    export.src.as_ref().is_some_and(|source| is_sdk(&source.value.to_string_lossy()))
}

fn imported(specifier: &ImportSpecifier) -> Taken {
    match specifier {
        ImportSpecifier::Named(named) => {
            let own = named.local.sym.to_string();
            let sdk = named.imported.as_ref().map_or_else(|| own.clone(), text);
            let span = named.imported.as_ref().map_or(named.local.span, Spanned::span);
            Taken { own, sdk, span }
        }
        ImportSpecifier::Default(default) => {
            let own = default.local.sym.to_string();
            Taken { own, sdk: "default".to_owned(), span: default.span }
        }
        ImportSpecifier::Namespace(all) => {
            Taken { own: all.local.sym.to_string(), sdk: ALL.to_owned(), span: all.span }
        }
    }
}

fn exported(specifier: &ExportSpecifier) -> Taken {
    let (name, span) = match specifier {
        ExportSpecifier::Named(named) => (text(&named.orig), named.orig.span()),
        ExportSpecifier::Default(default) => ("default".to_owned(), default.exported.span),
        ExportSpecifier::Namespace(all) => (ALL.to_owned(), all.span),
    };
    Taken { own: name.clone(), sdk: name, span }
}

fn text(name: &ModuleExportName) -> String {
    name.atom().to_string()
}

#[cfg(test)]
mod tests {
    use crate::source::{Kind, Source};

    fn names(code: &str) -> Vec<String> {
        let source = Source::parse(Kind::TypeScript, code).unwrap();
        source.sdk_names.iter().map(|(own, sdk)| format!("{own}={sdk}")).collect()
    }

    #[test]
    fn names_are_known_by_what_the_module_calls_them() {
        let code = "import { http, check as holds, type Response } from '@outrider/sdk';\n\
                    import * as all from '@outrider/sdk';\nimport { http as other } from './mine';";
        assert_eq!(names(code), ["all=*", "holds=check", "http=http"]);
    }

    #[test]
    fn what_is_handed_on_is_taken_too() {
        assert_eq!(names("export { http as h } from '@outrider/sdk';"), ["http=http"]);
        assert_eq!(names("export * from '@outrider/sdk';"), ["*=*"]);
        assert_eq!(names("import type { Response } from '@outrider/sdk';"), Vec::<String>::new());
    }

    #[test]
    fn what_the_sdk_does_not_have_is_a_fault_with_its_place() {
        let code = "import sdk, { chekc, Trend as T, User, http } from '@outrider/sdk';\n\
                    export { stepp } from '@outrider/sdk';\nimport { chekc as mine } from './mine';";
        let faults = Source::parse(Kind::TypeScript, code).unwrap().faults;
        let said: Vec<String> = faults
            .iter()
            .map(|fault| format!("{}:{} {}", fault.place.line, fault.place.column, fault.message))
            .collect();
        assert_eq!(
            said,
            [
                "1:8 @outrider/sdk has no default export",
                "1:15 @outrider/sdk has no export 'chekc'",
                "1:22 @outrider/sdk has no export 'Trend'",
                "1:34 'User' of @outrider/sdk is a type",
                "2:10 @outrider/sdk has no export 'stepp'",
            ]
        );
        let hints: Vec<&str> = faults.iter().filter_map(|fault| fault.hint.as_deref()).collect();
        assert!(hints[0].starts_with("import what you need by its name: AbortError, "), "{hints:?}");
        assert_eq!((hints[1], hints[4]), ("did you mean check?", "did you mean step?"));
        assert!(hints[2].starts_with("it has AbortError, "), "{hints:?}");
        assert!(hints[3].contains("import type"), "{hints:?}");
    }
}
