//! From Go's core module to a component.

use std::error::Error;
use std::path::Path;

use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wasmparser::{Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

use crate::{ToolchainError, contract};

/// What puts the component together. Part of the cache's key; a test compares it with Cargo.lock.
pub(super) const MADE_BY: [&str; 2] =
    ["wit-component 0.258.3", "wasi-preview1-component-adapter-provider 47.0.4"];

/// A world that a Go module may belong to.
struct World {
    name: &'static str,
    /// How the names of its exports begin.
    exports: &'static str,
    /// What a plugin of it is, and several.
    is: [&'static str; 2],
    /// The package of the SDK that makes a module one.
    package: &'static str,
    /// What the SDK offers that it does not have, and how an author knows that.
    without: &'static [(&'static str, &'static str)],
}

const REQUESTS: (&str, &str) = ("outrider:plugin/http@", "requests");
const ANSWERS: (&str, &str) = ("outrider:plugin/responses@", "answers");
const DATA: (&str, &str) = ("outrider:plugin/data@", "test data");
const RANDOM: (&str, &str) = ("outrider:plugin/random@", "random numbers");
const CLOCK: (&str, &str) = ("outrider:plugin/clock@", "clock");

const WORLDS: [World; 4] = [
    World {
        name: "journey",
        exports: "outrider:plugin/user-journey@",
        is: ["a journey", "journeys"],
        package: "outrider",
        without: &[],
    },
    World {
        name: "assertion-pack",
        exports: "outrider:plugin/assertions@",
        is: ["an assertion pack", "packs"],
        package: "assertions",
        without: &[REQUESTS, DATA, RANDOM],
    },
    World {
        name: "transform",
        exports: "outrider:plugin/transforms@",
        is: ["a transform", "transforms"],
        package: "transforms",
        without: &[REQUESTS, ANSWERS, DATA, RANDOM, CLOCK],
    },
    World {
        name: "alert-channel",
        exports: "outrider:plugin/alerts@",
        is: ["an alert channel", "channels"],
        package: "alerts",
        without: &[DATA, RANDOM],
    },
];

/// The names of a core module's exports, and of the modules that it imports from.
#[derive(Debug, Default)]
struct Names {
    exports: Vec<String>,
    imports: Vec<String>,
}

/// Makes the component of the world that the module's exports say.
pub(super) fn component(module: Vec<u8>, shown: &Path) -> Result<Vec<u8>, ToolchainError> {
    let names = names(&module).map_err(|error| ToolchainError::Link(error.into()))?;
    let world = world(&names, shown)?;
    encoded(module, world.name).map_err(ToolchainError::Link)
}

fn world(names: &Names, shown: &Path) -> Result<&'static World, ToolchainError> {
    let path = || shown.to_owned();
    let exported = |world: &&World| names.exports.iter().any(|name| name.starts_with(world.exports));
    let found: Vec<&World> = WORLDS.iter().filter(exported).collect();
    let [world] = found.as_slice() else {
        let is = found.iter().map(|world| world.is[0]).collect();
        let packages = found.iter().map(|world| world.package).collect();
        return Err(match found.is_empty() {
            true => ToolchainError::GoNothing { path: path() },
            false => ToolchainError::GoSeveral { path: path(), is, packages },
        });
    };
    let imported = |begin: &str| names.imports.iter().any(|name| name.starts_with(begin));
    let forbidden = world.without.iter().filter(|(begin, _)| imported(begin)).map(|(_, words)| *words);
    match forbidden.collect::<Vec<_>>() {
        words if words.is_empty() => Ok(world),
        words => Err(ToolchainError::GoNotIn { path: path(), is: world.is, words }),
    }
}

fn names(module: &[u8]) -> Result<Names, wasmparser::BinaryReaderError> {
    let mut names = Names::default();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    names.imports.push(import?.module.to_owned());
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    names.exports.push(export?.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(names)
}

fn encoded(mut module: Vec<u8>, world: &str) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    let (resolve, world) = contract::world(world)?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    let mut encoder = ComponentEncoder::default();
    encoder.module(&module)?;
    encoder.adapter(WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER)?;
    Ok(encoder.encode()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(exports: &[&str], imports: &[&str]) -> Names {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Names { exports: owned(exports), imports: owned(imports) }
    }

    const JOURNEY: &str = "outrider:plugin/user-journey@0.1.0#describe";
    const PACK: &str = "outrider:plugin/assertions@0.1.0#describe";
    const TRANSFORM: &str = "outrider:plugin/transforms@0.1.0#describe";
    const CHANNEL: &str = "outrider:plugin/alerts@0.1.0#describe";

    #[test]
    fn exports_say_the_world() {
        let name = |exports: &[&str]| world(&names(exports, &[]), Path::new("shop")).map(|world| world.name);
        assert_eq!(name(&["cabi_realloc", JOURNEY]).unwrap(), "journey");
        assert_eq!(name(&[PACK]).unwrap(), "assertion-pack");
        assert_eq!(name(&[TRANSFORM]).unwrap(), "transform");
        assert_eq!(name(&[CHANNEL]).unwrap(), "alert-channel");
        assert!(matches!(name(&["cabi_realloc"]), Err(ToolchainError::GoNothing { .. })));
        assert_eq!(
            name(&[JOURNEY, PACK]).unwrap_err().to_string(),
            "shop is a journey and an assertion pack at once: it imports package outrider and package assertions"
        );
    }

    #[test]
    fn what_a_world_does_not_have_is_said_at_once() {
        let imports =
            ["outrider:plugin/http@0.1.0", "outrider:plugin/random@0.1.0", "outrider:plugin/vars@0.1.0"];
        let Err(error) = world(&names(&[PACK], &imports), Path::new("pack")) else { panic!("it is taken") };
        assert_eq!(
            error.to_string(),
            "pack is an assertion pack, and packs have neither requests nor random numbers"
        );
        assert!(world(&names(&[JOURNEY], &imports), Path::new("journey")).is_ok());

        let clock = ["outrider:plugin/clock@0.1.0"];
        let Err(error) = world(&names(&[TRANSFORM], &clock), Path::new("log")) else { panic!("it is taken") };
        assert_eq!(error.to_string(), "log is a transform, and transforms have no clock");
        assert!(world(&names(&[CHANNEL], &imports[..1]), Path::new("chat")).is_ok());
    }

    #[test]
    fn the_cache_key_names_what_is_linked() {
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../Cargo.lock");
        let lock = std::fs::read_to_string(lock).unwrap();
        for made_by in MADE_BY {
            let (name, version) = made_by.split_once(' ').unwrap();
            let expected = format!("name = \"{name}\"\nversion = \"{version}\"");
            assert!(lock.contains(&expected), "Cargo.lock has another version than {made_by}");
        }
    }
}
