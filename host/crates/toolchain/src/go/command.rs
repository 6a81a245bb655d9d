//! Go's own commands, and what their failures mean to an author.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde::Deserialize;

use super::hints::{Circumstances, hint};
use super::stage::Stage;
use crate::ToolchainError;

/// The oldest Go that builds journeys: what the SDK's go.mod asks for, and what the bindings' generator is made for.
pub(crate) const OLDEST: (u32, u32) = (1, 25);

/// -checklinkname=0 lets the SDK name the runtime's `sbrk`, from which it takes memory that the collector does not know:
/// see `sdk-go/internal/wit/runtime`. -buildid= leaves out what differs from machine to machine.
pub(super) const LINKER_FLAGS: &str = "-ldflags=-checklinkname=0 -buildid=";

/// What is set for every call: nothing is downloaded but the modules that the author's go.mod names, nothing is entered
/// into it, and what a user's own settings say about other builds does not count here.
const ENVIRONMENT: [(&str, &str); 8] = [
    ("GOOS", "wasip1"),
    ("GOARCH", "wasm"),
    ("GOWASM", ""),
    ("GOEXPERIMENT", ""),
    ("CGO_ENABLED", "0"),
    ("GOFLAGS", "-mod=readonly"),
    ("GOWORK", "off"),
    ("GOTOOLCHAIN", "local"),
];

/// The Go that is installed, and what its user has set.
#[derive(Debug)]
pub(super) struct Go {
    version: String,
    /// The go.work that Go would read by itself.
    pub(super) workspace: Option<PathBuf>,
    /// `-tags=…` of GOFLAGS: which of the author's files belong to a build is the author's to say.
    tags: Option<String>,
}

/// What of a go.mod matters here.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Manifest {
    /// Its module.
    pub(super) module: Option<Module>,
    /// The version of Go that it asks for.
    pub(super) go: Option<String>,
    /// What it requires; Go says null where that is nothing.
    pub(super) require: Option<Vec<Requirement>>,
}

/// What a go.mod says of its own module.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Module {
    /// How others import it, and what its files are called behind.
    pub(super) path: String,
}

/// A module that a go.mod requires.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Requirement {
    pub(super) path: String,
    pub(super) version: String,
}

impl Go {
    /// Finds it, judges its version, and reads what its user has set.
    pub(super) fn find(stage: &Stage) -> Result<Go, ToolchainError> {
        let mut command = Command::new("go");
        command.args(["env", "GOVERSION", "GOWORK", "GOFLAGS"]).env("GOTOOLCHAIN", "local");
        let output = judged(command.current_dir(&stage.package).stdin(Stdio::null()), None, stage)?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut lines = text.lines().map(str::trim);
        let version = lines.next().unwrap_or_default().to_owned();
        let workspace = lines.next().filter(|path| !matches!(*path, "" | "off")).map(PathBuf::from);
        let tags = lines.next().and_then(tags);
        match number(&version) {
            Some(number) if number < OLDEST => Err(ToolchainError::GoTooOld { found: version }),
            // A version of one's own making is taken at its word.
            _ => Ok(Go { version, workspace, tags }),
        }
    }

    /// As Go says it: `go1.26.8`.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// What decides, besides the sources, what a build is.
    pub(super) fn tags(&self) -> &str {
        self.tags.as_deref().unwrap_or_default()
    }

    /// Reads a go.mod.
    pub(super) fn manifest(&self, stage: &Stage) -> Result<Manifest, ToolchainError> {
        let path = stage.manifest_path();
        let output = self.judge(edit(&path).arg("-json").arg(&path), stage)?;
        serde_json::from_slice(&output.stdout).map_err(|source| ToolchainError::Link(source.into()))
    }

    /// Edits a go.mod.
    pub(super) fn edit(&self, edits: &[String], stage: &Stage) -> Result<(), ToolchainError> {
        let path = stage.manifest_path();
        self.judge(edit(&path).args(edits).arg(&path), stage).map(drop)
    }

    /// What a package and all that it needs consist of, as JSON objects one after the other.
    pub(super) fn list(&self, stage: &Stage) -> Result<Vec<u8>, ToolchainError> {
        let fields = "-json=ImportPath,Dir,Standard,GoFiles,SFiles,HFiles,SysoFiles,EmbedFiles,Module";
        let mut command = go(&["list", "-deps", fields], &stage.package);
        Ok(self.judge(self.with_stage(&mut command, stage).arg(&stage.target), stage)?.stdout)
    }

    /// Builds the module.
    pub(super) fn build(&self, stage: &Stage, into: &Path) -> Result<(), ToolchainError> {
        let flags = ["build", "-trimpath", "-buildvcs=false", "-buildmode=c-shared", LINKER_FLAGS, "-o"];
        let mut command = go(&flags, &stage.package);
        self.judge(self.with_stage(command.arg(into), stage).arg(&stage.target), stage).map(drop)
    }

    fn with_stage<'a>(&self, command: &'a mut Command, stage: &Stage) -> &'a mut Command {
        command.args(&self.tags);
        command.arg("-overlay").arg(stage.overlay()).arg("-modfile").arg(stage.manifest_path())
    }

    fn judge(&self, command: &mut Command, stage: &Stage) -> Result<Output, ToolchainError> {
        judged(command, self.workspace.as_deref(), stage)
    }
}

/// What a call printed, or what it said against the author's sources.
fn judged(command: &mut Command, workspace: Option<&Path>, stage: &Stage) -> Result<Output, ToolchainError> {
    let output = command.output().map_err(|source| ToolchainError::GoMissing { source })?;
    if output.status.success() {
        return Ok(output);
    }
    let said = said(&output);
    let about = Circumstances {
        workspace,
        vendored: stage.vendored.as_deref(),
        is_loose: stage.copied_from.is_some(),
        other_sdk: stage.other_sdk.as_deref(),
    };
    Err(ToolchainError::Go { hint: hint(&said, about), said })
}

fn go(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new("go");
    command.args(arguments).current_dir(folder).envs(ENVIRONMENT).stdin(Stdio::null());
    command
}

fn edit(manifest: &Path) -> Command {
    go(&["mod", "edit"], manifest.parent().unwrap_or(manifest))
}

/// `-tags=a,b` among the flags of GOFLAGS, of which each may stand in quotes.
fn tags(flags: &str) -> Option<String> {
    let unquoted = flags.split_whitespace().map(|flag| flag.trim_matches(['\'', '"']));
    let tags =
        unquoted.filter_map(|flag| flag.strip_prefix('-')).map(|flag| flag.strip_prefix('-').unwrap_or(flag));
    tags.filter_map(|flag| flag.strip_prefix("tags=")).next_back().map(|tags| format!("-tags={tags}"))
}

fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let text = text.trim();
    if text.is_empty() { format!("go ended with {}", output.status) } else { text.to_owned() }
}

/// The first two numbers of `go1.26.8`, `go1.27rc1`, `go1.25-fips`.
fn number(version: &str) -> Option<(u32, u32)> {
    pair(version.strip_prefix("go")?)
}

/// The first two numbers of `1.26.8`, as go.mod has them.
pub(super) fn pair(version: &str) -> Option<(u32, u32)> {
    let (major, rest) = version.split_once('.')?;
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
    fn the_authors_tags_are_taken_and_nothing_else() {
        assert_eq!(tags("-buildvcs=false -tags=a,b '--tags=c'").as_deref(), Some("-tags=c"));
        assert_eq!(tags("-mod=mod -tagsx=a"), None);
        assert_eq!(tags(""), None);
    }

    #[test]
    fn the_oldest_go_is_the_one_that_the_sdk_asks_for() {
        let manifest = super::super::sdk::FILES.iter().find(|(name, _)| *name == "go.mod").unwrap().1;
        assert!(manifest.contains(&format!("\ngo {}.{}\n", OLDEST.0, OLDEST.1)), "{manifest}");
    }
}
