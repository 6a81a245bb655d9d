//! Where things are: the repository, the target folder, the cache; and `cargo` as the children are to see it.
//!
//! The only place of this crate that reads the environment.

#![expect(clippy::disallowed_methods, reason = "this file is where the environment is read")]

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// The folders of this checkout, all absolute.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
    cache: PathBuf,
}

impl Workspace {
    /// Finds the folders from what `cargo run` says, so that a binary built by another checkout that shares the
    /// target folder still works on the checkout it was called for.
    pub(crate) fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest.parent().context("xtask lies outside a workspace")?.to_path_buf();
        let program = env::current_exe().context("cannot tell where this program lies")?;
        // TARGET/debug/xtask
        let target = program.ancestors().nth(2).context("xtask lies outside a target folder")?.to_path_buf();
        Ok(Self { root, target, cache: cache_folder()? })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The guests' own workspace: plugins, the Rust SDK, the Rust example.
    fn guests(&self) -> PathBuf {
        self.root.join("plugins")
    }

    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// What the target folder holds for guests, so that they never share artifacts with the host.
    pub(crate) fn guest_target(&self) -> PathBuf {
        self.target.join("guests")
    }

    /// Built components. Always inside the checkout: tests and documentation name this folder.
    pub(crate) fn components(&self) -> PathBuf {
        self.root.join("target/plugins")
    }

    /// Small programs that a benchmark needs and that the system does not have.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// The contract between host and plugins.
    pub(crate) fn contract(&self) -> PathBuf {
        self.root.join("wit")
    }

    /// The contract as the Go SDK has it, which `cargo xtask gen` writes.
    pub(crate) fn go_bindings(&self) -> PathBuf {
        self.root.join("sdk-go/internal/bindings")
    }

    /// The contract as the Rust SDK has it.
    pub(crate) fn rust_bindings(&self) -> PathBuf {
        self.root.join("sdk-rust/src/bindings")
    }

    /// The report's page.
    pub(crate) fn web(&self) -> PathBuf {
        self.root.join("web")
    }

    /// What `cargo xtask gen` writes of the program.
    pub(crate) fn reference(&self) -> PathBuf {
        self.root.join("docs/reference")
    }

    /// Plugins as earlier versions built them, a folder for each version.
    pub(crate) fn frozen(&self) -> PathBuf {
        self.root.join("host/tests/frozen")
    }

    /// Where cargo keeps what it downloads.
    pub(crate) fn cargo_home(&self) -> PathBuf {
        let home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo"));
        env::var_os("CARGO_HOME").map(PathBuf::from).or_else(home).unwrap_or_default()
    }

    /// What is kept between checkouts.
    pub(crate) fn cache(&self) -> &Path {
        &self.cache
    }

    /// A program of this workspace, as the development profile builds it.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(name)
    }

    /// `cargo` in the repository's root, building into the same target folder as this program was built into.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        // `cargo run` describes xtask in these. Build scripts that watch them (ring's) would run again, and all that
        // depends on them would be built again, every time `cargo` and `cargo xtask` take turns.
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                cargo.env_remove(name);
            }
        }
        cargo
    }

    /// `cargo` in the guests' workspace, building into a target folder of its own.
    pub(crate) fn guest_cargo(&self) -> Command {
        let mut cargo = self.cargo();
        cargo.current_dir(self.guests()).env("CARGO_TARGET_DIR", self.guest_target());
        cargo
    }
}

/// `RUSTFLAGS` as the user set them, to be kept beside our own.
pub(crate) fn user_rustflags() -> Vec<String> {
    if let Some(encoded) = env::var_os("CARGO_ENCODED_RUSTFLAGS") {
        return split(&encoded.to_string_lossy(), '\u{1f}');
    }
    let plain = env::var_os("RUSTFLAGS").unwrap_or_default();
    split(&plain.to_string_lossy(), ' ')
}

fn split(flags: &str, separator: char) -> Vec<String> {
    flags.split(separator).filter(|flag| !flag.is_empty()).map(str::to_owned).collect()
}

/// Whether a program of this name can be called.
pub(crate) fn on_path(program: &str) -> bool {
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

fn cache_folder() -> Result<PathBuf> {
    let base = match env::var_os("XDG_CACHE_HOME").filter(|folder| Path::new(folder).is_absolute()) {
        Some(folder) => PathBuf::from(folder),
        None => {
            let home = env::var_os("HOME").context("neither XDG_CACHE_HOME nor HOME is set")?;
            PathBuf::from(home).join(".cache")
        }
    };
    Ok(base.join("outrider"))
}
