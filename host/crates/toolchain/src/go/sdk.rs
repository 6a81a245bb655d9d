//! The Go SDK, built in: no published module is needed, and no network.

/// Its module.
pub(super) const MODULE: &str = "outrider.dev/outrider";

/// The version that a go.mod requires; the contract's and this program's.
pub(super) const VERSION: &str = concat!("v", env!("CARGO_PKG_VERSION"));

/// Its files, by their paths in the module.
pub(super) const FILES: &[(&str, &str)] = &[
    ("assertions/assertions.go", include_str!("../../../../../sdk-go/assertions/assertions.go")),
    ("assertions/subjects.go", include_str!("../../../../../sdk-go/assertions/subjects.go")),
    ("check/check.go", include_str!("../../../../../sdk-go/check/check.go")),
    ("clock/clock.go", include_str!("../../../../../sdk-go/clock/clock.go")),
    ("data/data.go", include_str!("../../../../../sdk-go/data/data.go")),
    ("doc.go", include_str!("../../../../../sdk-go/doc.go")),
    ("errors.go", include_str!("../../../../../sdk-go/errors.go")),
    ("go.mod", include_str!("../../../../../sdk-go/go.mod")),
    ("guest.go", include_str!("../../../../../sdk-go/guest.go")),
    ("http/errors.go", include_str!("../../../../../sdk-go/http/errors.go")),
    ("http/http.go", include_str!("../../../../../sdk-go/http/http.go")),
    ("http/options.go", include_str!("../../../../../sdk-go/http/options.go")),
    ("http/request.go", include_str!("../../../../../sdk-go/http/request.go")),
    ("http/response.go", include_str!("../../../../../sdk-go/http/response.go")),
    (
        "internal/bindings/journey_exports/journey_exports.go",
        include_str!("../../../../../sdk-go/internal/bindings/journey_exports/journey_exports.go"),
    ),
    (
        "internal/bindings/outrider_plugin_assertions/wit_bindings.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_assertions/wit_bindings.go"),
    ),
    (
        "internal/bindings/outrider_plugin_clock/imports_other.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_clock/imports_other.go"),
    ),
    (
        "internal/bindings/outrider_plugin_clock/imports_wasm.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_clock/imports_wasm.go"),
    ),
    (
        "internal/bindings/outrider_plugin_clock/wit_bindings.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_clock/wit_bindings.go"),
    ),
    (
        "internal/bindings/outrider_plugin_data/imports_other.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_data/imports_other.go"),
    ),
    (
        "internal/bindings/outrider_plugin_data/imports_wasm.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_data/imports_wasm.go"),
    ),
    (
        "internal/bindings/outrider_plugin_data/wit_bindings.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_data/wit_bindings.go"),
    ),
    (
        "internal/bindings/outrider_plugin_http/imports_other.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_http/imports_other.go"),
    ),
    (
        "internal/bindings/outrider_plugin_http/imports_wasm.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_http/imports_wasm.go"),
    ),
    (
        "internal/bindings/outrider_plugin_http/wit_bindings.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_http/wit_bindings.go"),
    ),
    (
        "internal/bindings/outrider_plugin_journey_types/wit_bindings.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_journey_types/wit_bindings.go"),
    ),
    (
        "internal/bindings/outrider_plugin_measure/imports_other.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_measure/imports_other.go"),
    ),
    (
        "internal/bindings/outrider_plugin_measure/imports_wasm.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_measure/imports_wasm.go"),
    ),
    (
        "internal/bindings/outrider_plugin_measure/wit_bindings.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_measure/wit_bindings.go"),
    ),
    (
        "internal/bindings/outrider_plugin_random/imports_other.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_random/imports_other.go"),
    ),
    (
        "internal/bindings/outrider_plugin_random/imports_wasm.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_random/imports_wasm.go"),
    ),
    (
        "internal/bindings/outrider_plugin_random/wit_bindings.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_random/wit_bindings.go"),
    ),
    (
        "internal/bindings/outrider_plugin_responses/imports_other.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_responses/imports_other.go"),
    ),
    (
        "internal/bindings/outrider_plugin_responses/imports_wasm.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_responses/imports_wasm.go"),
    ),
    (
        "internal/bindings/outrider_plugin_responses/wit_bindings.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_responses/wit_bindings.go"),
    ),
    (
        "internal/bindings/outrider_plugin_types/wit_bindings.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_types/wit_bindings.go"),
    ),
    (
        "internal/bindings/outrider_plugin_user_journey/wit_bindings.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_user_journey/wit_bindings.go"),
    ),
    (
        "internal/bindings/outrider_plugin_vars/imports_other.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_vars/imports_other.go"),
    ),
    (
        "internal/bindings/outrider_plugin_vars/imports_wasm.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_vars/imports_wasm.go"),
    ),
    (
        "internal/bindings/outrider_plugin_vars/wit_bindings.go",
        include_str!("../../../../../sdk-go/internal/bindings/outrider_plugin_vars/wit_bindings.go"),
    ),
    (
        "internal/bindings/pack_exports/pack_exports.go",
        include_str!("../../../../../sdk-go/internal/bindings/pack_exports/pack_exports.go"),
    ),
    (
        "internal/exports/journeyhooks/hooks.go",
        include_str!("../../../../../sdk-go/internal/exports/journeyhooks/hooks.go"),
    ),
    (
        "internal/exports/packhooks/hooks.go",
        include_str!("../../../../../sdk-go/internal/exports/packhooks/hooks.go"),
    ),
    ("internal/failure/failure.go", include_str!("../../../../../sdk-go/internal/failure/failure.go")),
    ("internal/failure/guard.go", include_str!("../../../../../sdk-go/internal/failure/guard.go")),
    ("internal/failure/trace.go", include_str!("../../../../../sdk-go/internal/failure/trace.go")),
    ("internal/jsontext/jsontext.go", include_str!("../../../../../sdk-go/internal/jsontext/jsontext.go")),
    ("internal/tags/tags.go", include_str!("../../../../../sdk-go/internal/tags/tags.go")),
    ("internal/wit/runtime/arena.go", include_str!("../../../../../sdk-go/internal/wit/runtime/arena.go")),
    (
        "internal/wit/runtime/realloc_wasip1.go",
        include_str!("../../../../../sdk-go/internal/wit/runtime/realloc_wasip1.go"),
    ),
    (
        "internal/wit/runtime/runtime.go",
        include_str!("../../../../../sdk-go/internal/wit/runtime/runtime.go"),
    ),
    ("internal/wit/types/types.go", include_str!("../../../../../sdk-go/internal/wit/types/types.go")),
    ("journey.go", include_str!("../../../../../sdk-go/journey.go")),
    ("log/log.go", include_str!("../../../../../sdk-go/log/log.go")),
    ("metric/metric.go", include_str!("../../../../../sdk-go/metric/metric.go")),
    ("random/random.go", include_str!("../../../../../sdk-go/random/random.go")),
    ("step.go", include_str!("../../../../../sdk-go/step.go")),
    ("think.go", include_str!("../../../../../sdk-go/think.go")),
    ("vars/vars.go", include_str!("../../../../../sdk-go/vars/vars.go")),
    ("verdict/verdict.go", include_str!("../../../../../sdk-go/verdict/verdict.go")),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// What Go needs of a folder: tests and the generator of the bindings stay out.
    fn collect(folder: &Path, root: &Path, into: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            let of_go = name.ends_with(".go") && !name.ends_with("_test.go")
                || name.ends_with(".s")
                || name == "go.mod";
            if path.is_dir() && name != "bindgen" {
                collect(&path, root, into);
            } else if of_go {
                into.insert(name);
            }
        }
    }

    #[test]
    fn every_file_of_the_sdk_is_built_in() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../sdk-go");
        let mut expected = BTreeSet::new();
        collect(&root, &root, &mut expected);
        let built_in: BTreeSet<String> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(built_in, expected);
    }
}
