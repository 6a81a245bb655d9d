//! `cargo xtask freeze`: plugins of every language, kept as this version builds them.
//!
//! They are the fixtures of the promise that plugins keep running: `host/tests/it/frozen.rs` runs all of them, of all
//! versions. What is there is never built again: a fixture that changes proves nothing.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::command::run;
use crate::setup::GuestToolchain;
use crate::steps::say;
use crate::workspace::Workspace;
use crate::{programs, setup};

/// What is frozen: each world in each language.
const LANGUAGES: [&str; 3] = ["rust", "ts", "go"];
const WORLDS: [&str; 4] = ["journey", "assertion-pack", "transform", "alert-channel"];

/// Builds what is not there yet.
pub(crate) fn run_freeze(workspace: &Workspace, source: setup::GuestSource) -> Result<()> {
    let toolchain = setup::ensure(workspace, source)?;
    programs::build(workspace)?;
    let folder = workspace.frozen().join(env!("CARGO_PKG_VERSION"));
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for language in LANGUAGES {
        for world in WORLDS {
            let fixture = folder.join(format!("{language}-{world}.wasm.gz"));
            if !fixture.exists() {
                freeze(workspace, &toolchain, language, world, &fixture)?;
                say(&format!("{} is frozen", fixture.display()));
            }
        }
    }
    Ok(())
}

fn freeze(
    workspace: &Workspace,
    toolchain: &GuestToolchain,
    language: &str,
    world: &str,
    fixture: &Path,
) -> Result<()> {
    let place = workspace.target().join("tmp").join(format!("freeze-{language}-{world}"));
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    fs::create_dir_all(&place)?;
    let remapped = [(place.join("frozen"), "/frozen"), (workspace.cargo_home(), "/cargo")]
        .map(|(path, to)| format!("--remap-path-prefix={}={to}", path.display()));
    let host = |args: &[&str]| {
        let mut command = Command::new(workspace.program("host"));
        command.current_dir(&place).args(args);
        // Small, and the same wherever it is built.
        command.env("CARGO_PROFILE_RELEASE_DEBUG", "false").env("CARGO_PROFILE_RELEASE_STRIP", "true");
        toolchain.apply_with(&mut command, &remapped);
        run(&mut command, "mend the template that the program names")
    };
    host(&["new", "frozen", "--lang", language, "--world", world])?;
    host(&["build", "frozen"])?;
    // Without a name and a time in it, so that the same bytes make the same file.
    let output = Command::new("gzip")
        .args(["-9", "--no-name", "--stdout", "frozen.wasm"])
        .current_dir(&place)
        .stdin(Stdio::null())
        .output()
        .context("cannot start gzip")?;
    anyhow::ensure!(output.status.success(), "gzip failed: {}", String::from_utf8_lossy(&output.stderr));
    fs::write(fixture, output.stdout).with_context(|| format!("cannot write {}", fixture.display()))?;
    fs::remove_dir_all(&place)?;
    Ok(())
}
