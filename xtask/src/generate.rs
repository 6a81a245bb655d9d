//! `cargo xtask gen`: docs/reference, written by the program itself so that it cannot drift from it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::run;
use crate::programs;
use crate::steps::{say, step};
use crate::workspace::Workspace;

/// A folder's files by name. The reference is one flat folder.
type Files = BTreeMap<String, Vec<u8>>;

/// Writes docs/reference anew: every file there is generated.
pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    step("programs", || programs::build(workspace))?;
    step("docs/reference", || {
        let folder = workspace.reference();
        let wanted = generate(workspace)?;
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        for fault in differences(&wanted, &files(&folder)?) {
            say(&fault);
        }
        for name in files(&folder)?.keys().filter(|name| !wanted.contains_key(*name)) {
            fs::remove_file(folder.join(name))?;
        }
        for (name, bytes) in &wanted {
            fs::write(folder.join(name), bytes)?;
        }
        Ok(())
    })
}

/// Fails, naming the files, when docs/reference is not what [`write()`] would write.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    programs::build(workspace)?;
    let stale = differences(&generate(workspace)?, &files(&workspace.reference())?);
    if stale.is_empty() {
        return Ok(());
    }
    bail!("docs/reference is out of date:\n  {}\n  what to do: cargo xtask gen", stale.join("\n  "))
}

/// What the program says of itself now.
fn generate(workspace: &Workspace) -> Result<Files> {
    let scratch = workspace.target().join(format!("reference-{}", std::process::id()));
    fs::create_dir_all(&scratch).with_context(|| format!("cannot create {}", scratch.display()))?;
    let mut host = Command::new(workspace.program("host"));
    host.current_dir(workspace.root()).arg("__reference").arg(&scratch);
    let written =
        run(&mut host, "see why the program cannot write its reference").and_then(|()| files(&scratch));
    fs::remove_dir_all(&scratch)?;
    written
}

fn files(folder: &Path) -> Result<Files> {
    if !folder.is_dir() {
        return Ok(Files::new());
    }
    let mut files = Files::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        let bytes =
            fs::read(entry.path()).with_context(|| format!("cannot read {}", entry.path().display()))?;
        files.insert(entry.file_name().to_string_lossy().into_owned(), bytes);
    }
    Ok(files)
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
