//! A crate becomes a component: by the author's own cargo, which also knows what is still fresh.

mod places;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde::Deserialize;

use crate::process::output_telling;
use crate::{Built, Language, ToolchainError, Warning, project};

/// Rust's name of the target.
const TARGET: &str = "wasm32-wasip2";

/// Whether a folder is a crate.
pub(crate) fn is_crate(folder: &Path) -> bool {
    folder.join("Cargo.toml").is_file()
}

/// Builds the only component of the crate in a folder.
pub(crate) fn build(folder: &Path, compiling: impl FnOnce()) -> Result<Built, ToolchainError> {
    project::refresh(folder, Language::Rust)?;
    let output = run(folder, compiling)?;
    let said = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
    if !output.status.success() {
        return Err(fault(folder, said));
    }
    let component = only_component(folder, &output.stdout)?;
    let bytes = fs::read(&component.path)
        .map_err(|source| ToolchainError::Read { path: component.path.clone(), source })?;
    Ok(Built {
        component: bytes,
        cached: component.fresh,
        sources: vec![component.entry],
        warnings: (!said.is_empty()).then_some(Warning::Compiler { said }).into_iter().collect(),
    })
}

/// What a warm build takes at most on a quiet machine, twice: longer, and something is compiled.
const FRESH: Duration = Duration::from_millis(600);

fn run(folder: &Path, compiling: impl FnOnce()) -> Result<Output, ToolchainError> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--quiet", "--target", TARGET]);
    cargo.args(["--message-format", "json-render-diagnostics"]);
    cargo.current_dir(folder).stdin(Stdio::null());
    places::shorten(&mut cargo, folder);
    output_telling(cargo, FRESH, compiling).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => ToolchainError::NoCompiler {
            language: Language::Rust,
            missing: "cargo is not on the PATH".to_owned(),
            remedy: format!("install Rust with rustup (https://rustup.rs), then: rustup target add {TARGET}"),
        },
        _ => ToolchainError::Compiler {
            language: Language::Rust,
            path: folder.to_owned(),
            said: format!("cannot start cargo: {source}"),
        },
    })
}

/// A missing target is the one fault that is not the author's, and rustc's words for it are long.
fn fault(folder: &Path, said: String) -> ToolchainError {
    let without_target = said.contains("E0463") && said.contains(TARGET);
    if without_target || said.contains("target may not be installed") {
        return ToolchainError::NoCompiler {
            language: Language::Rust,
            missing: format!("the compiler has no standard library for {TARGET}"),
            remedy: format!("rustup target add {TARGET}"),
        };
    }
    ToolchainError::Compiler { language: Language::Rust, path: folder.to_owned(), said }
}

/// A component that cargo made.
#[derive(Debug, PartialEq, Eq)]
struct Component {
    path: PathBuf,
    /// The crate's first source.
    entry: PathBuf,
    /// Whether it was there before.
    fresh: bool,
}

/// What of cargo's messages matters here:
/// <https://doc.rust-lang.org/cargo/reference/external-tools.html#json-messages>.
#[derive(Deserialize)]
struct Message {
    reason: String,
    target: Option<Target>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
    #[serde(default)]
    fresh: bool,
}

#[derive(Deserialize)]
struct Target {
    crate_types: Vec<String>,
    src_path: PathBuf,
}

fn only_component(folder: &Path, messages: &[u8]) -> Result<Component, ToolchainError> {
    let mut found = components(messages);
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) => Err(ToolchainError::NoComponent { path: folder.to_owned() }),
        (Some(_), false) => {
            Err(ToolchainError::ManyComponents { path: folder.to_owned(), count: found.len() + 1 })
        }
    }
}

fn components(messages: &[u8]) -> Vec<Component> {
    let messages = serde_json::Deserializer::from_slice(messages).into_iter::<Message>();
    let artifacts = messages.filter_map(Result::ok).filter(|message| message.reason == "compiler-artifact");
    artifacts.filter_map(component).collect()
}

fn component(artifact: Message) -> Option<Component> {
    let target = artifact.target.filter(|target| target.crate_types.iter().any(|kind| kind == "cdylib"))?;
    let path =
        artifact.filenames.into_iter().find(|path| path.extension().is_some_and(|end| end == "wasm"))?;
    Some(Component { path, entry: target.src_path, fresh: artifact.fresh })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGES: &str = concat!(
        r#"{"reason":"compiler-artifact","target":{"kind":["lib"],"crate_types":["lib"],"name":"serde","src_path":"/s/lib.rs"},"filenames":["/t/libserde.rlib"],"fresh":true}"#,
        "\n",
        r#"{"reason":"build-script-executed","package_id":"x"}"#,
        "\n",
        r#"{"reason":"compiler-artifact","target":{"kind":["cdylib"],"crate_types":["cdylib"],"name":"visit","src_path":"/p/src/lib.rs"},"filenames":["/t/visit.wasm"],"fresh":false}"#,
        "\n",
        r#"{"reason":"build-finished","success":true}"#,
        "\n",
    );

    #[test]
    fn the_component_is_the_library_that_is_linked_for_others() {
        let component = only_component(Path::new("visit"), MESSAGES.as_bytes()).unwrap();
        let (path, entry) = (PathBuf::from("/t/visit.wasm"), PathBuf::from("/p/src/lib.rs"));
        assert_eq!(component, Component { path, entry, fresh: false });
    }

    #[test]
    fn none_and_several_are_told_apart() {
        let folder = Path::new("visit");
        assert!(matches!(only_component(folder, b""), Err(ToolchainError::NoComponent { .. })));
        let twice = MESSAGES.repeat(2);
        let error = only_component(folder, twice.as_bytes()).unwrap_err();
        assert!(matches!(error, ToolchainError::ManyComponents { count: 2, .. }));
    }

    #[test]
    fn a_missing_target_is_said_as_such() {
        let said = "error[E0463]: can't find crate for `core`\n  = note: the `wasm32-wasip2` target may not be installed";
        assert!(matches!(fault(Path::new("p"), said.into()), ToolchainError::NoCompiler { .. }));
        let said = "error[E0308]: mismatched types";
        assert!(matches!(fault(Path::new("p"), said.into()), ToolchainError::Compiler { .. }));
    }
}
