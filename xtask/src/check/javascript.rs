//! The JavaScript SDK's tests, with node's own runner, and its types.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::tally::Tally;
use crate::command::{run, run_reading, succeeds};
use crate::setup;
use crate::workspace::Workspace;

/// Node, where it is missing; any version that the distribution has and that knows `--import`.
const NODE_PACKAGES: [&str; 2] = ["nodejs", "npm"];

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
    install_packages(folder)
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
