//! What building needs and a machine may lack. Quick when all is there.
//!
//! It changes the system only by `rustup target add` and, as root, by `apt-get install`; everything else it makes
//! lies in the cache folder.

mod apt;
mod compiler;
mod distribution;
mod guest_toolchain;
mod rustup;

use anyhow::{Context, Result};
use clap::ValueEnum;

pub(crate) use apt::install;
pub(crate) use guest_toolchain::GuestToolchain;

use crate::steps::{say, step};
use crate::web;
use crate::workspace::Workspace;

/// How Go comes. Nothing here installs it: what distributions have is often older than journeys need.
pub(crate) const GO: &str = "install Go 1.25 or newer from https://go.dev/dl/ and put its bin folder on PATH";

/// Where Rust's wasm32-wasip2 target comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum GuestSource {
    /// What is there already, else rustup, else the distribution
    #[default]
    Auto,
    /// `rustup target add`
    Rustup,
    /// Debian's rustc-web, rust-web-src and wasi-libc, with the standard library built once into the cache folder
    Distribution,
}

/// Makes sure of a C compiler, of the report's page and of the guests' toolchain, and returns the latter.
pub(crate) fn ensure(workspace: &Workspace, source: GuestSource) -> Result<GuestToolchain> {
    step("C compiler", compiler::ensure)?;
    step("the report's page", || web::build(workspace))?;
    let toolchain = step("wasm32-wasip2 target", || guest_toolchain(workspace, source))?;
    toolchain.save(workspace)?;
    Ok(toolchain)
}

fn guest_toolchain(workspace: &Workspace, source: GuestSource) -> Result<GuestToolchain> {
    match source {
        GuestSource::Auto => first_that_works(workspace),
        GuestSource::Rustup => rustup::add_target(),
        GuestSource::Distribution => {
            distribution::ready(workspace).or_else(|_| distribution::build(workspace))
        }
    }
}

/// The cheap ways come first, so that a machine that is set up is asked nothing over the network.
fn first_that_works(workspace: &Workspace) -> Result<GuestToolchain> {
    let ordinary = GuestToolchain::ordinary();
    if ordinary.works() {
        return Ok(ordinary);
    }
    if let Ok(toolchain) = distribution::ready(workspace) {
        return Ok(toolchain);
    }
    let by_rustup = match rustup::add_target() {
        Ok(toolchain) => return Ok(toolchain),
        Err(fault) => fault,
    };
    say(&format!("rustup did not bring the target: {by_rustup}"));
    say("trying the distribution's packages");
    distribution::build(workspace).context(
        "no wasm32-wasip2 target: rustup could not add it and neither could the distribution's packages; \
         docs/guides/set-up.md says what to install by hand",
    )
}
