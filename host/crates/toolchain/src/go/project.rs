//! What is to be built, and where Go is to be called for it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::ToolchainError;

/// A package of a Go module, or a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Project {
    /// The path as the user wrote it.
    pub(crate) shown: PathBuf,
    /// The folder of the package, absolute.
    pub(crate) folder: PathBuf,
    /// The file's name, if a file was named: it is built alone, as `go run` would.
    pub(crate) file: Option<String>,
    /// The folder with the module's go.mod; none if there is none, which a single file may do without.
    pub(crate) module: Option<PathBuf>,
}

impl Project {
    /// The project at a path; none if it is not Go's.
    pub(crate) fn find(path: &Path) -> Result<Option<Project>, ToolchainError> {
        let absolute = fs::canonicalize(path)
            .map_err(|source| ToolchainError::Read { path: path.to_owned(), source })?;
        if !is_go(&absolute) {
            return Ok(None);
        }
        let is_file = absolute.is_file();
        let file = is_file.then(|| absolute.file_name().unwrap_or_default().to_string_lossy().into_owned());
        let folder = if is_file { absolute.parent().unwrap_or(&absolute).to_owned() } else { absolute };
        let module = folder.ancestors().find(|folder| folder.join("go.mod").is_file()).map(Path::to_owned);
        if file.is_none() && module.is_none() {
            return Err(ToolchainError::GoNoModule { path: path.to_owned() });
        }
        Ok(Some(Project { shown: path.to_owned(), folder, file, module }))
    }
}

/// Whether a path names a source in Go: a `.go` file, or a folder with a go.mod or with such files.
fn is_go(path: &Path) -> bool {
    if path.is_dir() { is_go_folder(path) } else { is_go_file(path) }
}

fn is_go_file(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "go")
}

fn is_go_folder(folder: &Path) -> bool {
    let holds_go = || {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).any(|path| is_go_file(&path))
    };
    folder.join("go.mod").is_file() || holds_go()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    #[test]
    fn a_folder_is_gos_by_its_manifest_or_its_files() {
        let shop = folder(&["go.mod", "journeys/buy/buy.go", "web/index.ts"]);
        let root = fs::canonicalize(shop.path()).unwrap();
        let found = |name: &str| Project::find(&shop.path().join(name)).unwrap();
        assert_eq!(found("").unwrap().module.as_deref(), Some(root.as_path()));
        let buy = found("journeys/buy").unwrap();
        assert_eq!((buy.folder, buy.module, buy.file), (root.join("journeys/buy"), Some(root), None));
        assert_eq!(found("web"), None, "TypeScript in a Go module stays TypeScript");
    }

    #[test]
    fn a_file_needs_no_module_and_a_folder_does() {
        let loose = folder(&["visit.go"]);
        let visit = Project::find(&loose.path().join("visit.go")).unwrap().unwrap();
        assert_eq!((visit.file.as_deref(), visit.module), (Some("visit.go"), None));
        assert!(matches!(Project::find(loose.path()), Err(ToolchainError::GoNoModule { .. })));
        assert!(matches!(Project::find(&loose.path().join("none.go")), Err(ToolchainError::Read { .. })));
    }
}
