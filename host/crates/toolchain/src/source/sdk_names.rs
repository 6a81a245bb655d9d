//! What a module takes from the SDK.

use std::collections::BTreeMap;

use swc_ecma_ast::{
    ExportSpecifier, ImportSpecifier, Module, ModuleDecl, ModuleExportName, ModuleItem, NamedExport,
};

use crate::sdk;

/// Stands for all names of the SDK.
pub(crate) const ALL: &str = "*";

/// By the module's own names, those of the SDK.
pub(super) fn of(module: &Module) -> BTreeMap<String, String> {
    module.body.iter().filter_map(ModuleItem::as_module_decl).flat_map(names).collect()
}

fn names(declaration: &ModuleDecl) -> Vec<(String, String)> {
    match declaration {
        ModuleDecl::Import(import) if is_sdk(&import.src.value.to_string_lossy()) => {
            import.specifiers.iter().map(imported).collect()
        }
        ModuleDecl::ExportNamed(export) if reexports(export) => {
            export.specifiers.iter().map(exported).collect()
        }
        ModuleDecl::ExportAll(export) if is_sdk(&export.src.value.to_string_lossy()) => {
            vec![(ALL.to_owned(), ALL.to_owned())]
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

fn imported(specifier: &ImportSpecifier) -> (String, String) {
    match specifier {
        ImportSpecifier::Named(named) => {
            let own = named.local.sym.to_string();
            (own.clone(), named.imported.as_ref().map_or(own, text))
        }
        ImportSpecifier::Default(default) => (default.local.sym.to_string(), "default".to_owned()),
        ImportSpecifier::Namespace(all) => (all.local.sym.to_string(), ALL.to_owned()),
    }
}

fn exported(specifier: &ExportSpecifier) -> (String, String) {
    match specifier {
        ExportSpecifier::Named(named) => (text(&named.orig), text(&named.orig)),
        ExportSpecifier::Default(_) => ("default".to_owned(), "default".to_owned()),
        ExportSpecifier::Namespace(_) => (ALL.to_owned(), ALL.to_owned()),
    }
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
}
