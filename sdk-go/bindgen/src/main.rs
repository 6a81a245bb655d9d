//! Writes the Go SDK's bindings of the contract into a folder: `outrider-go-bindings WIT_FOLDER FOLDER`.
//!
//! `wit-bindgen-go` makes them of each world; the imports that the worlds share are the same code, and each world's
//! exports get a package of their own, so that a component has those of one world alone. What it makes is then
//! [adapted] to the SDK's own runtime.

mod adapted;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use wit_bindgen_core::Files;
use wit_bindgen_core::wit_parser::Resolve;
use wit_bindgen_go::Opts;

/// The worlds, and the package of each one's exports.
const WORLDS: [(&str, &str); 4] = [
    ("journey", "journey_exports"),
    ("assertion-pack", "pack_exports"),
    ("transform", "transform_exports"),
    ("alert-channel", "channel_exports"),
];

/// Where `wit-bindgen-go` puts a world's exports.
const EXPORTS: &str = "wit_exports";

/// What stands in the import paths of the bindings before a package's name.
const PREFIX: &str = "outrider.dev/outrider/internal/bindings";

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [wit, folder] = arguments.as_slice() else {
        anyhow::bail!("usage: outrider-go-bindings WIT_FOLDER FOLDER");
    };
    for (name, code) in bindings(Path::new(wit))? {
        let path = Path::new(folder).join(name);
        fs::create_dir_all(path.parent().context("a binding has a package")?)?;
        fs::write(&path, code).with_context(|| format!("cannot write {}", path.display()))?;
    }
    format(folder)
}

fn format(folder: &str) -> Result<()> {
    let formatted = Command::new("gofmt").args(["-w", folder]).status();
    ensure!(formatted.context("gofmt cannot be called: is Go on the PATH?")?.success(), "gofmt failed");
    Ok(())
}

/// All files by name. A file that two worlds have is the same in both.
fn bindings(wit: &Path) -> Result<BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    for (world, exports) in WORLDS {
        for (name, code) in generated(wit, world)? {
            let name = name.replace(EXPORTS, exports);
            let code =
                adapted::adapted(&code).replace(&format!("package {EXPORTS}"), &format!("package {exports}"));
            for (name, code) in files(&name, &code)? {
                if let Some(other) = all.insert(name.clone(), code.clone()) {
                    ensure!(other == code, "{name} differs between the worlds");
                }
            }
        }
    }
    Ok(all)
}

/// What becomes of one generated file. The assembly that lets imports have no body is not needed: they have files of
/// their own.
fn files(name: &str, code: &str) -> Result<Vec<(String, String)>> {
    let Some(path) = name.strip_suffix(".go") else { return Ok(Vec::new()) };
    let (folder, _) = path.split_once('/').context("a binding has a package")?;
    let (rest, imports) = adapted::split(code);
    let mut files = vec![(name.to_owned(), rest)];
    if !imports.is_empty() {
        files.push((format!("{folder}/imports_wasm.go"), adapted::for_wasm(folder, &imports)));
        files.push((format!("{folder}/imports_other.go"), adapted::for_tests(folder, &imports)));
    }
    Ok(files)
}

/// One world's files as they are made.
fn generated(wit: &Path, world: &str) -> Result<Vec<(String, String)>> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(wit)?;
    let world = resolve.select_world(&[package], Some(world))?;
    let mut files = Files::default();
    let options = Opts { pkg_name: Some(PREFIX.to_owned()), ..Opts::default() };
    options.build().generate(&mut resolve, world, &mut files)?;
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).context("bindings are text");
    files.iter().map(|(name, code)| Ok((name.to_owned(), text(code)?))).collect()
}
