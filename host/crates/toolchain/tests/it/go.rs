//! Journeys in Go become components: the same ones for the same input, and from the cache where nothing changed.

use std::fs;
use std::path::Path;

use outrider_toolchain::{Built, Toolchain, ToolchainError, World};

use crate::guest::written;

const MANIFEST: &str = "module shop\n\ngo 1.25\n";

const VISIT: &str = "package main\n\nimport (\n\t\"outrider.dev/outrider\"\n\t\"outrider.dev/outrider/log\"\n\t\"shop/words\"\n)\n\n\
                     func init() { outrider.Journey(outrider.Definition{Name: \"visit\", Run: visit}) }\n\n\
                     func visit(*outrider.Iteration) error { log.Info(words.Hello); return nil }\n\nfunc main() {}\n";

const WORDS: &str = "package words\n\nconst Hello = \"hello\"\n";

fn shop(manifest: &str) -> tempfile::TempDir {
    written(&[("go.mod", manifest), ("visit/visit.go", VISIT), ("words/words.go", WORDS), ("go.sum", "")])
}

fn build(toolchain: &Toolchain, path: &Path) -> Built {
    toolchain.build(path).unwrap_or_else(|error| panic!("{error}"))
}

fn fault(files: &[(&str, &str)], name: &str) -> ToolchainError {
    let folder = written(files);
    Toolchain::new().without_cache().build(&folder.path().join(name)).unwrap_err()
}

#[test]
fn the_same_input_gives_the_same_component_wherever_it_lies() {
    // What the author's go.mod says of the SDK is for editors: the host's own is built in.
    let with_editor = format!(
        "{MANIFEST}\nrequire outrider.dev/outrider v0.0.7\n\nreplace outrider.dev/outrider => /nowhere/sdk-go\n"
    );
    let (one, other, third) = (shop(MANIFEST), shop(MANIFEST), shop(&with_editor));
    let toolchain = Toolchain::new().without_cache();
    let [one, other, third] =
        [one, other, third].map(|folder| build(&toolchain, &folder.path().join("visit")).component);
    assert!(one == other, "two builds of one source differ");
    assert!(one == third, "what an editor needs makes a difference");
}

#[test]
fn a_second_build_comes_from_the_cache_until_a_source_changes() {
    let (folder, cache) = (shop(MANIFEST), tempfile::tempdir().unwrap());
    let toolchain = Toolchain::new().with_cache(cache.path().join("components"));
    let path = folder.path().join("visit/visit.go");
    let first = build(&toolchain, &path);
    let second = build(&toolchain, &path);
    assert!(!first.cached && second.cached);
    assert!(first.component == second.component, "the same bytes");
    let names = second.sources.iter().map(|path| path.file_name().unwrap().to_str().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), ["visit.go", "words.go"]);

    fs::write(folder.path().join("words/words.go"), WORDS.replace("hello", "good day")).unwrap();
    assert!(!build(&toolchain, &path).cached, "an imported package has changed");
    assert_eq!(
        fs::read_to_string(folder.path().join("go.mod")).unwrap(),
        MANIFEST,
        "the author's stays as it is"
    );
}

#[test]
fn a_single_file_needs_no_module() {
    let source = VISIT.replace("\t\"shop/words\"\n", "").replace("words.Hello", "\"hello\"");
    let folder = written(&[("visit.go", &source)]);
    let built = build(&Toolchain::new().without_cache(), &folder.path().join("visit.go"));
    assert_eq!(built.world(), Some(World::Journey));
    assert_eq!(built.sources, [fs::canonicalize(folder.path()).unwrap().join("visit.go")]);
    let entries = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(entries, 1, "nothing is left in the author's folder");
}

#[test]
fn what_go_refuses_is_said_in_its_words() {
    let broken = VISIT.replace("words.Hello", "words.Helo");
    let error = fault(&[("go.mod", MANIFEST), ("visit.go", &broken), ("words/words.go", WORDS)], "");
    let text = error.to_string();
    assert!(matches!(error, ToolchainError::Go { .. }), "{text}");
    assert!(text.contains("./visit.go:11:") && text.contains("undefined: words.Helo"), "{text}");

    let error = fault(&[("go.mod", MANIFEST), ("visit.go", VISIT)], "");
    assert!(error.to_string().contains("shop/words is not in std"), "{error}");
}

#[test]
fn what_is_no_journey_is_told_apart() {
    let main = "package main\n\nfunc main() {}\n";
    let error = fault(&[("nothing.go", main)], "nothing.go");
    assert!(matches!(error, ToolchainError::GoNothing { .. }), "{error}");
    assert!(error.hint().unwrap().contains("outrider.Journey"), "{error}");

    let pack = "package main\n\nimport (\n\t\"outrider.dev/outrider/assertions\"\n\t\"outrider.dev/outrider/http\"\n)\n\n\
                func init() {\n\tassertions.Pack(assertions.Definition{Name: \"p\", Start: func() error {\n\
                \t\t_, err := http.Get(\"/\")\n\t\treturn err\n\t}})\n}\n\nfunc main() {}\n";
    let error = fault(&[("pack.go", pack)], "pack.go");
    assert!(
        error.to_string().ends_with("pack.go is an assertion pack, and packs have no requests"),
        "{error}"
    );

    let both = pack
        .replace("func main", "var _ = outrider.Never\n\nfunc main")
        .replace("import (\n", "import (\n\t\"outrider.dev/outrider\"\n");
    let error = fault(&[("both.go", &both)], "both.go");
    assert!(matches!(error, ToolchainError::GoSeveral { .. }), "{error}");
}
