//! From what an import says to a file.

use std::path::{Path, PathBuf};

use oxc_resolver::{ResolveOptions, Resolver as OxcResolver};

use crate::sdk;

/// Packages of this name are part of Node, and installed under it only as replacements for that.
const NODE_MODULES: [&str; 19] = [
    "assert",
    "buffer",
    "child_process",
    "crypto",
    "dns",
    "events",
    "fs",
    "http",
    "https",
    "net",
    "os",
    "path",
    "process",
    "stream",
    "timers",
    "tls",
    "url",
    "util",
    "zlib",
];

/// What an import means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Resolved {
    /// The SDK, which is built in.
    Sdk,
    /// A file.
    File(PathBuf),
}

/// Finds files as Node and TypeScript do.
#[derive(Debug)]
pub(super) struct Resolver(OxcResolver);

impl Default for Resolver {
    fn default() -> Resolver {
        let strings = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
        Resolver(OxcResolver::new(ResolveOptions {
            condition_names: strings(&["import", "module", "default"]),
            extensions: strings(&[".ts", ".mts", ".js", ".mjs", ".json"]),
            // TypeScript's habit: `./cart.js` is written for `cart.ts`.
            extension_alias: vec![
                (".js".to_owned(), strings(&[".js", ".ts"])),
                (".mjs".to_owned(), strings(&[".mjs", ".mts"])),
            ],
            main_fields: strings(&["module", "main"]),
            node_path: false,
            ..ResolveOptions::default()
        }))
    }
}

impl Resolver {
    /// The target of an import in the file `from`, or what is wrong with it.
    pub(super) fn resolve(&self, from: &Path, specifier: &str) -> Result<Resolved, String> {
        if specifier == sdk::NAME {
            return Ok(Resolved::Sdk);
        }
        if specifier.strip_prefix(sdk::NAME).is_some_and(|rest| rest.starts_with('/')) {
            return Err(format!(
                "{} has no module '{specifier}'; everything is in '{}'",
                sdk::NAME,
                sdk::NAME
            ));
        }
        let found =
            self.0.resolve_file(from, specifier).map_err(|error| explain(specifier, &error.to_string()))?;
        Ok(Resolved::File(found.path().to_owned()))
    }
}

fn explain(specifier: &str, reason: &str) -> String {
    let first = specifier.split('/').next().unwrap_or(specifier);
    if specifier.starts_with("node:") || NODE_MODULES.contains(&first) {
        return format!("'{specifier}' is a part of Node, and journeys run without Node");
    }
    if specifier.starts_with('.') || specifier.starts_with('/') {
        return format!("there is no module '{specifier}'");
    }
    if specifier.contains("://") {
        return format!("'{specifier}' is not a file; journeys import files and installed packages");
    }
    match reason.starts_with("Cannot find module") {
        true => format!("there is no package '{specifier}' in node_modules, here or above"),
        false => format!("cannot resolve '{specifier}': {reason}"),
    }
}
