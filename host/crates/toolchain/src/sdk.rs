//! The SDK's JavaScript, built in: neither npm nor an installed package is needed.

use std::sync::LazyLock;

/// How journeys import it.
pub(crate) const NAME: &str = "@outrider/sdk";

/// Its files, as an installed package has them.
pub(crate) const FILES: &[(&str, &str)] = &[
    ("package.json", include_str!("../../../../sdk-js/package.json")),
    ("src/callee.js", include_str!("../../../../sdk-js/src/callee.js")),
    ("src/checks.js", include_str!("../../../../sdk-js/src/checks.js")),
    ("src/clock.js", include_str!("../../../../sdk-js/src/clock.js")),
    ("src/convert.js", include_str!("../../../../sdk-js/src/convert.js")),
    ("src/data.js", include_str!("../../../../sdk-js/src/data.js")),
    ("src/errors.js", include_str!("../../../../sdk-js/src/errors.js")),
    ("src/failure.js", include_str!("../../../../sdk-js/src/failure.js")),
    ("src/globals.js", include_str!("../../../../sdk-js/src/globals.js")),
    ("src/http/body.js", include_str!("../../../../sdk-js/src/http/body.js")),
    ("src/http/client.js", include_str!("../../../../sdk-js/src/http/client.js")),
    ("src/http/queue.js", include_str!("../../../../sdk-js/src/http/queue.js")),
    ("src/http/request.js", include_str!("../../../../sdk-js/src/http/request.js")),
    ("src/http/response.js", include_str!("../../../../sdk-js/src/http/response.js")),
    ("src/http/send.js", include_str!("../../../../sdk-js/src/http/send.js")),
    ("src/http/status.js", include_str!("../../../../sdk-js/src/http/status.js")),
    ("src/index.js", include_str!("../../../../sdk-js/src/index.js")),
    ("src/journey.js", include_str!("../../../../sdk-js/src/journey.js")),
    ("src/logs.js", include_str!("../../../../sdk-js/src/logs.js")),
    ("src/metrics.js", include_str!("../../../../sdk-js/src/metrics.js")),
    ("src/phase.js", include_str!("../../../../sdk-js/src/phase.js")),
    ("src/promises.js", include_str!("../../../../sdk-js/src/promises.js")),
    ("src/random.js", include_str!("../../../../sdk-js/src/random.js")),
    ("src/runtime.js", include_str!("../../../../sdk-js/src/runtime.js")),
    ("src/show.js", include_str!("../../../../sdk-js/src/show.js")),
    ("src/stack.js", include_str!("../../../../sdk-js/src/stack.js")),
    ("src/steps.js", include_str!("../../../../sdk-js/src/steps.js")),
    ("src/vars.js", include_str!("../../../../sdk-js/src/vars.js")),
];

/// What TypeScript knows of it.
const DECLARATIONS: &str = include_str!("../../../../sdk-js/index.d.ts");

/// The names of what it exports, in the alphabet's order.
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
    use std::fs;
    use std::path::Path;

    use super::*;

    fn collect(folder: &Path, root: &Path, into: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, root, into);
            } else {
                into.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }

    #[test]
    fn every_file_of_the_sdk_is_built_in() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../sdk-js");
        let mut expected = BTreeSet::from(["package.json".to_owned()]);
        collect(&root.join("src"), &root, &mut expected);
        let built_in: BTreeSet<String> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(built_in, expected);
    }

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
