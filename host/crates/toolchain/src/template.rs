//! `host new`: a project that builds and runs as it is.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::{Language, ToolchainError, go, project};

/// What a plugin is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PluginKind {
    /// What one user does.
    Journey,
    /// What must hold about the answers that any journey gets.
    AssertionPack,
    /// From raw records to rows.
    Transform,
    /// How people are told that a monitor fails.
    AlertChannel,
}

/// A project to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// What it is written in.
    pub language: Language,
    /// What it is.
    pub kind: PluginKind,
}

/// A file of a project: its path, and its content before `{{name}}` and `{{source}}`, the plugin's file, are filled in.
type File = (&'static str, &'static str);

const GITIGNORE: File = (".gitignore", include_str!("../templates/common/gitignore"));

impl Template {
    /// Makes the project in a new folder, which is there whole or not at all. The folder's name is the plugin's.
    pub fn create(self, folder: &Path) -> Result<Vec<PathBuf>, ToolchainError> {
        let source = self.source();
        let name = self.name(folder)?;
        let taken = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
        if taken || folder.is_file() {
            return Err(ToolchainError::Taken { path: folder.to_owned() });
        }
        self.write(folder, &name, source)
            .map_err(|source| ToolchainError::Write { path: folder.to_owned(), source })
    }

    fn write(self, folder: &Path, name: &str, source: File) -> io::Result<Vec<PathBuf>> {
        let parent =
            folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent)?;
        let partial = tempfile::Builder::new().prefix(".outrider-new-").tempdir_in(parent)?;
        let files = self.files(source);
        for (path, content) in &files {
            let text = content.replace("{{name}}", name).replace("{{source}}", source.0);
            project::write(&partial.path().join(path), &text)?;
        }
        project::put(partial.path(), self.language).map_err(io::Error::other)?;
        // An empty folder may stand in its place; a rename replaces that on every system but Windows.
        if folder.is_dir() {
            fs::remove_dir(folder)?;
        }
        let partial = partial.keep();
        if let Err(error) = fs::rename(&partial, folder) {
            fs::remove_dir_all(&partial)?;
            return Err(error);
        }
        readable(folder)?;
        Ok(files.iter().map(|(path, _)| folder.join(path)).collect())
    }

    /// The plugin itself.
    fn source(self) -> File {
        match self.language {
            Language::TypeScript => {
                let (typescript, _, content) = in_typescript(self.kind);
                (typescript, content)
            }
            Language::JavaScript => {
                let (_, javascript, content) = in_typescript(self.kind);
                (javascript, content)
            }
            Language::Rust => ("src/lib.rs", in_rust(self.kind)),
            Language::Go => in_go(self.kind),
        }
    }

    fn files(self, source: File) -> Vec<File> {
        let mut files = vec![source];
        match self.language {
            Language::TypeScript | Language::JavaScript => files.extend([
                ("package.json", include_str!("../templates/typescript/package.json")),
                ("tsconfig.json", include_str!("../templates/typescript/tsconfig.json")),
            ]),
            Language::Rust => files.push(("Cargo.toml", include_str!("../templates/rust/Cargo.toml"))),
            Language::Go => files.push(("go.mod", include_str!("../templates/go/go.mod"))),
        }
        files.extend([self.tests(), GITIGNORE]);
        files
    }

    /// What `host test` runs.
    fn tests(self) -> File {
        match self.kind {
            PluginKind::Journey => ("tests/journey.toml", include_str!("../templates/tests/journey.toml")),
            PluginKind::AssertionPack => {
                ("tests/assertion-pack.toml", include_str!("../templates/tests/assertion-pack.toml"))
            }
            PluginKind::AlertChannel => {
                ("tests/alert-channel.toml", include_str!("../templates/tests/alert-channel.toml"))
            }
            PluginKind::Transform => {
                ("tests/transform.toml", include_str!("../templates/tests/transform.toml"))
            }
        }
    }

    /// The folder's name, where it can be a plugin's.
    fn name(self, folder: &Path) -> Result<String, ToolchainError> {
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let bad = |why: &str| ToolchainError::Name { name: name.clone(), why: why.to_owned() };
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Err(bad("it must begin with a letter"));
        }
        if name.len() > MAX_NAME_BYTES {
            return Err(bad(&format!("it has more than {MAX_NAME_BYTES} characters")));
        }
        if let Some(other) = name.chars().find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')) {
            return Err(bad(&format!(
                "it has {other:?}, and only letters, digits, '-' and '_' can be in it"
            )));
        }
        if self.language == Language::Rust && RESERVED.contains(&name.as_str()) {
            return Err(bad("it means something else to Rust"));
        }
        if let (Language::Go, Some(why)) = (self.language, go::names::reserved(&name)) {
            return Err(bad(why));
        }
        Ok(name)
    }
}

/// The plugin in Go: a module's only package lies in its root.
fn in_go(kind: PluginKind) -> File {
    match kind {
        PluginKind::Journey => ("journey.go", include_str!("../templates/go/journey/journey.go")),
        PluginKind::AssertionPack => ("pack.go", include_str!("../templates/go/assertion-pack/pack.go")),
        PluginKind::Transform => ("transform.go", include_str!("../templates/go/transform/transform.go")),
        PluginKind::AlertChannel => ("channel.go", include_str!("../templates/go/alert-channel/channel.go")),
    }
}

fn in_rust(kind: PluginKind) -> &'static str {
    match kind {
        PluginKind::Journey => include_str!("../templates/rust/journey/lib.rs"),
        PluginKind::AssertionPack => include_str!("../templates/rust/assertion-pack/lib.rs"),
        PluginKind::Transform => include_str!("../templates/rust/transform/lib.rs"),
        PluginKind::AlertChannel => include_str!("../templates/rust/alert-channel/lib.rs"),
    }
}

/// The plugin in TypeScript, and in JavaScript, which has the same content: types are all inferred.
fn in_typescript(kind: PluginKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        PluginKind::Journey => {
            ("src/journey.ts", "src/journey.js", include_str!("../templates/typescript/journey/journey.ts"))
        }
        PluginKind::AssertionPack => {
            ("src/pack.ts", "src/pack.js", include_str!("../templates/typescript/assertion-pack/pack.ts"))
        }
        PluginKind::Transform => (
            "src/transform.ts",
            "src/transform.js",
            include_str!("../templates/typescript/transform/transform.ts"),
        ),
        PluginKind::AlertChannel => (
            "src/channel.ts",
            "src/channel.js",
            include_str!("../templates/typescript/alert-channel/channel.ts"),
        ),
    }
}

/// crates.io's limit, <https://doc.rust-lang.org/cargo/reference/manifest.html#the-name-field>.
const MAX_NAME_BYTES: usize = 64;

/// Keywords (<https://doc.rust-lang.org/reference/keywords.html>) and the crates that are always there.
const RESERVED: [&str; 57] = [
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
    "Self",
];

/// A temporary folder is its owner's alone; a project is what the owner's umask says of any new folder.
#[cfg(unix)]
fn readable(folder: &Path) -> io::Result<()> {
    let permissions = fs::metadata(folder.join(project::FOLDER))?.permissions();
    fs::set_permissions(folder, permissions)
}

#[cfg(not(unix))]
fn readable(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(language: Language) -> Template {
        Template { language, kind: PluginKind::Journey }
    }

    #[test]
    fn a_project_carries_its_name_and_its_sdk() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("deep/visit");
        let files = template(Language::TypeScript).create(&project).unwrap();
        assert!(files.iter().all(|file| file.is_file()), "{files:?}");
        let journey = fs::read_to_string(project.join("src/journey.ts")).unwrap();
        assert!(journey.contains("name: \"visit\""), "{journey}");
        assert!(project.join(".outrider/sdk-js/index.d.ts").is_file());
        assert_eq!(fs::read_dir(project.parent().unwrap()).unwrap().count(), 1, "nothing is left over");
    }

    #[test]
    fn a_package_begins_at_the_plugin() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("rules");
        Template { language: Language::JavaScript, kind: PluginKind::AssertionPack }
            .create(&project)
            .unwrap();
        let package = fs::read_to_string(project.join("package.json")).unwrap();
        assert!(package.contains("\"main\": \"src/pack.js\""), "{package}");
    }

    #[test]
    fn what_is_there_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("visit");
        fs::create_dir(&project).unwrap();
        template(Language::Rust).create(&project).unwrap();
        let error = template(Language::Rust).create(&project).unwrap_err();
        assert!(matches!(error, ToolchainError::Taken { .. }));
    }

    #[test]
    fn a_name_that_no_toolchain_takes_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let refused =
            |name: &str| template(Language::Rust).create(&folder.path().join(name)).unwrap_err().to_string();
        for name in ["1st", "a b", "fn", "é", "std", &"x".repeat(65)] {
            assert!(refused(name).contains("cannot be a plugin's name"), "{name}");
        }
        let error = template(Language::Go).create(&folder.path().join("fmt")).unwrap_err().to_string();
        assert_eq!(error, "'fmt' cannot be a plugin's name: it is a package of Go's own library");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    /// The host's own version is the one that is built with.
    #[test]
    fn a_go_mod_requires_the_sdk_that_is_inside() {
        let folder = tempfile::tempdir().unwrap();
        template(Language::Go).create(&folder.path().join("visit")).unwrap();
        let manifest = fs::read_to_string(folder.path().join("visit/go.mod")).unwrap();
        let required = format!("require outrider.dev/outrider v{}\n", env!("CARGO_PKG_VERSION"));
        assert!(manifest.contains(&required), "{manifest}");
        assert!(folder.path().join("visit/.outrider/sdk-go/go.mod").is_file());
    }

    #[test]
    fn no_place_for_a_name_is_left_empty() {
        for language in [Language::TypeScript, Language::JavaScript, Language::Rust, Language::Go] {
            let folder = tempfile::tempdir().unwrap();
            for file in template(language).create(&folder.path().join("visit")).unwrap() {
                let text = fs::read_to_string(&file).unwrap();
                assert!(!text.contains("{{"), "{}: {text}", file.display());
            }
        }
    }
}
