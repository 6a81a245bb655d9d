//! The folder in which a Go module is built:
//!
//! ```text
//! go.mod, go.sum       copies of the author's, where the SDK is entered; the author's stay as they are
//! sdk/…                the SDK's files
//! overlay.json         where Go is to find them: in the author's module, below SDK_FOLDER
//! app/                 only for a file without a module: the file, in a module of its own
//! module.wasm          what Go makes
//! ```
//!
//! The SDK lies below the author's module in Go's eyes alone (`go help build`, -overlay), so that a binary says
//! `./.outrider-sdk` of it wherever it was built.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tempfile::TempDir;

use super::command::{Go, OLDEST, pair};
use super::project::Project;
use super::sdk;
use crate::ToolchainError;

/// Where the SDK seems to lie in the author's module.
pub(super) const SDK_FOLDER: &str = ".outrider-sdk";

/// The module of a file that is in none.
const OWN_MODULE: &str = "module journey\n\ngo 1.25\n";

/// The JSON that Go's -overlay takes.
#[derive(Serialize)]
struct Overlay {
    #[serde(rename = "Replace")]
    replace: BTreeMap<PathBuf, PathBuf>,
}

/// A folder with everything in it. Removed when dropped.
#[derive(Debug)]
pub(super) struct Stage {
    folder: TempDir,
    /// Where Go is called.
    pub(super) package: PathBuf,
    /// What Go is asked to build: the package there, or a file of it.
    pub(super) target: String,
    /// Where the author's files are, if they were copied from there.
    pub(super) copied_from: Option<PathBuf>,
    /// The author's folder of vendored modules, which does not count.
    pub(super) vendored: Option<PathBuf>,
    /// The version of the SDK that the author's go.mod asks for, if it is another than the one inside.
    pub(super) other_sdk: Option<String>,
    /// What Go puts before the paths of the module's files.
    pub(super) module_path: Option<String>,
}

impl Stage {
    pub(super) fn create(project: &Project) -> Result<Stage, ToolchainError> {
        Stage::written(project).map_err(ToolchainError::Stage)
    }

    fn written(project: &Project) -> io::Result<Stage> {
        let folder = tempfile::Builder::new().prefix("outrider-build-").tempdir()?;
        let target = project.file.clone().unwrap_or_else(|| ".".to_owned());
        let own = folder.path().join("app");
        let (module, package, copied_from) = match &project.module {
            Some(module) => (module.clone(), project.folder.clone(), None),
            None => {
                fs::create_dir(&own)?;
                fs::copy(project.folder.join(&target), own.join(&target))?;
                fs::write(own.join("go.mod"), OWN_MODULE)?;
                (own.clone(), own, Some(project.folder.clone()))
            }
        };
        let vendored = Some(module.join("vendor")).filter(|vendor| vendor.join("modules.txt").is_file());
        let stage =
            Stage { folder, package, target, copied_from, vendored, other_sdk: None, module_path: None };
        fs::copy(module.join("go.mod"), stage.manifest_path())?;
        copy_if_there(&module.join("go.sum"), &stage.path("go.sum"))?;
        stage.write_sdk(&module.join(SDK_FOLDER))?;
        Ok(stage)
    }

    fn write_sdk(&self, seems_at: &Path) -> io::Result<()> {
        let mut replace = BTreeMap::new();
        for (name, content) in sdk::FILES {
            let path = self.path("sdk").join(name);
            fs::create_dir_all(path.parent().unwrap_or(&path))?;
            fs::write(&path, content)?;
            replace.insert(seems_at.join(name), path);
        }
        fs::write(self.overlay(), serde_json::to_vec(&Overlay { replace })?)
    }

    /// Enters the SDK into the copy of go.mod, in place of whatever the author's says of it, and notes what it says.
    pub(super) fn require_sdk(&mut self, go: &Go) -> Result<(), ToolchainError> {
        let manifest = go.manifest(self)?;
        let (module, version) = (sdk::MODULE, sdk::VERSION);
        let mut edits = vec![
            format!("-require={module}@{version}"),
            format!("-dropreplace={module}@{version}"),
            format!("-replace={module}=./{SDK_FOLDER}"),
        ];
        // Go does it by itself where it may write into a go.mod.
        let is_old = manifest.go.as_deref().and_then(pair).is_none_or(|asked| asked < OLDEST);
        edits.extend(is_old.then(|| format!("-go={}.{}", OLDEST.0, OLDEST.1)));
        self.module_path = manifest.module.map(|module| module.path);
        let asked = manifest.require.into_iter().flatten().find(|required| required.path == module);
        self.other_sdk = asked.map(|required| required.version).filter(|asked| asked != version);
        go.edit(&edits, self)
    }

    /// The go.mod that Go is to read.
    pub(super) fn manifest_path(&self) -> PathBuf {
        self.path("go.mod")
    }

    /// Its text and that of go.sum, if there is one.
    pub(super) fn manifest(&self) -> io::Result<String> {
        let sums = fs::read_to_string(self.path("go.sum")).unwrap_or_default();
        Ok(fs::read_to_string(self.manifest_path())? + &sums)
    }

    pub(super) fn overlay(&self) -> PathBuf {
        self.path("overlay.json")
    }

    /// What Go makes.
    pub(super) fn module(&self) -> PathBuf {
        self.path("module.wasm")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn copy_if_there(from: &Path, to: &Path) -> io::Result<()> {
    match fs::copy(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
