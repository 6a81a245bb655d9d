//! Places in a component are relative to the plugin's folder, and say nothing of the machine that built it.
//!
//! rustc puts absolute paths into panics and line tables. `--remap-path-prefix` shortens them: to `src/lib.rs:12:5` for the
//! crate's own sources, to `/cargo/registry/…` for those of packages. So the same sources make the same component wherever
//! they lie.
//!
//! The flags go to cargo beside those that the user has set, and never in place of them. Cargo takes one of these, the
//! first that there is: the variable `CARGO_ENCODED_RUSTFLAGS`, the variable `RUSTFLAGS`, `target.….rustflags`,
//! `build.rustflags` (<https://doc.rust-lang.org/cargo/reference/config.html#buildrustflags>). Lists of several configurations
//! are joined, texts are not: beside a text the flags are left out, and places are absolute.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use toml::{Table, Value};

use super::TARGET;

/// What cargo puts between the flags of `CARGO_ENCODED_RUSTFLAGS`.
const SEPARATOR: &str = "\u{1f}";

/// Has cargo shorten the paths of what it builds in a folder.
pub(super) fn shorten(cargo: &mut Command, folder: &Path) {
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let flags = flags(&folder);
    match from_environment() {
        Some(users) => {
            cargo.env("CARGO_ENCODED_RUSTFLAGS", [users, flags].concat().join(SEPARATOR));
        }
        None => match key(&configurations(&folder)) {
            Some(key) => {
                cargo.arg("--config").arg(format!("{key}={}", Value::from(flags)));
            }
            None => tracing::debug!("places are absolute: rustflags is a text, which cannot be added to"),
        },
    }
}

/// The last one that fits a path counts.
fn flags(folder: &Path) -> Vec<String> {
    let mut remapped = Vec::new();
    if let Some(root) = workspace_of(folder)
        && let Ok(inside) = folder.strip_prefix(root)
    {
        // Cargo calls the compiler in the workspace's folder, with paths from there.
        let up: PathBuf = inside.components().map(|_| "..").collect();
        remapped.push((root.to_owned(), up));
        remapped.push((inside.to_owned(), PathBuf::new()));
    }
    remapped.push((folder.to_owned(), PathBuf::new()));
    remapped.extend(rustup_home().map(|home| (home, PathBuf::from("/rustup"))));
    remapped.extend(cargo_home().map(|home| (home, PathBuf::from("/cargo"))));
    let flag = |(from, to): (PathBuf, PathBuf)| {
        // What is no text is no path that a flag in a configuration could name.
        Some(format!("--remap-path-prefix={}={}", from.to_str()?, to.to_str()?))
    };
    remapped.into_iter().filter_map(flag).collect()
}

/// The folder of the workspace that a crate is a member of, if it has none of its own.
fn workspace_of(folder: &Path) -> Option<&Path> {
    let is_root = |folder: &&Path| {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        manifest.lines().any(|line| line.trim_start().starts_with("[workspace"))
    };
    folder.ancestors().find(is_root).filter(|root| *root != folder)
}

/// The flags that the user has set by a variable.
#[expect(clippy::disallowed_methods, reason = "cargo's own variables, which it inherits")]
fn from_environment() -> Option<Vec<String>> {
    let split = |flags: String, by: &str| {
        flags.split(by).map(str::trim).filter(|flag| !flag.is_empty()).map(str::to_owned).collect()
    };
    let encoded = env::var("CARGO_ENCODED_RUSTFLAGS").ok().map(|flags| split(flags, SEPARATOR));
    encoded.or_else(|| env::var("RUSTFLAGS").ok().map(|flags| split(flags, " ")))
}

#[expect(clippy::disallowed_methods, reason = "cargo's own variables, which it inherits")]
fn cargo_home() -> Option<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    home.or_else(|| dirs::home_dir().map(|home| home.join(".cargo")))
}

#[expect(clippy::disallowed_methods, reason = "rustup's own variables, which cargo inherits")]
fn rustup_home() -> Option<PathBuf> {
    let home = env::var_os("RUSTUP_HOME").map(PathBuf::from);
    home.or_else(|| dirs::home_dir().map(|home| home.join(".rustup")))
}

/// All that cargo reads for a folder. What cannot be read is cargo's to complain of.
fn configurations(folder: &Path) -> Vec<Table> {
    let inherited = folder.ancestors().map(|folder| folder.join(".cargo"));
    let folders = inherited.chain(cargo_home());
    let files = folders.flat_map(|folder| [folder.join("config.toml"), folder.join("config")]);
    files.filter_map(|file| fs::read_to_string(file).ok()?.parse().ok()).collect()
}

/// How a setting is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    Not,
    List,
    Text,
}

/// The setting to which the flags can be added so that all others count on; none if there is none.
fn key(configurations: &[Table]) -> Option<String> {
    let section = |name: &'static str| configurations.iter().filter_map(move |all| all.get(name)?.as_table());
    let build = written(section("build").filter_map(|build| build.get("rustflags")));
    let targets = || section("target").flatten();
    let flags_of = |wanted: fn(&str) -> bool| {
        let chosen = targets().filter(move |(name, _)| wanted(name));
        written(chosen.filter_map(|(_, target)| target.get("rustflags")))
    };
    let (own, by_condition) = (flags_of(|name| name == TARGET), flags_of(|name| name.starts_with("cfg(")));
    match (own, by_condition, build) {
        (Written::Text, ..) => None,
        (Written::List, ..) => Some(format!("target.{TARGET}.rustflags")),
        // Whether the condition holds is cargo's to know: this one counts if it does, and alone if it does not.
        (Written::Not, Written::List | Written::Text, Written::Not) => {
            Some(format!("target.{TARGET}.rustflags"))
        }
        (Written::Not, _, Written::Text) => None,
        (Written::Not, ..) => Some("build.rustflags".to_owned()),
    }
}

fn written<'a>(values: impl Iterator<Item = &'a Value>) -> Written {
    values.fold(Written::Not, |before, value| match (before, value.is_str()) {
        (_, true) | (Written::Text, _) => Written::Text,
        (_, false) => Written::List,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_added_to_those_that_count() {
        let key = |texts: &[&str]| {
            let all: Vec<Table> = texts.iter().map(|text| text.parse().unwrap()).collect();
            key(&all)
        };
        let (build, target) = (Some("build.rustflags"), Some("target.wasm32-wasip2.rustflags"));
        let list = |section: &str| format!("[{section}]\nrustflags = [\"-Copt-level=3\"]\n");
        let text = |section: &str| format!("[{section}]\nrustflags = \"-Copt-level=3\"\n");
        let (own, other) = ("target.wasm32-wasip2", "target.x86_64-unknown-linux-gnu");
        let condition = "target.'cfg(target_family = \"wasm\")'";
        for (configurations, expected) in [
            (vec![], build),
            (vec!["[build]\njobs = 2\n".to_owned()], build),
            (vec![list("build")], build),
            (vec![list("build"), list(other)], build),
            (vec![list("build"), list(own)], target),
            (vec![list(condition)], target),
            (vec![list(condition), list("build")], build),
            (vec![text("build")], None),
            (vec![text(own), list("build")], None),
            (vec![text("build"), list(own)], target),
        ] {
            let texts: Vec<&str> = configurations.iter().map(String::as_str).collect();
            assert_eq!(key(&texts).as_deref(), expected, "{texts:?}");
        }
    }

    #[test]
    fn a_member_of_a_workspace_is_named_from_its_own_folder() {
        let shop = tempfile::tempdir().unwrap();
        let folder = fs::canonicalize(shop.path()).unwrap();
        let member = folder.join("journeys/visit");
        fs::create_dir_all(&member).unwrap();
        fs::write(folder.join("Cargo.toml"), "[workspace]\nmembers = [\"journeys/visit\"]\n").unwrap();
        fs::write(member.join("Cargo.toml"), "[package]\nname = \"visit\"\n").unwrap();
        let (root, inside) = (folder.display(), member.display());
        let said = flags(&member);
        let expected = [format!("{root}=../.."), "journeys/visit=".to_owned(), format!("{inside}=")];
        assert_eq!(said[..3], expected.map(|pair| format!("--remap-path-prefix={pair}")));
        fs::write(member.join("Cargo.toml"), "[package]\nname = \"visit\"\n\n[workspace]\n").unwrap();
        assert_eq!(flags(&member)[0], format!("--remap-path-prefix={inside}="));
    }
}
