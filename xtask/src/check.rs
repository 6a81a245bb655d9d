//! `cargo xtask lint` and `cargo xtask test`: everything that must hold before a change goes in.
//!
//! The steps run in the order of what they cost and stop at the first that fails. Lints are made errors by clippy's
//! own arguments, never by RUSTFLAGS: other flags would build every dependency a second time.

mod go;
mod javascript;
mod rust;
mod tally;
mod web;

use std::process::ExitCode;

use anyhow::Result;

use crate::setup::{self, GuestSource, GuestToolchain};
use crate::steps::{Stopwatch, plain, result, say, say_fault, step};
use crate::workspace::{Workspace, on_path};
use crate::{generate, guests, notebooks, programs, references};
pub(crate) use javascript::install as install_javascript;
use tally::Tally;

/// Format, lints, and dependencies where cargo-deny is installed.
pub(crate) fn lint(workspace: &Workspace) -> Result<()> {
    let toolchain = setup::ensure(workspace, GuestSource::Auto)?;
    judge_source(workspace, &toolchain)?;
    if on_path("cargo-deny") {
        return step("dependencies", || rust::deny(workspace));
    }
    say("dependencies are not judged: cargo-deny is not installed (cargo install --locked cargo-deny)");
    Ok(())
}

/// All of it, closed by one line `N passed, N failed`.
pub(crate) fn test(workspace: &Workspace) -> ExitCode {
    let watch = Stopwatch::start();
    let mut tally = Tally::default();
    let outcome = all(workspace, &mut tally);
    if let Err(fault) = &outcome {
        say_fault(fault);
        tally.count_the_failure();
    }
    let verdict = if outcome.is_ok() { "everything holds" } else { "stopped at the failure above" };
    say(&format!("test: {verdict}, after {}", plain(watch.elapsed())));
    result(&tally.to_string());
    if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn all(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let toolchain = setup::ensure(workspace, GuestSource::Auto)?;
    judge_source(workspace, &toolchain)?;
    step("guests", || guests::build(workspace, &toolchain))?;
    step("tests", || rust::test(workspace, tally))?;
    step("guests' tests", || rust::test_guests(workspace, tally))?;
    step("JavaScript SDK", || javascript::test(workspace, tally))?;
    step("the report's page", || web::test(workspace, tally))?;
    step("Go SDK", || go::test(workspace, tally))?;
    step("notebooks", || {
        programs::build(workspace)?;
        notebooks::test(workspace, false, |line| tally.read(line))
    })?;
    step("documentation", || rust::document(workspace))?;
    step("the SDKs' references", || references::write(workspace).map(drop))?;
    step("generated files", || generate::check(workspace))
}

fn judge_source(workspace: &Workspace, toolchain: &GuestToolchain) -> Result<()> {
    step("format", || rust::format(workspace))?;
    step("lints", || rust::clippy(workspace))?;
    step("guests' lints", || rust::clippy_guests(workspace, toolchain))
}
