//! The Rust side of the checks: the host's workspace and the guests' workspace.

use std::process::Command;

use anyhow::Result;

use super::tally::Tally;
use crate::command::{run, run_reading};
use crate::setup::GuestToolchain;
use crate::workspace::Workspace;

/// What cargo says about a missing component is enough; this says how it comes.
const COMPONENTS: &str =
    "mend what is named above; where cargo lacks the command: rustup component add clippy rustfmt";

pub(super) fn format(workspace: &Workspace) -> Result<()> {
    let remedy = "cargo fmt --all, here and in plugins/";
    run(workspace.cargo().args(["fmt", "--all", "--check"]), remedy)?;
    run(workspace.guest_cargo().args(["fmt", "--all", "--check"]), remedy)
}

pub(super) fn clippy(workspace: &Workspace) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    run(&mut cargo, COMPONENTS)
}

/// Judges guests for their own target. Debian's compiler comes without a clippy that fits it, so where guests are built
/// by that one, the ordinary clippy judges them for this machine: the same source, imports as stubs.
pub(super) fn clippy_guests(workspace: &Workspace, toolchain: &GuestToolchain) -> Result<()> {
    let mut cargo = workspace.guest_cargo();
    cargo.args(["clippy", "--workspace", "--release"]);
    if toolchain.is_ordinary() {
        cargo.args(["--target", "wasm32-wasip2"]);
    }
    run(cargo.args(["--", "-D", "warnings"]), COMPONENTS)
}

/// Unit, integration and documentation tests of the host's workspace.
pub(super) fn test(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--workspace", "--no-fail-fast"]);
    cargo.env("OUTRIDER_TEST_PLUGINS", workspace.components());
    read_tests(&mut cargo, tally)
}

/// Tests of the Rust SDK and of guests, on this machine: what they compute, not what they import.
pub(super) fn test_guests(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let mut cargo = workspace.guest_cargo();
    cargo.args(["test", "--workspace", "--no-fail-fast"]);
    read_tests(&mut cargo, tally)
}

fn read_tests(cargo: &mut Command, tally: &mut Tally) -> Result<()> {
    run_reading(cargo, "mend the tests that are listed as failures above", |line| tally.read(line))
}

/// Documentation without a broken link.
pub(super) fn document(workspace: &Workspace) -> Result<()> {
    let remedy = "mend the documentation comment that rustdoc names";
    for mut cargo in [workspace.cargo(), workspace.guest_cargo()] {
        run(cargo.env("RUSTDOCFLAGS", "-D warnings").args(["doc", "--workspace", "--no-deps"]), remedy)?;
    }
    Ok(())
}

/// Licences, sources and bans of the dependencies, by deny.toml. Advisories are left to `cargo deny check advisories`: they
/// need the network, and change without a change here.
pub(super) fn deny(workspace: &Workspace) -> Result<()> {
    let configuration = workspace.root().join("deny.toml");
    for mut cargo in [workspace.cargo(), workspace.guest_cargo()] {
        cargo.args(["deny", "--config"]).arg(&configuration).arg("check");
        // What one workspace needs the other may not.
        cargo.args(["--allow=license-not-encountered", "--allow=license-exception-not-encountered"]);
        run(cargo.args(["bans", "licenses", "sources"]), "see deny.toml: each entry has its reason")?;
    }
    Ok(())
}
