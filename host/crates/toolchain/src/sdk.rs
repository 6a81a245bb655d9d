//! The SDKs, built in: neither a registry nor an installed package is needed.

use std::sync::LazyLock;

/// How journeys import that of JavaScript.
pub(crate) const NAME: &str = "@outrider/sdk";

/// The version of all of them, this program's.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

mod files {
    include!(concat!(env!("OUT_DIR"), "/sdk_files.rs"));
}

/// The SDK of Go, as a module of its own.
pub(crate) use files::GO;
/// The SDK of JavaScript, as an installed package has it.
pub(crate) use files::JAVASCRIPT as FILES;
/// The SDK of Rust, as a crate of its own.
pub(crate) use files::RUST;

/// What TypeScript knows of that of JavaScript.
pub(crate) const DECLARATIONS: &str = include_str!("../../../../sdk-js/index.d.ts");

/// The names of what that exports, in the alphabet's order.
pub(crate) fn exports() -> &'static [&'static str] {
    static EXPORTS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
        let index = FILES.iter().find(|(name, _)| *name == "src/index.js");
        let lines = index.map(|(_, code)| *code).unwrap_or_default().lines();
        let braces = lines.filter_map(|line| line.strip_prefix("export {")?.split_once('}'));
        let mut names: Vec<_> = braces.flat_map(|(names, _)| names.split(',').map(str::trim)).collect();
        names.sort_unstable();
        names
    });
    &EXPORTS
}

/// Whether a name is that of a type only, which is gone when a journey runs.
pub(crate) fn is_type(name: &str) -> bool {
    let declared = |line: &str| {
        let rest = line.strip_prefix("export interface ").or_else(|| line.strip_prefix("export type "))?;
        Some(rest.split(|c: char| !c.is_alphanumeric()).next() == Some(name))
    };
    DECLARATIONS.lines().filter_map(declared).any(|is_it| is_it)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Or [`exports`] would miss a name, and refuse journeys that import it.
    #[test]
    fn every_export_is_a_list_of_names_on_one_line() {
        let index = FILES.iter().find(|(name, _)| *name == "src/index.js").unwrap().1;
        for line in index.lines().filter(|line| !line.is_empty() && !line.starts_with("//")) {
            assert!(
                line.starts_with("export { ") && line.ends_with("\";") && !line.contains(" as "),
                "{line}"
            );
        }
    }

    #[test]
    fn exports_are_what_is_declared_but_for_the_types() {
        let declared = |keyword: &'static str| {
            let lines = DECLARATIONS.lines().filter_map(move |line| line.strip_prefix(keyword));
            lines.filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next())
        };
        let keywords = ["export class ", "export const ", "export function "];
        let values: BTreeSet<&str> = keywords.into_iter().flat_map(declared).collect();
        assert_eq!(exports().iter().copied().collect::<BTreeSet<_>>(), values);
        assert!(is_type("Iteration") && is_type("Json") && !is_type("http") && !is_type("Iter"));
    }
}
