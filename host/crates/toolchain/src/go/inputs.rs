//! What goes into a build besides Go and the SDK: the files of all packages, by their names for Go.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::command::Go;
use super::sdk;
use super::stage::Stage;
use crate::ToolchainError;

/// What `go list` says of a package.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
struct Package {
    import_path: String,
    dir: PathBuf,
    standard: bool,
    go_files: Vec<String>,
    s_files: Vec<String>,
    h_files: Vec<String>,
    syso_files: Vec<String>,
    embed_files: Vec<String>,
    module: Option<Module>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Module {
    path: String,
    #[serde(default)]
    main: bool,
}

/// A file of a package.
#[derive(Debug)]
pub(super) struct Input {
    /// Its package's import path and its own name.
    pub(super) name: String,
    pub(super) content: Vec<u8>,
    /// Where it lies, if it is the author's own and not a dependency's.
    authors: Option<PathBuf>,
}

/// All of them, in an order that does not depend on the machine.
#[derive(Debug)]
pub(super) struct Inputs {
    pub(super) files: Vec<Input>,
}

impl Inputs {
    /// Asks Go for them.
    pub(super) fn list(go: &Go, stage: &Stage) -> Result<Inputs, ToolchainError> {
        let listed = go.list(stage)?;
        let packages = serde_json::Deserializer::from_slice(&listed).into_iter::<Package>();
        let mut files = Vec::new();
        for package in packages {
            let package = package.map_err(|source| ToolchainError::Link(source.into()))?;
            // Go's version stands for its library, and the SDK is built in.
            if !package.standard && !package.is_of_sdk() {
                package.read(stage.copied_from.as_deref(), &mut files)?;
            }
        }
        files.sort_by(|one: &Input, other: &Input| one.name.cmp(&other.name));
        Ok(Inputs { files })
    }

    /// The author's own files.
    pub(super) fn authors(self) -> Vec<PathBuf> {
        self.files.into_iter().filter_map(|file| file.authors).collect()
    }
}

impl Package {
    fn is_of_sdk(&self) -> bool {
        self.module.as_ref().is_some_and(|module| module.path == sdk::MODULE)
    }

    /// Without a module it is a file that was named on the command line.
    fn is_the_authors(&self) -> bool {
        self.module.as_ref().is_none_or(|module| module.main)
    }

    fn read(&self, copied_from: Option<&Path>, into: &mut Vec<Input>) -> Result<(), ToolchainError> {
        let lists = [&self.go_files, &self.s_files, &self.h_files, &self.syso_files, &self.embed_files];
        for name in lists.into_iter().flatten() {
            let path = self.dir.join(name);
            let content =
                fs::read(&path).map_err(|source| ToolchainError::Read { path: path.clone(), source })?;
            let original = copied_from.map_or_else(|| path.clone(), |folder| folder.join(name));
            let authors = self.is_the_authors().then_some(original);
            into.push(Input { name: format!("{}/{name}", self.import_path), content, authors });
        }
        Ok(())
    }
}
