//! Go's own commands, and what their failures mean to an author.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::stage::Stage;
use crate::ToolchainError;

/// The oldest Go that builds journeys: what the SDK's go.mod asks for, and what the bindings' generator is made for.
pub(crate) const OLDEST: (u32, u32) = (1, 25);

/// -checklinkname=0 lets the SDK name the runtime's `sbrk`, from which it takes memory that the collector does not know:
/// see `sdk-go/internal/wit/runtime`. -buildid= leaves out what differs from machine to machine.
pub(super) const LINKER_FLAGS: &str = "-ldflags=-checklinkname=0 -buildid=";

/// What is set for every call: nothing is downloaded but the modules that the author's go.mod names, and what a user's
/// own settings say about other builds does not count here.
const ENVIRONMENT: [(&str, &str); 8] = [
    ("GOOS", "wasip1"),
    ("GOARCH", "wasm"),
    ("GOWASM", ""),
    ("GOEXPERIMENT", ""),
    ("CGO_ENABLED", "0"),
    ("GOFLAGS", "-mod=mod"),
    ("GOWORK", "off"),
    ("GOTOOLCHAIN", "local"),
];

/// The Go that is installed.
#[derive(Debug)]
pub(super) struct Go {
    version: String,
}

impl Go {
    /// Finds it and judges its version.
    pub(super) fn find(stage: &Stage) -> Result<Go, ToolchainError> {
        let asked = go(&["env", "GOVERSION"], &stage.package).output();
        let output = asked.map_err(|source| ToolchainError::GoMissing { source })?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        match number(&version) {
            Some(number) if number < OLDEST => Err(ToolchainError::GoTooOld { found: version }),
            // A version of one's own making is taken at its word.
            _ => Ok(Go { version }),
        }
    }

    /// As Go says it: `go1.26.8`.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// Edits a go.mod.
    pub(super) fn edit(&self, edits: &[String], manifest: &Path) -> Result<(), ToolchainError> {
        let folder = manifest.parent().unwrap_or(manifest);
        judge(go(&["mod", "edit"], folder).args(edits).arg(manifest)).map(drop)
    }

    /// What a package and all that it needs consist of, as JSON objects one after the other.
    pub(super) fn list(&self, stage: &Stage) -> Result<Vec<u8>, ToolchainError> {
        let fields = "-json=ImportPath,Dir,Standard,GoFiles,SFiles,HFiles,SysoFiles,EmbedFiles,Module";
        let mut command = go(&["list", "-deps", fields], &stage.package);
        Ok(judge(with_stage(&mut command, stage).arg(&stage.target))?.stdout)
    }

    /// Builds the module.
    pub(super) fn build(&self, stage: &Stage, into: &Path) -> Result<(), ToolchainError> {
        let flags = ["build", "-trimpath", "-buildvcs=false", "-buildmode=c-shared", LINKER_FLAGS, "-o"];
        let mut command = go(&flags, &stage.package);
        judge(with_stage(command.arg(into), stage).arg(&stage.target)).map(drop)
    }
}

fn go(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new("go");
    command.args(arguments).current_dir(folder).envs(ENVIRONMENT).stdin(Stdio::null());
    command
}

fn with_stage<'a>(command: &'a mut Command, stage: &Stage) -> &'a mut Command {
    command.arg("-overlay").arg(stage.overlay()).arg("-modfile").arg(stage.manifest_path())
}

/// What a call printed, or what it said against the author's sources.
fn judge(command: &mut Command) -> Result<Output, ToolchainError> {
    let output = command.output().map_err(|source| ToolchainError::GoMissing { source })?;
    match output.status.success() {
        true => Ok(output),
        false => Err(ToolchainError::Go { said: said(&output) }),
    }
}

fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let text = text.trim();
    if text.is_empty() { format!("go ended with {}", output.status) } else { text.to_owned() }
}

/// The first two numbers of `go1.26.8`, `go1.27rc1`, `go1.25-fips`.
fn number(version: &str) -> Option<(u32, u32)> {
    let (major, rest) = version.strip_prefix("go")?.split_once('.')?;
    let digits = rest.split(|letter: char| !letter.is_ascii_digit()).next()?;
    Some((major.parse().ok()?, digits.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_in_all_their_forms() {
        assert_eq!(number("go1.26.8"), Some((1, 26)));
        assert_eq!(number("go1.27rc1"), Some((1, 27)));
        assert_eq!(number("go2.0"), Some((2, 0)));
        assert_eq!(number("devel go1.27-abc"), None);
    }

    #[test]
    fn the_oldest_go_is_the_one_that_the_sdk_asks_for() {
        let manifest = super::super::sdk::FILES.iter().find(|(name, _)| *name == "go.mod").unwrap().1;
        assert!(manifest.contains(&format!("\ngo {}.{}\n", OLDEST.0, OLDEST.1)), "{manifest}");
    }
}
