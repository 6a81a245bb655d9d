//! Types of a project in TypeScript or JavaScript, checked by the compiler that its author has installed.
//!
//! A project is a folder with a `tsconfig.json`, its compiler the nearest `node_modules/typescript`, as for `npx tsc`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::entry::Entry;
use crate::{Language, ToolchainError, go, project, rust};

const CONFIG: &str = "tsconfig.json";

/// Whether types were checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Types {
    /// They are right.
    Checked,
    /// It is no project of TypeScript's: there is no `tsconfig.json`, or it is written in another language.
    NoProject,
    /// There is no compiler in `node_modules`, there or above.
    NoCompiler,
    /// There is no Node, which the compiler runs in.
    NoNode,
}

impl Types {
    /// Why they were not checked although they could be, and what to do about it.
    pub fn unchecked(self) -> Option<&'static str> {
        match self {
            Types::Checked | Types::NoProject => None,
            Types::NoCompiler => Some(
                "types were not checked: there is no typescript in node_modules, here or above (npm install --save-dev typescript)",
            ),
            Types::NoNode => Some("types were not checked: there is no node to run TypeScript in"),
        }
    }
}

/// Checks the types of the project that a source belongs to. A fault has the compiler's own words.
pub fn check_types(path: &Path) -> Result<Types, ToolchainError> {
    if rust::is_crate(path) || go::Project::find(path)?.is_some() {
        return Ok(Types::NoProject);
    }
    let entry = Entry::find(path)?;
    let Some(project) = project_of(&entry.path) else { return Ok(Types::NoProject) };
    let Some(compiler) = compiler_of(&project) else { return Ok(Types::NoCompiler) };
    refresh(&entry);
    run(&project, &compiler)
}

/// Puts the types of this program's SDK into the project that an entry belongs to, if it takes them from there. They are
/// for the author's editor: where they cannot be written, nothing is lost.
pub(crate) fn refresh(entry: &Entry) {
    let Some(project) = project_of(&entry.path) else { return };
    if let Err(error) = project::refresh(&project, Language::TypeScript) {
        tracing::debug!(%error, "the SDK is not put into the project");
    }
}

/// The nearest folder with a configuration, in the package that the entry belongs to.
fn project_of(entry: &Path) -> Option<PathBuf> {
    for folder in entry.ancestors().skip(1) {
        if folder.join(CONFIG).is_file() {
            return Some(folder.to_owned());
        }
        if folder.join("package.json").is_file() {
            return None;
        }
    }
    None
}

fn compiler_of(project: &Path) -> Option<PathBuf> {
    let candidates = project.ancestors().map(|folder| folder.join("node_modules/typescript/bin/tsc"));
    candidates.into_iter().find(|compiler| compiler.is_file())
}

fn run(project: &Path, compiler: &Path) -> Result<Types, ToolchainError> {
    let mut node = Command::new("node");
    node.arg(compiler).args(["--noEmit", "--project", CONFIG]).current_dir(project).stdin(Stdio::null());
    let output = match node.output() {
        Ok(output) => output,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Types::NoNode),
        Err(source) => return Err(ToolchainError::Read { path: compiler.to_owned(), source }),
    };
    if output.status.success() {
        return Ok(Types::Checked);
    }
    let said =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).trim_end().to_owned());
    let path = fs::canonicalize(project).unwrap_or_else(|_| project.to_owned());
    Err(ToolchainError::Types {
        path,
        said: said.into_iter().filter(|said| !said.is_empty()).collect::<Vec<_>>().join("\n"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "{}").unwrap();
        }
        folder
    }

    #[test]
    fn a_project_ends_where_its_package_does() {
        let folder = written(&[
            "tsconfig.json",
            "a/package.json",
            "a/src/x.ts",
            "b/tsconfig.json",
            "b/src/y.ts",
            "z.ts",
        ]);
        let of = |name: &str| project_of(&folder.path().join(name));
        assert_eq!(of("a/src/x.ts"), None);
        assert_eq!(of("b/src/y.ts"), Some(folder.path().join("b")));
        assert_eq!(of("z.ts"), Some(folder.path().to_owned()));
    }

    #[test]
    fn the_compiler_may_be_installed_above() {
        let folder = written(&["node_modules/typescript/bin/tsc", "a/tsconfig.json"]);
        assert_eq!(
            compiler_of(&folder.path().join("a")),
            Some(folder.path().join("node_modules/typescript/bin/tsc"))
        );
    }
}
