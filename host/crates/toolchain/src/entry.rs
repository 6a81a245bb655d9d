//! Where a journey begins, and what it is called.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::ToolchainError;

const EXTENSIONS: [&str; 4] = ["ts", "mts", "js", "mjs"];

/// File names that say nothing of what is in the file.
const NAMELESS: [&str; 3] = ["index", "main", "journey"];

#[derive(Deserialize)]
struct Package {
    main: Option<String>,
}

/// The first module of a journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its path, absolute and without symbolic links.
    pub(crate) path: PathBuf,
    /// The journey's name if it gives itself none.
    pub(crate) name: String,
}

impl Entry {
    /// Finds the entry of a file or folder.
    pub(crate) fn find(path: &Path) -> Result<Entry, ToolchainError> {
        let absolute = canonical(path)?;
        let file = if absolute.is_dir() { in_folder(path, &absolute)? } else { absolute };
        if !has_known_extension(&file) {
            return Err(ToolchainError::UnknownKind { path: path.to_owned() });
        }
        Ok(Entry { name: name_of(&file), path: file })
    }
}

fn canonical(path: &Path) -> Result<PathBuf, ToolchainError> {
    fs::canonicalize(path).map_err(|source| ToolchainError::Read { path: path.to_owned(), source })
}

fn in_folder(shown: &Path, folder: &Path) -> Result<PathBuf, ToolchainError> {
    if let Some(main) = main_of(&shown.join("package.json"), &folder.join("package.json"))? {
        return canonical(&folder.join(main));
    }
    let candidates = EXTENSIONS.iter().map(|extension| folder.join(format!("index.{extension}")));
    candidates
        .into_iter()
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| ToolchainError::NoEntry { path: shown.to_owned() })
}

fn main_of(shown: &Path, path: &Path) -> Result<Option<String>, ToolchainError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(ToolchainError::Read { path: shown.to_owned(), source }),
    };
    let package: Package = serde_json::from_str(&text)
        .map_err(|source| ToolchainError::Package { path: shown.to_owned(), source })?;
    Ok(package.main)
}

fn has_known_extension(path: &Path) -> bool {
    path.extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known))
}

fn name_of(file: &Path) -> String {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let folder = || Some(file.parent()?.file_name()?.to_string_lossy().into_owned());
    match stem {
        Some(stem) if !NAMELESS.contains(&stem.as_str()) => stem,
        stem => folder().or(stem).unwrap_or_else(|| "journey".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::Builder::new().prefix("shop").tempdir().unwrap();
        for (name, content) in files {
            fs::write(folder.path().join(name), content).unwrap();
        }
        folder
    }

    #[test]
    fn a_file_is_its_own_entry_and_named_by_its_stem() {
        let folder = folder(&[("checkout.ts", "")]);
        let entry = Entry::find(&folder.path().join("checkout.ts")).unwrap();
        assert_eq!(entry.name, "checkout");
        assert!(entry.path.ends_with("checkout.ts"));
    }

    #[test]
    fn a_folder_begins_at_main_or_at_its_index() {
        let with_main =
            folder(&[("package.json", r#"{"main": "./buy.mjs"}"#), ("buy.mjs", ""), ("index.js", "")]);
        assert!(Entry::find(with_main.path()).unwrap().path.ends_with("buy.mjs"));
        let with_index = folder(&[("package.json", "{}"), ("index.js", "")]);
        let entry = Entry::find(with_index.path()).unwrap();
        assert!(entry.path.ends_with("index.js"));
        assert!(entry.name.starts_with("shop"), "named by the folder: {}", entry.name);
    }

    #[test]
    fn what_cannot_be_an_entry_says_why() {
        let folder = folder(&[("journey.py", ""), ("package.json", "{")]);
        let error = |path: &Path| Entry::find(path).unwrap_err();
        assert!(matches!(error(&folder.path().join("none.ts")), ToolchainError::Read { .. }));
        assert!(matches!(error(&folder.path().join("journey.py")), ToolchainError::UnknownKind { .. }));
        assert!(matches!(error(folder.path()), ToolchainError::Package { .. }));
        fs::remove_file(folder.path().join("package.json")).unwrap();
        assert!(matches!(error(folder.path()), ToolchainError::NoEntry { .. }));
    }
}
