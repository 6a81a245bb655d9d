//! Collects the SDKs' files, so that the program carries them: `OUT_DIR/sdk_files.rs` with one list of (path, content)
//! for each SDK.

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The keys of the SDK's manifest that may say "as in the workspace".
const INHERITING: [&str; 2] = ["package", "dependencies"];

fn main() -> Outcome<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").canonicalize()?;
    let out = out_folder()?;

    let manifest = out.join("sdk-rust.toml");
    write(&manifest, &stand_alone(&root.join("sdk-rust/Cargo.toml"), &root.join("plugins/Cargo.toml"))?)?;

    let go = files(&root.join("sdk-go"), "")?
        .into_iter()
        .filter(|(inside, _)| is_of_go(inside))
        .collect::<Vec<_>>();
    let mut javascript = files(&root.join("sdk-js"), "src")?;
    javascript.insert(0, ("package.json".to_owned(), root.join("sdk-js/package.json")));
    let mut rust = files(&root.join("sdk-rust"), "src")?;
    rust.push(("README.md".to_owned(), root.join("sdk-rust/README.md")));
    rust.push(("Cargo.toml".to_owned(), manifest));

    let mut code = String::new();
    list(&mut code, "GO", "The module `outrider.dev/outrider`.", &go)?;
    list(&mut code, "JAVASCRIPT", "What `@outrider/sdk` is when it runs.", &javascript)?;
    list(&mut code, "RUST", "The crate `outrider-sdk`, its manifest without a workspace.", &rust)?;
    write(&out.join("sdk_files.rs"), &code)
}

/// A new file in the place of an old one, which another target folder may share by a hard link.
fn write(path: &Path, content: &str) -> Outcome<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(fs::write(path, content)?),
    }
}

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script only so")]
fn out_folder() -> Outcome<PathBuf> {
    Ok(PathBuf::from(std::env::var("OUT_DIR")?))
}

/// What Go needs of its module: the tests and the generator of the bindings stay out.
fn is_of_go(inside: &str) -> bool {
    let is_source = inside.ends_with(".go") && !inside.ends_with("_test.go") || inside.ends_with(".s");
    inside == "go.mod" || is_source && !inside.starts_with("bindgen/")
}

/// All files of a folder of an SDK, by their paths in the SDK, in order; of the SDK itself if the folder has no name.
fn files(sdk: &Path, folder: &str) -> Outcome<Vec<(String, PathBuf)>> {
    // A file that is new or gone changes the list, not only a content.
    println!("cargo::rerun-if-changed={}", sdk.join(folder).display());
    let mut found = Vec::new();
    for entry in fs::read_dir(sdk.join(folder))? {
        let name = entry?.file_name().into_string().map_err(|name| format!("{name:?} is not UTF-8"))?;
        let inside = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        let path = sdk.join(&inside);
        match path.is_dir() {
            true => found.extend(files(sdk, &inside)?),
            false => found.push((inside, path)),
        }
    }
    found.sort();
    Ok(found)
}

fn list(code: &mut String, name: &str, about: &str, files: &[(String, PathBuf)]) -> Outcome<()> {
    writeln!(code, "/// {about}\npub(crate) const {name}: &[(&str, &str)] = &[")?;
    for (inside, path) in files {
        writeln!(code, "    ({inside:?}, include_str!({path:?})),")?;
    }
    writeln!(code, "];")?;
    Ok(())
}

/// The manifest with everything written out that it takes from its workspace, for a copy that has none.
fn stand_alone(manifest: &Path, workspace: &Path) -> Outcome<String> {
    println!("cargo::rerun-if-changed={}", manifest.display());
    println!("cargo::rerun-if-changed={}", workspace.display());
    let mut manifest: Table = fs::read_to_string(manifest)?.parse()?;
    let workspace: Table = fs::read_to_string(workspace)?.parse()?;
    manifest.remove("lints");
    let package = manifest.get_mut("package").and_then(Value::as_table_mut).ok_or("no [package]")?;
    package.remove("workspace");
    for section in INHERITING {
        let from = workspace["workspace"].get(section).ok_or_else(|| format!("no [workspace.{section}]"))?;
        let entries = manifest.get_mut(section).and_then(Value::as_table_mut);
        for (key, value) in entries.ok_or_else(|| format!("no [{section}]"))? {
            if value.get("workspace").is_some() {
                *value = from.get(key).ok_or_else(|| format!("[workspace.{section}] has no {key}"))?.clone();
            }
        }
    }
    Ok(toml::to_string(&manifest)?)
}
