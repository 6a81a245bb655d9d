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
        let files = entries.map(|entry| entry.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|extension| extension == "component")).collect()
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
fn the_same_sources_give_the_same_component_wherever_they_lie() {
    let toolchain = Toolchain::new().without_cache();
    // Hash tables, chance, time, and promises in the runtime's other build.
    let top_level = "export const drawn = [Math.random(), Date.now(), new Map([['a', 1]]), Symbol('s')];\n";
    for journey in
        ["export default () => console.log(drawn);", "export default async () => console.log(drawn);"]
    {
        let files =
            [("a.ts", format!("import {{ drawn }} from './b';\n{journey}")), ("b.ts", top_level.to_owned())];
        let files = files.each_ref().map(|(name, code)| (*name, code.as_str()));
        let [one, other] = [written(&files), written(&files)]
            .map(|folder| toolchain.build(&folder.path().join("a.ts")).unwrap().component);
        assert!(one == other, "two builds of one source differ: {journey}");
    }
}

#[test]
fn what_the_runtime_compiles_to_is_kept() {
    let project = Project::new();
    project.build();
    let kept = fs::read_dir(project.cache.path().join("components/runtimes")).unwrap();
    assert!(kept.count() > 0, "the next build compiles the runtime again");
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
