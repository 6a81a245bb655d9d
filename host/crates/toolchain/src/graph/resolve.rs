//! From what an import says to a file.

use std::path::{Path, PathBuf};

use outrider_model::nearest;
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

/// Why an import means nothing, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unresolved {
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

impl Unresolved {
    fn new(message: String) -> Unresolved {
        Unresolved { message, hint: None }
    }
}

const K6_HINT: &str = "everything is in one package: import { http, check, step, think } from \"@outrider/sdk\"; \
                       docs/guides/coming-from-k6.md has what becomes of a script";

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
pub(super) struct Resolver {
    of_imports: OxcResolver,
    /// Of `require`, which packages may answer with another file.
    of_requires: OxcResolver,
}

impl Default for Resolver {
    fn default() -> Resolver {
        let strings = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
        let of_imports = ResolveOptions {
            condition_names: strings(&["import", "module", "default"]),
            extensions: strings(&[".ts", ".mts", ".js", ".mjs", ".cjs", ".json"]),
            // TypeScript's habit: `./cart.js` is written for `cart.ts`.
            extension_alias: vec![
                (".js".to_owned(), strings(&[".js", ".ts"])),
                (".mjs".to_owned(), strings(&[".mjs", ".mts"])),
            ],
            main_fields: strings(&["module", "main"]),
            node_path: false,
            ..ResolveOptions::default()
        };
        let of_requires = ResolveOptions {
            condition_names: strings(&["require", "default"]),
            extensions: strings(&[".js", ".json", ".cjs", ".mjs"]),
            main_fields: strings(&["main"]),
            ..of_imports.clone()
        };
        Resolver { of_imports: OxcResolver::new(of_imports), of_requires: OxcResolver::new(of_requires) }
    }
}

impl Resolver {
    /// The target of an import in the file `from`, or what is wrong with it.
    pub(super) fn import(&self, from: &Path, specifier: &str) -> Result<Resolved, Unresolved> {
        resolve(&self.of_imports, from, specifier)
    }

    /// The same of a call of `require`.
    pub(super) fn require(&self, from: &Path, specifier: &str) -> Result<Resolved, Unresolved> {
        resolve(&self.of_requires, from, specifier)
    }
}

fn resolve(resolver: &OxcResolver, from: &Path, specifier: &str) -> Result<Resolved, Unresolved> {
    if specifier == sdk::NAME {
        return Ok(Resolved::Sdk);
    }
    if specifier.strip_prefix(sdk::NAME).is_some_and(|rest| rest.starts_with('/')) {
        let (name, message) = (sdk::NAME, "has no module");
        return Err(Unresolved::new(format!("{name} {message} '{specifier}'; everything is in '{name}'")));
    }
    let found = resolver
        .resolve_file(from, specifier)
        .map_err(|error| of_k6(specifier).unwrap_or_else(|| explain(specifier, &error.to_string())))?;
    if found.package_json().is_some_and(|package| package.name() == Some(sdk::NAME)) {
        let message = format!("'{specifier}' is another copy of {}, which is built in", sdk::NAME);
        return Err(Unresolved {
            message,
            hint: Some("import it by its name: \"@outrider/sdk\"".to_owned()),
        });
    }
    Ok(Resolved::File(found.path().to_owned()))
}

/// The modules of k6, and those of its site, which nothing here has.
fn of_k6(specifier: &str) -> Option<Unresolved> {
    let is_k6 = specifier == "k6" || specifier.starts_with("k6/") || specifier.contains("://jslib.k6.io/");
    is_k6.then(|| Unresolved {
        message: format!("'{specifier}' is a part of k6"),
        hint: Some(K6_HINT.to_owned()),
    })
}

fn explain(specifier: &str, reason: &str) -> Unresolved {
    let first = specifier.split('/').next().unwrap_or(specifier);
    if specifier.starts_with("node:") || NODE_MODULES.contains(&first) {
        let message = format!("'{specifier}' is a part of Node, and plugins run without Node");
        return Unresolved { message, hint: instead_of(specifier).map(str::to_owned) };
    }
    if specifier.starts_with('.') || specifier.starts_with('/') {
        return Unresolved::new(format!("there is no module '{specifier}'"));
    }
    if specifier.contains("://") {
        let message = format!("'{specifier}' is not a file; plugins import files and installed packages");
        return Unresolved::new(message);
    }
    if !reason.starts_with("Cannot find module") {
        return Unresolved::new(format!("cannot resolve '{specifier}': {reason}"));
    }
    let package = package_of(specifier);
    let hint = match is_like_the_sdk(package) {
        true => format!("the SDK is {}, and built in", sdk::NAME),
        false => format!("npm install {package}"),
    };
    let message = format!("there is no package '{specifier}' in node_modules, here or above");
    Unresolved { message, hint: Some(hint) }
}

/// What stands in the place of a part of Node.
fn instead_of(specifier: &str) -> Option<&'static str> {
    let name = specifier.strip_prefix("node:").unwrap_or(specifier);
    match name.split('/').next()? {
        "fs" => Some(
            "data.row(\"users\") reads what --data users=users.csv gives; JSON is imported: import cart from \"./cart.json\"",
        ),
        "http" | "https" | "net" | "tls" | "dns" => Some("http of @outrider/sdk makes requests"),
        "timers" => Some("sleep(\"1s\") and think(…) of @outrider/sdk wait"),
        "process" | "os" => Some(
            "vars.get(\"name\") of @outrider/sdk reads what --set gives, vars.secret(\"name\") what --secret gives",
        ),
        "crypto" => {
            Some("random of @outrider/sdk draws numbers, texts and UUIDs, the same in a repeated run")
        }
        "assert" => Some("check(…) and expect(…) of @outrider/sdk say what must hold"),
        _ => None,
    }
}

/// `@scope/name` of `@scope/name/part`, `name` of `name/part`.
fn package_of(specifier: &str) -> &str {
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    let end = specifier.match_indices('/').nth(parts - 1).map_or(specifier.len(), |(at, _)| at);
    &specifier[..end]
}

/// A slip in the SDK's name, or one of the names that it might have.
fn is_like_the_sdk(package: &str) -> bool {
    let scope = sdk::NAME.split('/').next().unwrap_or(sdk::NAME);
    package.trim_start_matches('@').split('/').next() == Some(scope.trim_start_matches('@'))
        || nearest(package, [sdk::NAME]).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_told_with_what_helps() {
        let hint = |specifier: &str| explain(specifier, "Cannot find module").hint.unwrap();
        assert_eq!(hint("lodash/get"), "npm install lodash");
        assert_eq!(hint("@faker-js/faker/locale/de"), "npm install @faker-js/faker");
        assert_eq!(hint("@outrider/skd"), "the SDK is @outrider/sdk, and built in");
        assert_eq!(hint("outrider"), "the SDK is @outrider/sdk, and built in");
        assert!(hint("node:fs/promises").contains("--data users=users.csv"));
        assert_eq!(explain("node:zlib", "").hint, None);
    }
}
