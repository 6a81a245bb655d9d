//! What is built once is not built again, until something changes.

use std::fs;
use std::path::{Path, PathBuf};

use outrider_toolchain::{Built, Toolchain};

use crate::guest::written;

struct Project {
    folder: tempfile::TempDir,
    cache: tempfile::TempDir,
}

impl Project {
    fn new() -> Project {
        let files = [
            ("a.ts", "import { b } from './b';\nexport default () => console.log(b);"),
            ("b.ts", "export const b = 1;"),
        ];
        Project { folder: written(&files), cache: tempfile::tempdir().unwrap() }
    }

    fn build(&self) -> Built {
        let toolchain = Toolchain::new().with_cache(self.cache.path().join("components"));
        toolchain.build(&self.folder.path().join("a.ts")).unwrap_or_else(|error| panic!("{error}"))
    }

    fn entries(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.cache.path().join("components")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

fn damage(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_second_build_comes_from_the_cache_until_a_source_changes() {
    let project = Project::new();
    let first = project.build();
    let second = project.build();
    assert!(!first.cached && second.cached);
    assert!(first.component == second.component, "the same bytes");
    assert_eq!(second.sources.len(), 2);

    damage(&project.entries()[0]);
    let third = project.build();
    assert!(!third.cached, "a damaged entry is built again");

    fs::write(project.folder.path().join("b.ts"), "export const b = 2;").unwrap();
    assert!(!project.build().cached);
    assert_eq!(project.entries().len(), 2);
}

#[test]
fn only_what_is_compiled_is_told() {
    let project = Project::new();
    let told = || {
        let (sender, receiver) = std::sync::mpsc::channel();
        let toolchain = Toolchain::new().with_cache(project.cache.path().join("components"));
        let entry = project.folder.path().join("a.ts");
        let built = toolchain.build_and_tell(&entry, move || sender.send("compiling").unwrap());
        (built.is_ok(), receiver.try_iter().count())
    };
    assert_eq!(told(), (true, 1));
    assert_eq!(told(), (true, 0), "it came from the cache");
    fs::write(project.folder.path().join("b.ts"), "export const = 2;").unwrap();
    assert_eq!(told(), (false, 0), "a fault of the source comes before");
}

#[test]
fn a_cache_that_cannot_be_written_fails_no_build() {
    let project = Project::new();
    fs::write(project.cache.path().join("components"), "a file where the folder should be").unwrap();
    assert!(!project.build().cached);
}
