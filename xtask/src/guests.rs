//! Guests: the plugins' workspace built to components, each put where tests, demo and documentation look for it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::command::{read, run};
use crate::setup::GuestToolchain;
use crate::workspace::Workspace;

/// Builds every guest and copies each component to `target/plugins/NAME.wasm`, underscores as hyphens.
///
/// Always optimised: a guest built for debugging is ten times larger, and slow in ways that no user would meet.
/// Returns the components, sorted by name.
pub(crate) fn build(workspace: &Workspace, toolchain: &GuestToolchain) -> Result<Vec<PathBuf>> {
    let mut cargo = workspace.guest_cargo();
    toolchain.apply(&mut cargo);
    cargo.args(["build", "--workspace", "--release", "--target", "wasm32-wasip2"]);
    run(&mut cargo, "mend the guest that the compiler names")?;
    let built = workspace.guest_target().join("wasm32-wasip2/release");
    collect(&names(workspace)?, &built, &workspace.components())
}

/// The guests' names as their manifests have them, so that a guest that was removed is not found as a leftover.
fn names(workspace: &Workspace) -> Result<Vec<String>> {
    let mut cargo = workspace.guest_cargo();
    cargo.args(["metadata", "--no-deps", "--format-version=1"]);
    let metadata = read(&mut cargo, "mend plugins/Cargo.toml or the manifest that cargo names")?;
    component_names(&metadata)
}

fn component_names(metadata: &str) -> Result<Vec<String>> {
    let metadata: Value = serde_json::from_str(metadata).context("cargo metadata is not JSON")?;
    let list = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    let targets = list(&metadata, "packages").into_iter().flat_map(|package| list(&package, "targets"));
    let is_component = |target: &Value| list(target, "crate_types").iter().any(|kind| kind == "cdylib");
    let mut names: Vec<_> = targets
        .filter(is_component)
        .filter_map(|target| target["name"].as_str().map(str::to_owned))
        .collect();
    if names.is_empty() {
        bail!("no guest has a library with crate-type = [\"cdylib\"]");
    }
    names.sort();
    Ok(names)
}

fn collect(names: &[String], built: &Path, components: &Path) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(components).with_context(|| format!("cannot create {}", components.display()))?;
    let file = |name: &String| built.join(name.replace('-', "_")).with_extension("wasm");
    names.iter().map(|name| copy_if_new(&file(name), components)).collect()
}

/// A component that did not change keeps its file, so that nothing that watches it sees it half written.
fn copy_if_new(from: &Path, components: &Path) -> Result<PathBuf> {
    let name = from.file_name().unwrap_or_default().to_string_lossy().replace('_', "-");
    let to = components.join(&name);
    let bytes = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    if fs::read(&to).is_ok_and(|old| old == bytes) {
        return Ok(to);
    }
    let partial = components.join(format!(".{name}.{}", std::process::id()));
    fs::write(&partial, bytes).with_context(|| format!("cannot write {}", partial.display()))?;
    fs::rename(&partial, &to).with_context(|| format!("cannot write {}", to.display()))?;
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_component_of_the_workspace_is_known_by_its_library() {
        let metadata = r#"{"packages": [
            {"targets": [{"name": "test_traps", "crate_types": ["cdylib"]}]},
            {"targets": [{"name": "sdk", "crate_types": ["rlib"]}]}
        ]}"#;
        assert_eq!(component_names(metadata).unwrap(), ["test_traps"]);
        assert!(component_names("{}").unwrap_err().to_string().contains("cdylib"));
    }

    #[test]
    fn components_are_copied_with_hyphens() {
        let folder = std::env::temp_dir().join(format!("outrider-collect-{}", std::process::id()));
        let (built, components) = (folder.join("release"), folder.join("plugins"));
        fs::create_dir_all(&built).unwrap();
        fs::write(built.join("test_traps.wasm"), "component").unwrap();
        let copied = collect(&["test_traps".to_owned()], &built, &components).unwrap();
        assert_eq!(copied, [components.join("test-traps.wasm")]);
        assert_eq!(fs::read_to_string(&copied[0]).unwrap(), "component");
        fs::remove_dir_all(&folder).unwrap();
    }
}
