//! How guests are built on this machine: which compiler, with which flags.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::json;

use crate::command::succeeds;
use crate::workspace::{Workspace, user_rustflags};

/// Rust's name of the target that guests are built for.
pub(crate) const TARGET: &str = "wasm32-wasip2";

/// A compiler that can build guests, or could if [`GuestToolchain::works`] agrees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GuestToolchain {
    /// A compiler other than the ordinary `rustc`.
    rustc: Option<PathBuf>,
    /// A folder with the target's standard library, other than the compiler's own.
    sysroot: Option<PathBuf>,
}

impl GuestToolchain {
    /// The same compiler that builds the host.
    pub(crate) fn ordinary() -> Self {
        Self { rustc: None, sysroot: None }
    }

    /// A compiler that finds the target's standard library in `sysroot`.
    pub(crate) fn separate(rustc: &Path, sysroot: &Path) -> Self {
        Self { rustc: Some(rustc.to_path_buf()), sysroot: Some(sysroot.to_path_buf()) }
    }

    /// Whether guests are built by the compiler that builds the host, so that its clippy can judge them for their target.
    pub(crate) fn is_ordinary(&self) -> bool {
        self.rustc.is_none()
    }

    /// Whether a component comes out: compiling and linking an empty one takes a fifth of a second and proves it all.
    pub(crate) fn works(&self) -> bool {
        self.try_it().unwrap_or(false)
    }

    fn try_it(&self) -> Result<bool> {
        let folder = std::env::temp_dir().join(format!("outrider-setup-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let source = folder.join("empty.rs");
        fs::write(
            &source,
            "#[unsafe(no_mangle)] pub extern \"C\" fn f() { println!(\"{:?}\", std::env::args()); }",
        )?;
        let mut rustc = Command::new(self.rustc.as_deref().unwrap_or(Path::new("rustc")));
        rustc.args(["--edition=2024", "--crate-type=cdylib", "--target", TARGET]).args(self.flags());
        rustc.arg("-o").arg(folder.join("empty.wasm")).arg(&source).env_remove("LD_LIBRARY_PATH");
        let works = succeeds(&mut rustc);
        fs::remove_dir_all(&folder)?;
        Ok(works)
    }

    /// Makes a `cargo` command build with this toolchain, keeping the user's own flags.
    pub(crate) fn apply(&self, cargo: &mut Command) {
        self.apply_with(cargo, &[]);
    }

    /// The same with further flags for the compiler.
    pub(crate) fn apply_with(&self, cargo: &mut Command, further: &[String]) {
        if let Some(rustc) = &self.rustc {
            cargo.env("RUSTC", rustc).env_remove("LD_LIBRARY_PATH");
        }
        if self.sysroot.is_some() || !further.is_empty() {
            let mut flags = user_rustflags();
            flags.extend(self.flags().iter().map(|flag| flag.to_string_lossy().into_owned()));
            flags.extend_from_slice(further);
            cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
        }
    }

    fn flags(&self) -> Vec<OsString> {
        let flag = |folder: &PathBuf| {
            let mut flag = OsString::from("--sysroot=");
            flag.push(folder);
            flag
        };
        self.sysroot.iter().map(flag).collect()
    }

    /// What a person types to build a guest with it.
    pub(crate) fn by_hand(&self) -> String {
        let rustc = self.rustc.iter().map(|rustc| format!("RUSTC={}", rustc.display()));
        let sysroot = self.sysroot.iter().map(|folder| format!("RUSTFLAGS=--sysroot={}", folder.display()));
        let build = format!("cargo build --release --target {TARGET}");
        rustc.chain(sysroot).chain([build]).collect::<Vec<_>>().join(" ")
    }

    /// Leaves a note for other programs: `wasip2-toolchain.json` in the target folder, with the variables to set.
    pub(crate) fn save(&self, workspace: &Workspace) -> Result<()> {
        let note = json!({
            "target": TARGET,
            "RUSTC": self.rustc,
            "RUSTFLAGS": self.flags().iter().map(|flag| flag.to_string_lossy()).collect::<Vec<_>>(),
            "command": self.by_hand(),
        });
        let path = workspace.target().join("wasip2-toolchain.json");
        fs::write(&path, format!("{note:#}\n")).with_context(|| format!("cannot write {}", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ordinary_toolchain_needs_no_variables() {
        assert_eq!(GuestToolchain::ordinary().by_hand(), "cargo build --release --target wasm32-wasip2");
    }

    #[test]
    fn a_separate_toolchain_is_said_as_variables() {
        let toolchain = GuestToolchain::separate(Path::new("/usr/bin/rustc"), Path::new("/cache/sysroot"));
        assert_eq!(
            toolchain.by_hand(),
            "RUSTC=/usr/bin/rustc RUSTFLAGS=--sysroot=/cache/sysroot cargo build --release --target wasm32-wasip2"
        );
    }
}
