//! The pages of reports, which the program carries: `web/`, each built to one file.

use std::process::Command;

use anyhow::Result;

use crate::check::install_javascript;
use crate::command::run;
use crate::workspace::Workspace;

/// Builds the pages in `web/dist`. One that does not change keeps its file, so that cargo builds nothing anew.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let folder = workspace.web();
    install_javascript(&folder)?;
    let mut npm = Command::new("npm");
    npm.current_dir(folder).args(["run", "--silent", "build"]);
    run(&mut npm, "mend what esbuild names")
}
