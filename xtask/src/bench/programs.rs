//! The programs of the benchmarks of what is kept: `host`, and `fill`, an example of the crate `outrider-storage` that
//! writes a made-up run.

use std::path::PathBuf;

use anyhow::Result;

use crate::command;
use crate::steps::step;
use crate::workspace::Workspace;

/// Both, built.
pub(super) struct Programs {
    pub(super) host: PathBuf,
    pub(super) fill: PathBuf,
}

impl Programs {
    /// Builds them as they are released, or by the development profile.
    pub(super) fn build(workspace: &Workspace, dev: bool) -> Result<Programs> {
        step("programs", || {
            let mut cargo = workspace.cargo();
            cargo.args(["build", "--package=outrider", "--package=outrider-storage"]);
            cargo.args(["--bin=host", "--example=fill"]).args((!dev).then_some("--release"));
            command::run(&mut cargo, "mend what the compiler names")
        })?;
        let built = workspace.target().join(if dev { "debug" } else { "release" });
        Ok(Programs { host: built.join("host"), fill: built.join("examples/fill") })
    }
}
