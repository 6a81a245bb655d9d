//! The JavaScript SDK's tests, with node's own runner, and its types.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::tally::Tally;
use crate::command::{read, run, run_reading, succeeds};
use crate::setup;
use crate::workspace::Workspace;

/// Node, where it is missing. Debian 13 has one that is new enough, Debian 12 has not.
const NODE_PACKAGES: [&str; 2] = ["nodejs", "npm"];

/// The first version with `String.prototype.toWellFormed`, which guests have, so that the SDK uses it.
const NODE: u32 = 20;

/// Where a version comes from that distributions do not have.
const NODE_REMEDY: &str =
    "install Node 20 or newer, with npm, from https://nodejs.org/en/download and put its bin folder on PATH";

pub(super) fn test(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let folder = workspace.root().join("sdk-js");
    install(&folder)?;
    let mut types = Command::new("npm");
    types.current_dir(&folder).args(["run", "--silent", "typecheck"]);
    run(&mut types, "mend the types that tsc names")?;
    let mut tests = Command::new("npm");
    tests.current_dir(&folder).args(["test", "--silent"]);
    run_reading(&mut tests, "mend the tests that are listed as failures above", |line| tally.read(line))
}

/// Node, and the packages of a folder.
pub(crate) fn install(folder: &Path) -> Result<()> {
    if !succeeds(Command::new("npm").arg("--version")) {
        setup::install(&NODE_PACKAGES)
            .context("the report's page and the JavaScript SDK need Node with npm")?;
    }
    let version = read(Command::new("node").arg("--version"), NODE_REMEDY)?;
    ensure!(is_new_enough(&version), "Node {} is too old: {NODE_REMEDY}", version.trim());
    install_packages(folder)
}

/// `v20.19.2`. What says its version in another way is taken as it is.
fn is_new_enough(version: &str) -> bool {
    let major = version.trim().trim_start_matches('v').split('.').next();
    major.and_then(|major| major.parse::<u32>().ok()).is_none_or(|major| major >= NODE)
}

/// `npm ci`, unless what it would install is what it installed last.
fn install_packages(folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let wanted = fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let note = folder.join("node_modules/.installed-lock.json");
    if fs::read(&note).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.current_dir(folder).args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
    run(&mut npm, "see that the registry of npm, or a mirror set in .npmrc, can be reached")?;
    if let Some(modules) = note.parent().filter(|modules| modules.is_dir()) {
        fs::write(modules.join(".installed-lock.json"), wanted)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_new_enough;

    #[test]
    fn a_version_of_node_is_known_by_its_first_number() {
        assert!(is_new_enough("v20.0.0\n") && is_new_enough("v25.1.0-nightly") && is_new_enough("current"));
        assert!(!is_new_enough("v18.19.1\n"));
    }
}
