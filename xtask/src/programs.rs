//! The workspace's own programs as the development profile builds them: `host`, the demo shop, and what writes the Go
//! SDK's bindings.

use anyhow::Result;

use crate::command::run;
use crate::workspace::Workspace;

/// Builds the programs that demo, tests and generated files need.
///
/// The test utilities come along for their features alone: what the tests add to tokio they add too, and without them
/// the tests would build tokio and everything above it a second time.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--package=outrider", "--package=outrider-shop", "--package=outrider-test-util"]);
    cargo.arg("--package=outrider-go-bindings");
    run(&mut cargo, "mend what the compiler names")
}
