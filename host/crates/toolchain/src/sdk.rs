//! The SDK's JavaScript, built in: neither npm nor an installed package is needed.

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
}
