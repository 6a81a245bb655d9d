//! The SDK in a project's own folder, so that editors and compilers find it without a registry:
//!
//! ```text
//! .outrider/version          which SDK it is: the digest of all that follows
//! .outrider/sdk-js/          what TypeScript knows of `@outrider/sdk`
//! .outrider/sdk-rust/        the crate `outrider-sdk`
//! .outrider/sdk-go/          the module `outrider.dev/outrider`; a build takes it from the program itself
//! ```
//!
//! It belongs to the program, not to the project: git ignores it, and a build by another version of the program
//! replaces it. A project that takes its SDK from elsewhere, and names no `.outrider/` in its manifest, is left alone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::cache::Key;
use crate::{Language, ToolchainError, sdk};

/// The folder's name.
pub(crate) const FOLDER: &str = ".outrider";

/// Puts the SDK into a project that takes it from there, unless it is there.
pub(crate) fn refresh(project: &Path, language: Language) -> Result<(), ToolchainError> {
    let takes_it = fs::read_to_string(project.join(manifest(language)))
        .is_ok_and(|text| text.contains(&format!("{FOLDER}/")));
    if takes_it { put(project, language) } else { Ok(()) }
}

/// Puts the SDK into a project, unless it is there.
pub(crate) fn put(project: &Path, language: Language) -> Result<(), ToolchainError> {
    let folder = project.join(FOLDER);
    let files = files(language);
    let version = digest(&files);
    if fs::read_to_string(folder.join("version")).is_ok_and(|found| found.trim() == version) {
        return Ok(());
    }
    replace(&folder, &files, &version).map_err(|source| ToolchainError::Write { path: folder, source })
}

fn manifest(language: Language) -> &'static str {
    match language {
        Language::TypeScript | Language::JavaScript => "tsconfig.json",
        Language::Rust => "Cargo.toml",
        Language::Go => "go.mod",
    }
}

fn files(language: Language) -> Vec<(String, &'static str)> {
    let within = |folder: &str, files: &[(&str, &'static str)]| -> Vec<(String, &'static str)> {
        files.iter().map(|(name, content)| (format!("{folder}/{name}"), *content)).collect()
    };
    match language {
        Language::TypeScript | Language::JavaScript => {
            vec![("sdk-js/index.d.ts".to_owned(), sdk::DECLARATIONS)]
        }
        Language::Rust => within("sdk-rust", sdk::RUST),
        Language::Go => within("sdk-go", sdk::GO),
    }
}

fn digest(files: &[(String, &str)]) -> String {
    Key::of(files.iter().flat_map(|(name, content)| [name.as_str(), *content])).to_string()
}

/// The version is written last: a folder that is only half there is replaced the next time.
fn replace(folder: &Path, files: &[(String, &str)], version: &str) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    for (name, content) in files {
        write(&folder.join(name), content)?;
    }
    write(&folder.join("version"), version)
}

pub(crate) fn write(path: &PathBuf, content: &str) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_that_takes_its_sdk_from_there_gets_it() {
        let project = tempfile::tempdir().unwrap();
        refresh(project.path(), Language::Rust).unwrap();
        assert!(!project.path().join(FOLDER).exists(), "there is no manifest that wants it");

        let manifest = "[dependencies]\noutrider-sdk = { path = \".outrider/sdk-rust\" }\n";
        fs::write(project.path().join("Cargo.toml"), manifest).unwrap();
        refresh(project.path(), Language::Rust).unwrap();
        for file in ["sdk-rust/Cargo.toml", "sdk-rust/src/bindings/journey.rs", "version"] {
            assert!(project.path().join(FOLDER).join(file).is_file(), "{file}");
        }
    }

    #[test]
    fn a_damaged_or_older_sdk_is_replaced_and_a_whole_one_left_alone() {
        let project = tempfile::tempdir().unwrap();
        let file = project.path().join(FOLDER).join("sdk-js/index.d.ts");
        put(project.path(), Language::TypeScript).unwrap();
        fs::write(&file, "changed by its user").unwrap();
        put(project.path(), Language::TypeScript).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "changed by its user");

        fs::write(project.path().join(FOLDER).join("version"), "another").unwrap();
        fs::write(project.path().join(FOLDER).join("left-over"), "").unwrap();
        put(project.path(), Language::TypeScript).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), sdk::DECLARATIONS);
        assert!(!project.path().join(FOLDER).join("left-over").exists());
    }

    /// A copy has no workspace above it from which it could inherit.
    #[test]
    fn the_crates_manifest_stands_alone() {
        let (_, manifest) = sdk::RUST.iter().find(|(name, _)| *name == "Cargo.toml").unwrap();
        assert!(!manifest.contains("workspace"), "{manifest}");
        assert!(manifest.contains("wit-bindgen"), "{manifest}");
    }
}
