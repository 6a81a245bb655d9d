//! What a component says of itself before it is compiled: its kind, world and imports.
//!
//! Everything here reads names from the file with `wasmparser`; nothing is run, so a wrong file is
//! refused in milliseconds with a sentence that says why.

use std::sync::Arc;

use outrider_wit::{MAKES_REQUESTS_SECTION, PACKAGE, SOURCE_ROOT_SECTION, VERSION};
use wasmparser::{Encoding, Parser, Payload};

use crate::EngineError;

/// The worlds of `outrider:plugin` that this host runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum World {
    /// A journey of plain functions.
    Journey,
    /// A journey of `async` functions.
    JourneyAsync,
    /// An assertion pack.
    AssertionPack,
    /// A transform.
    Transform,
    /// An alert channel.
    AlertChannel,
}

impl World {
    /// The world's name in the WIT package.
    pub fn name(self) -> &'static str {
        match self {
            World::Journey => "journey",
            World::JourneyAsync => "journey-async",
            World::AssertionPack => "assertion-pack",
            World::Transform => "transform",
            World::AlertChannel => "alert-channel",
        }
    }

    /// What a plugin of this world is, with its article.
    pub fn noun(self) -> &'static str {
        match self {
            World::Journey | World::JourneyAsync => "a journey",
            World::AssertionPack => "an assertion pack",
            World::Transform => "a transform",
            World::AlertChannel => "an alert channel",
        }
    }

    fn of_export(interface: &str) -> Option<World> {
        match interface {
            "user-journey" => Some(World::Journey),
            "user-journey-async" => Some(World::JourneyAsync),
            "assertions" => Some(World::AssertionPack),
            "transforms" => Some(World::Transform),
            "alerts" => Some(World::AlertChannel),
            _ => None,
        }
    }
}

/// The interfaces of the package that plugins import.
const INTERFACES: [&str; 9] =
    ["types", "journey-types", "responses", "http", "measure", "random", "clock", "data", "vars"];

/// WASI packages that are linked, locked: guest toolchains import them by themselves.
const WASI_PACKAGES: [&str; 6] =
    ["wasi:cli", "wasi:io", "wasi:clocks", "wasi:random", "wasi:filesystem", "wasi:sockets"];

/// A component's outside, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Its world.
    pub world: World,
    /// What it imports, as it names it, in the order of the file.
    pub imports: Vec<String>,
    /// What it exports.
    pub exports: Vec<String>,
    /// Whether it can make requests: by its section [`MAKES_REQUESTS_SECTION`], or else because it imports `http`.
    pub makes_requests: bool,
    /// Whether its toolchain imports all of the contract, used or not.
    pub imports_all: bool,
    /// What stands for the plugin's folder in the names of files that its language prints: its section
    /// [`SOURCE_ROOT_SECTION`].
    pub source_root: Option<Arc<str>>,
}

impl Inspection {
    /// The version of the WIT package that it was built with.
    pub fn wit_version(&self) -> &str {
        let ours = self.exports.iter().find_map(|export| ours(export));
        ours.map_or("", |(_, version)| version)
    }
}

/// What stands in a component's outside.
#[derive(Debug, Default)]
struct Outside {
    imports: Vec<String>,
    exports: Vec<String>,
    /// What its section says, if it has one that can be understood.
    makes_requests: Option<bool>,
    source_root: Option<Arc<str>>,
}

/// Reads a component's outside and refuses what cannot run here.
pub fn inspect(name: &str, bytes: &[u8]) -> Result<Inspection, EngineError> {
    if Parser::is_core_wasm(bytes) {
        return Err(EngineError::CoreModule { name: name.into() });
    }
    if !Parser::is_component(bytes) {
        return Err(EngineError::NotWasm { name: name.into(), found: first_bytes(bytes) });
    }
    let Outside { imports, exports, makes_requests, source_root } = outside(bytes)
        .map_err(|source| EngineError::Invalid { name: name.into(), source: Box::new(source) })?;
    let world = world(name, &exports)?;
    check_imports(name, &imports)?;
    let imports_http = || imports.iter().any(|import| ours(import).is_some_and(|(name, _)| name == "http"));
    let imports_all = makes_requests.is_some();
    let makes_requests = makes_requests.unwrap_or_else(imports_http);
    Ok(Inspection { world, imports, exports, makes_requests, imports_all, source_root })
}

fn first_bytes(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(16)];
    match (head.is_empty(), std::str::from_utf8(head)) {
        (true, _) => "nothing (the file is empty)".into(),
        (_, Ok(text)) if !text.contains(char::is_control) || text.contains('\n') => {
            format!("the text {:?}", text.lines().next().unwrap_or_default())
        }
        _ => format!("the bytes {head:02x?}"),
    }
}

fn outside(bytes: &[u8]) -> wasmparser::Result<Outside> {
    let mut outside = Outside::default();
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::Version { encoding: Encoding::Component | Encoding::Module, .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 1 => {
                for import in section {
                    outside.imports.push(import?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 1 => {
                for export in section {
                    outside.exports.push(export?.name.name.to_owned());
                }
            }
            Payload::CustomSection(section) if depth == 1 && section.name() == MAKES_REQUESTS_SECTION => {
                outside.makes_requests = yes_or_no(section.data());
            }
            Payload::CustomSection(section) if depth == 1 && section.name() == SOURCE_ROOT_SECTION => {
                outside.source_root = std::str::from_utf8(section.data()).ok().map(Arc::from);
            }
            _ => {}
        }
    }
    Ok(outside)
}

/// What a byte says; nothing where it is not one of the two.
fn yes_or_no(data: &[u8]) -> Option<bool> {
    match data {
        [0] => Some(false),
        [1] => Some(true),
        _ => None,
    }
}

fn world(name: &str, exports: &[String]) -> Result<World, EngineError> {
    for export in exports {
        let Some((interface, version)) = ours(export) else { continue };
        if let Some(world) = World::of_export(interface) {
            check_version(name, export, version)?;
            return Ok(world);
        }
    }
    Err(EngineError::NoWorld { name: name.into(), exports: exports.to_vec() })
}

fn check_imports(name: &str, imports: &[String]) -> Result<(), EngineError> {
    let mut refused = Vec::new();
    for import in imports {
        match ours(import) {
            Some((interface, version)) => {
                check_version(name, import, version)?;
                if !INTERFACES.contains(&interface) {
                    refused.push(import.clone());
                }
            }
            None if WASI_PACKAGES
                .iter()
                .any(|p| import.strip_prefix(p).is_some_and(|r| r.starts_with('/'))) => {}
            None => refused.push(import.clone()),
        }
    }
    if refused.is_empty() {
        return Ok(());
    }
    Err(EngineError::NotGranted { name: name.into(), imports: refused })
}

/// `outrider:plugin/http@0.1.0` → `("http", "0.1.0")`; nothing for what is not ours.
fn ours(name: &str) -> Option<(&str, &str)> {
    let interface = name.strip_prefix(PACKAGE)?.strip_prefix('/')?;
    Some(interface.split_once('@').unwrap_or((interface, "")))
}

/// Versions of one track (`0.1`) run here, older and newer patches alike: only functions are added
/// within it, and the linker names one that is missing.
fn check_version(name: &str, interface: &str, version: &str) -> Result<(), EngineError> {
    let track = |text: &str| -> Option<(u64, u64)> {
        let mut parts = text.split('.').map(|part| part.parse().ok());
        Some((parts.next()??, parts.next()??))
    };
    let host = track(VERSION);
    let guest = track(version);
    if guest == host {
        return Ok(());
    }
    Err(EngineError::OtherVersion {
        name: name.into(),
        interface: interface.into(),
        host: VERSION,
        newer: guest > host,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn text_and_modules_are_refused_by_name() {
        assert!(matches!(inspect("a", b""), Err(EngineError::NotWasm { .. })));
        let Err(EngineError::NotWasm { found, .. }) = inspect("a", b"hello\nworld") else { panic!() };
        assert_eq!(found, "the text \"hello\"");
        assert!(matches!(inspect("a", b"\0asm\x01\0\0\0"), Err(EngineError::CoreModule { .. })));
    }

    #[test]
    fn the_world_follows_from_the_export() {
        let exports = names(&["other:thing/x@1.0.0", "outrider:plugin/user-journey@0.1.3"]);
        assert_eq!(world("a", &exports).unwrap(), World::Journey);
        assert!(matches!(world("a", &names(&["run"])), Err(EngineError::NoWorld { .. })));
    }

    #[test]
    fn a_section_says_whether_requests_are_made_and_only_at_the_top() {
        let section = |data: &[u8]| {
            let name = MAKES_REQUESTS_SECTION.as_bytes();
            let length = u8::try_from(1 + name.len() + data.len()).unwrap();
            [&[0, length, name.len() as u8], name, data].concat()
        };
        let component = |inside: &[u8]| [b"\0asm\x0d\0\x01\0", inside].concat();
        let said = |inside: &[u8]| outside(&component(inside)).unwrap().makes_requests;
        assert_eq!([&[0][..], &[1]].map(|data| said(&section(data))), [Some(false), Some(true)]);
        assert_eq!([&[][..], &[2], &[1, 1]].map(|data| said(&section(data))), [None; 3]);
        let inner = component(&section(&[0]));
        let nested = [&[4, u8::try_from(inner.len()).unwrap()], &*inner].concat();
        assert_eq!(said(&nested), None, "what is inside speaks for itself alone");
    }

    #[test]
    fn another_minor_version_is_refused_with_its_direction() {
        let newer = check_imports("a", &names(&["outrider:plugin/http@0.2.0"]));
        assert!(matches!(newer, Err(EngineError::OtherVersion { newer: true, .. })));
        let older = check_imports("a", &names(&["outrider:plugin/http@0.0.9"]));
        assert!(matches!(older, Err(EngineError::OtherVersion { newer: false, .. })));
    }

    #[test]
    fn imports_that_are_not_offered_are_all_named() {
        let imports =
            names(&["wasi:io/streams@0.2.6", "wasi:http/types@0.2.6", "outrider:plugin/browser@0.1.0"]);
        let Err(EngineError::NotGranted { imports, .. }) = check_imports("a", &imports) else { panic!() };
        assert_eq!(imports, ["wasi:http/types@0.2.6", "outrider:plugin/browser@0.1.0"]);
    }
}
