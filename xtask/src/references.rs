//! `cargo xtask docs`: the SDKs' references as their own tools write them, in one folder with one page that leads to them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::check::install_javascript;
use crate::command::{read, run};
use crate::setup::{GuestSource, ensure};
use crate::workspace::Workspace;

/// The packages of the Go SDK that authors import.
const GO_PACKAGES: [&str; 13] = [
    ".",
    "./alerts",
    "./assertions",
    "./check",
    "./clock",
    "./data",
    "./http",
    "./log",
    "./metric",
    "./random",
    "./transforms",
    "./vars",
    "./verdict",
];

const INDEX: &str = "<!doctype html>
<meta charset=\"utf-8\">
<title>The SDKs of Outrider</title>
<h1>The SDKs of Outrider</h1>
<ul>
<li><a href=\"rust/outrider_sdk/index.html\">Rust: outrider-sdk</a></li>
<li><a href=\"javascript/index.html\">TypeScript and JavaScript: @outrider/sdk</a></li>
<li><a href=\"go/outrider.txt\">Go: outrider.dev/outrider</a>, and beside it a file for each package</li>
</ul>
";

/// Writes all of them anew; the page that leads to them.
pub(crate) fn write(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target().join("api");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    rust(workspace, &folder.join("rust"))?;
    javascript(workspace, &folder.join("javascript"))?;
    go(workspace, &folder.join("go"))?;
    let index = folder.join("index.html");
    fs::write(&index, INDEX).with_context(|| format!("cannot write {}", index.display()))?;
    Ok(index)
}

fn rust(workspace: &Workspace, folder: &Path) -> Result<()> {
    let toolchain = ensure(workspace, GuestSource::Auto)?;
    let mut cargo = workspace.guest_cargo();
    toolchain.apply(&mut cargo);
    cargo.args(["doc", "--package", "outrider-sdk", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
    run(&mut cargo, "mend the documentation comment that rustdoc names")?;
    copy(&workspace.guest_target().join("doc"), folder)
}

fn javascript(workspace: &Workspace, folder: &Path) -> Result<()> {
    let sdk = workspace.root().join("sdk-js");
    install_javascript(&sdk)?;
    let mut npm = Command::new("npm");
    npm.current_dir(sdk).args(["run", "--silent", "docs", "--"]).arg(folder);
    run(&mut npm, "mend the documentation comment that TypeDoc names")
}

/// Go's own tool writes text.
fn go(workspace: &Workspace, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for package in GO_PACKAGES {
        let mut go = Command::new("go");
        go.current_dir(workspace.root().join("sdk-go")).args(["doc", "-all", package]);
        go.env("GOWORK", "off").env("GOTOOLCHAIN", "local");
        let text = read(&mut go, "see whether Go 1.25 or newer is installed")?;
        let name = package.trim_start_matches("./");
        let name = if name == "." { "outrider" } else { name };
        let path = folder.join(format!("{name}.txt"));
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot create {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        match path.is_dir() {
            true => copy(&path, &to)?,
            false => {
                fs::copy(&path, &to).map(drop).with_context(|| format!("cannot copy {}", path.display()))?
            }
        }
    }
    Ok(())
}
