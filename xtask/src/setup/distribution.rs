//! The target from Debian's packages, for machines where rustup cannot download.
//!
//! Debian's rustc-web is a newer compiler at `/usr/bin/rustc`, rust-web-src its library's sources, wasi-libc the C
//! library below it. No package holds the standard library for wasm32-wasip2, so it is built once, with cargo's
//! `build-std`, into a sysroot of our own in the cache folder: no folder of the system or of rustup is changed.
//!
//! ```text
//! <cache>/wasip2/<compiler version>/lib/rustlib/
//!     wasm32-wasip2/lib/*.rlib                      the standard library as built
//!     wasm32-wasip2/lib/self-contained/             libc.a and the start files of wasi-libc
//!     <host>/bin -> the linkers rustup's toolchain carries
//! ```

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::guest_toolchain::TARGET;
use super::{GuestToolchain, apt};
use crate::command::{read, run};
use crate::steps::say;
use crate::workspace::Workspace;

const RUSTC: &str = "/usr/bin/rustc";
const WASI_LIBC: &str = "/usr/lib/wasm32-wasi";
const PACKAGES: [&str; 3] = ["rustc-web", "rust-web-src", "wasi-libc"];
const LIBC_FILES: [&str; 3] = ["libc.a", "crt1-command.o", "crt1-reactor.o"];
/// The empty crate whose build brings the standard library with it.
const CARRIER: &str = "std-for-guests";

/// The sysroot of an earlier set-up, if it still works.
pub(super) fn ready(workspace: &Workspace) -> Result<GuestToolchain> {
    let compiler = Compiler::ask(RUSTC)?;
    let toolchain = GuestToolchain::separate(Path::new(RUSTC), &compiler.sysroot_in(workspace));
    if !toolchain.works() {
        bail!("no standard library for {TARGET} was built yet");
    }
    Ok(toolchain)
}

/// Installs the packages, builds the standard library and puts the sysroot together.
pub(super) fn build(workspace: &Workspace) -> Result<GuestToolchain> {
    apt::install(&PACKAGES)?;
    let compiler = Compiler::ask(RUSTC)?;
    let linkers = linkers()?;
    let sysroot = compiler.sysroot_in(workspace);
    // Beside it, so that one rename puts it in place.
    let work = workspace.cache().join(format!("wasip2/building-{}", std::process::id()));
    let outcome =
        assemble(workspace, &compiler, &linkers, &work).and_then(|()| put_in_place(&work, &sysroot));
    if outcome.is_err() {
        drop(fs::remove_dir_all(&work));
    }
    outcome?;
    ready(workspace).context("the standard library was built, but nothing can be compiled against it")
}

fn assemble(workspace: &Workspace, compiler: &Compiler, linkers: &Path, work: &Path) -> Result<()> {
    say("building the standard library for guests, once: about a minute");
    let libraries = work.join("lib/rustlib").join(TARGET).join("lib");
    let self_contained = libraries.join("self-contained");
    let host_tools = work.join("lib/rustlib").join(&compiler.host);
    for folder in [&self_contained, &host_tools] {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    symlink(linkers, host_tools.join("bin"))?;
    for name in LIBC_FILES {
        let from = Path::new(WASI_LIBC).join(name);
        fs::copy(&from, self_contained.join(name))
            .with_context(|| format!("cannot copy {}", from.display()))?;
    }
    let build = work.join("build");
    build_std(workspace, &build)?;
    copy_libraries(&build.join("target").join(TARGET).join("release/deps"), &libraries)?;
    fs::remove_dir_all(&build)?;
    Ok(())
}

/// Builds an empty library, and with it std. Bitcode is embedded so that guests can be optimised as a whole.
fn build_std(workspace: &Workspace, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder.join("src"))?;
    let manifest =
        format!("[package]\nname = \"{CARRIER}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n");
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/lib.rs"), "")?;
    let mut cargo = workspace.cargo();
    cargo.current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target"));
    cargo.env("RUSTC", RUSTC).env_remove("LD_LIBRARY_PATH");
    // build-std is not stable yet; the compiler and its sources are of one package, which is what it needs.
    cargo.env("RUSTC_BOOTSTRAP", "1");
    let flags = format!("-Clink-self-contained=no -L{WASI_LIBC} -Cembed-bitcode=yes");
    cargo.env("RUSTFLAGS", flags).env_remove("CARGO_ENCODED_RUSTFLAGS");
    cargo.args(["build", "--release", "--quiet", "-Zbuild-std=std,panic_abort", "--target", TARGET]);
    run(&mut cargo, "see that crates.io, or a mirror set in cargo's configuration, can be reached")
}

fn copy_libraries(from: &Path, to: &Path) -> Result<()> {
    let carrier = format!("lib{}", CARRIER.replace('-', "_"));
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension() == Some(OsStr::new("rlib")) && !name.starts_with(&carrier) {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

/// Whole or not at all: the name appears only when everything below it is there.
fn put_in_place(work: &Path, sysroot: &Path) -> Result<()> {
    if sysroot.is_dir() {
        // It was there and did not work: the linkers it points to have moved, or it is a leftover.
        fs::remove_dir_all(sysroot)?;
    }
    fs::rename(work, sysroot).with_context(|| format!("cannot put {} in place", sysroot.display()))
}

/// The folder with rust-lld, wasm-component-ld and wasm-ld, which rustup's toolchain carries and Debian's does not.
fn linkers() -> Result<PathBuf> {
    let ordinary = Compiler::ask("rustc")?;
    let folder = ordinary.sysroot.join("lib/rustlib").join(&ordinary.host).join("bin");
    for linker in ["rust-lld", "wasm-component-ld", "gcc-ld/wasm-ld"] {
        if !folder.join(linker).is_file() {
            bail!(
                "{} lacks {linker}\n  what to do: install Rust with rustup, whose toolchain carries it",
                folder.display()
            );
        }
    }
    Ok(folder)
}

/// What a compiler says about itself.
#[derive(Debug)]
struct Compiler {
    host: String,
    version: String,
    sysroot: PathBuf,
}

impl Compiler {
    fn ask(rustc: &str) -> Result<Self> {
        let remedy = format!("as root: apt-get update && apt-get install {}", PACKAGES.join(" "));
        let about = read(Command::new(rustc).arg("-vV").env_remove("LD_LIBRARY_PATH"), &remedy)?;
        let sysroot = read(Command::new(rustc).args(["--print", "sysroot"]), &remedy)?;
        let (host, version) =
            host_and_version(&about).context("rustc -vV does not name its host and version")?;
        Ok(Self { host, version, sysroot: PathBuf::from(sysroot.trim()) })
    }

    /// One folder for each version: a standard library fits exactly the compiler that built it.
    fn sysroot_in(&self, workspace: &Workspace) -> PathBuf {
        workspace.cache().join("wasip2").join(&self.version)
    }
}

fn host_and_version(about: &str) -> Option<(String, String)> {
    let field = |name: &str| about.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let commit: String = field("commit-hash:").unwrap_or("unknown").chars().take(9).collect();
    Some((field("host:")?.to_owned(), format!("{}-{commit}", field("release:")?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiler_is_known_by_release_and_commit() {
        let about = "rustc 1.96.0 (ac68faa20 2026-05-25)\nbinary: rustc\ncommit-hash: ac68faa20c58cb\nhost: x86_64-unknown-linux-gnu\nrelease: 1.96.0\nLLVM version: 22.1.8\n";
        let expected = ("x86_64-unknown-linux-gnu".to_owned(), "1.96.0-ac68faa20".to_owned());
        assert_eq!(host_and_version(about), Some(expected));
        assert_eq!(host_and_version("gcc 12"), None);
    }
}
