//! Writes the Rust SDK's bindings of the contract into a folder: `outrider-rust-bindings WIT_FOLDER FOLDER`.
//!
//! `wit-bindgen-rust` makes them of each world, as its macro would: but then every new project would compile the macro
//! first, which took longer than all the rest of its first build.

use std::env;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use wit_bindgen_core::wit_parser::{Resolve, WorldId, WorldItem};
use wit_bindgen_core::{Files, WorldGenerator};
use wit_bindgen_rust::{Opts, WithOption};

/// The worlds. The bindings of the first have every import of any world, which the others share.
const WORLDS: [&str; 4] = ["journey", "assertion-pack", "transform", "alert-channel"];

/// Where the SDK keeps what is made of it.
const BINDINGS: &str = "crate::bindings";

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [wit, folder] = arguments.as_slice() else {
        anyhow::bail!("usage: outrider-rust-bindings WIT_FOLDER FOLDER");
    };
    for world in WORLDS {
        let path = Path::new(folder).join(format!("{}.rs", in_snake_case(world)));
        fs::write(&path, bindings(Path::new(wit), world)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// A world's module.
fn bindings(wit: &Path, world: &str) -> Result<String> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(wit)?;
    let id = resolve.select_world(&[package], Some(world))?;
    let module = in_snake_case(world);
    let options = Opts {
        format: true,
        pub_export_macro: true,
        export_macro_name: Some(format!("export_{module}")),
        default_bindings_module: Some(format!("outrider_sdk::__private::{module}")),
        with: if world == WORLDS[0] { Vec::new() } else { shared(&resolve, id)? },
        ..Opts::default()
    };
    let mut files = Files::default();
    options.build().generate(&mut resolve, id, &mut files)?;
    let mut made = files.iter();
    let (_, code) = made.next().context("a world has a module")?;
    ensure!(made.next().is_none(), "a world has one module");
    String::from_utf8(code.to_vec()).context("bindings are text")
}

/// The imports of a world as those of the first.
fn shared(resolve: &Resolve, world: WorldId) -> Result<Vec<(String, WithOption)>> {
    let imports = resolve.worlds[world].imports.values().filter_map(|item| match item {
        WorldItem::Interface { id, .. } => Some(*id),
        WorldItem::Function(_) | WorldItem::Type { .. } => None,
    });
    let shared = imports.map(|id| {
        let name = resolve.interfaces[id].name.as_deref().context("an import of a world has a name")?;
        let module =
            format!("{BINDINGS}::{}::outrider::plugin::{}", in_snake_case(WORLDS[0]), in_snake_case(name));
        let id = resolve.id_of(id).context("an import of a world is in a package")?;
        Ok((id, WithOption::Path(module)))
    });
    shared.collect()
}

fn in_snake_case(name: &str) -> String {
    name.replace('-', "_")
}
