//! The report's page: its types, its own tests, and what a browser makes of it.

use std::process::Command;

use anyhow::Result;

use super::tally::Tally;
use crate::command::{run, run_reading};
use crate::setup;
use crate::steps::say;
use crate::workspace::{Workspace, on_path};

/// Debian's smallest browser that draws.
const BROWSER_PACKAGE: &str = "chromium-headless-shell";

/// The programs that `web/test/browser` looks for, in its order.
const BROWSERS: [&str; 3] = ["chromium-headless-shell", "chromium", "google-chrome"];

pub(super) fn test(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    crate::web::build(workspace)?;
    let npm = |arguments: &[&str]| {
        let mut npm = Command::new("npm");
        npm.current_dir(workspace.web()).args(arguments);
        npm
    };
    run(&mut npm(&["run", "--silent", "typecheck"]), "mend the types that tsc names")?;
    let remedy = "mend the tests that are listed as failures above";
    run_reading(&mut npm(&["test", "--silent"]), remedy, |line| tally.read(line))?;
    if !has_browser() {
        say(&format!(
            "the page is not looked at in a browser: {BROWSER_PACKAGE} is not here and cannot be installed"
        ));
        return Ok(());
    }
    run_reading(&mut npm(&["run", "--silent", "test:browser"]), remedy, |line| tally.read(line))
}

/// Whether there is one, or can be.
fn has_browser() -> bool {
    BROWSERS.into_iter().any(on_path) || setup::install(&[BROWSER_PACKAGE]).is_ok()
}
