//! `cargo xtask gen`: docs/reference, written by the program itself so that it cannot drift from it, and the
//! bindings of the SDKs of Go and Rust, written from the contract.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::run;
use crate::programs;
use crate::steps::{say, step};
use crate::workspace::Workspace;

/// A folder's files by their paths in it.
type Files = BTreeMap<String, Vec<u8>>;

/// A folder in which every file is generated.
struct Generated {
    name: &'static str,
    folder: PathBuf,
    /// Writes all of it into the folder that is its last argument.
    writer: Command,
}

/// All of them.
fn all(workspace: &Workspace) -> [Generated; 3] {
    let mut reference = Command::new(workspace.program("host"));
    reference.current_dir(workspace.root()).arg("__reference");
    let bindings = |program: &str| {
        let mut writer = Command::new(workspace.program(program));
        writer.arg(workspace.contract());
        writer
    };
    let (of_go, of_rust) = (bindings("outrider-go-bindings"), bindings("outrider-rust-bindings"));
    [
        Generated { name: "docs/reference", folder: workspace.reference(), writer: reference },
        Generated { name: "sdk-go/internal/bindings", folder: workspace.go_bindings(), writer: of_go },
        Generated { name: "sdk-rust/src/bindings", folder: workspace.rust_bindings(), writer: of_rust },
    ]
}

/// Writes all of it anew.
pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    step("programs", || programs::build(workspace))?;
    for mut generated in all(workspace) {
        step(generated.name, || generated.write(workspace))?;
    }
    Ok(())
}

/// Fails, naming the files, when any of it is not what [`write()`] would write.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    programs::build(workspace)?;
    for mut generated in all(workspace) {
        let stale = differences(&generated.wanted(workspace)?, &files(&generated.folder)?);
        if !stale.is_empty() {
            let name = generated.name;
            bail!("{name} is out of date:\n  {}\n  what to do: cargo xtask gen", stale.join("\n  "));
        }
    }
    Ok(())
}

impl Generated {
    fn write(&mut self, workspace: &Workspace) -> Result<()> {
        let wanted = self.wanted(workspace)?;
        let found = files(&self.folder)?;
        for fault in differences(&wanted, &found) {
            say(&fault);
        }
        for name in found.keys().filter(|name| !wanted.contains_key(*name)) {
            fs::remove_file(self.folder.join(name))?;
        }
        for (name, bytes) in &wanted {
            let path = self.folder.join(name);
            let folder = path.parent().unwrap_or(&self.folder);
            fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
            fs::write(path, bytes)?;
        }
        Ok(())
    }

    /// What would be written now.
    fn wanted(&mut self, workspace: &Workspace) -> Result<Files> {
        let scratch = workspace.target().join(format!("generated-{}", std::process::id()));
        fs::create_dir_all(&scratch).with_context(|| format!("cannot create {}", scratch.display()))?;
        let written = run(self.writer.arg(&scratch), "see why the program cannot write what it knows")
            .and_then(|()| files(&scratch));
        fs::remove_dir_all(&scratch)?;
        written
    }
}

fn files(folder: &Path) -> Result<Files> {
    let mut found = Files::new();
    if folder.is_dir() {
        collect(folder, folder, &mut found)?;
    }
    Ok(found)
}

fn collect(folder: &Path, root: &Path, into: &mut Files) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, root, into)?;
            continue;
        }
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        into.insert(path.strip_prefix(root)?.to_string_lossy().into_owned(), bytes);
    }
    Ok(())
}

fn differences(wanted: &Files, found: &Files) -> Vec<String> {
    let mut differences = Vec::new();
    for (name, bytes) in wanted {
        match found.get(name) {
            None => differences.push(format!("missing: {name}")),
            Some(old) if old != bytes => differences.push(format!("changed: {name}")),
            Some(_) => {}
        }
    }
    differences.extend(
        found.keys().filter(|name| !wanted.contains_key(*name)).map(|name| format!("left over: {name}")),
    );
    differences
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> Files {
        files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn every_kind_of_difference_is_named() {
        let wanted = folder(&[("cli.md", "new"), ("same.md", "same"), ("plan.md", "plan")]);
        let found = folder(&[("cli.md", "old"), ("same.md", "same"), ("gone.md", "gone")]);
        let expected = ["changed: cli.md", "missing: plan.md", "left over: gone.md"];
        assert_eq!(differences(&wanted, &found), expected);
        assert!(differences(&wanted, &wanted).is_empty());
    }
}
