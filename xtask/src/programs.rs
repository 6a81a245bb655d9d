//! The workspace's own programs as the development profile builds them: `host`, the demo shop, and what writes the
//! bindings of the SDKs of Go and Rust.

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
    cargo.args(["--package=outrider-go-bindings", "--package=outrider-rust-bindings"]);
    run(&mut cargo, "mend what the compiler names")
}
