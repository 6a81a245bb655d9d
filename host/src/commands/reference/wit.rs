//! The page of the contract: its worlds, its compatibility, and its text.

use outrider_engine::wit::{PACKAGE, SOURCES, TRACKS, VERSION};

/// A world, as its source says it.
#[derive(Debug, Default, PartialEq, Eq)]
struct World<'a> {
    name: &'a str,
    about: String,
    imports: Vec<&'a str>,
    includes: Vec<&'a str>,
    exports: Vec<&'a str>,
}

pub(super) fn page() -> String {
    let head = format!(
        "# The contract\n\nWhat plugins and this program say to each other: the WIT package `{PACKAGE}@{VERSION}`, in the folder \
         `wit/`. The SDKs are made\nof it; a plugin in another language that makes WebAssembly components is made of it \
         directly.\n\n"
    );
    let files = SOURCES.iter().map(|(file, source)| {
        let source = source.trim_end();
        format!("\n## {file}\n\n```wit\n{source}\n```\n")
    });
    [head, worlds(), compatibility(), files.collect()].concat()
}

fn worlds() -> String {
    let worlds: Vec<World<'_>> = SOURCES.iter().flat_map(|(_, source)| worlds_of(source)).collect();
    let imports = |world: &World<'_>| -> Vec<String> {
        let included = worlds.iter().filter(|other| world.includes.contains(&other.name));
        let all = included.flat_map(|other| &other.imports).chain(&world.imports);
        all.map(|name| format!("`{name}`")).collect()
    };
    let rows = worlds.iter().filter(|world| !world.exports.is_empty()).map(|world| {
        let exports: Vec<String> = world.exports.iter().map(|name| format!("`{name}`")).collect();
        let World { name, about, .. } = world;
        format!("| `{name}` | {about} | {} | {} |\n", exports.join(", "), imports(world).join(", "))
    });
    let rows: String = rows.collect();
    format!(
        "## Worlds\n\n| world | what it is | exports | may import |\n|---|---|---|---|\n{rows}\nBeside these a plugin may \
         import a locked WASI 0.2: no files, no sockets, no environment; its output is captured.\n\n"
    )
}

/// The worlds that a file of the package defines, in their order.
fn worlds_of(source: &str) -> Vec<World<'_>> {
    let (mut worlds, mut about, mut inside) = (Vec::new(), Vec::new(), false);
    for line in source.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            about.push(words.trim());
        } else if let Some(name) = line.strip_prefix("world ").and_then(|rest| rest.strip_suffix(" {")) {
            worlds.push(World { name, about: about.join(" "), ..World::default() });
            inside = true;
        } else if let (true, Some(world)) = (inside, worlds.last_mut()) {
            let item = |keyword: &str| line.strip_prefix(keyword).and_then(|rest| rest.strip_suffix(';'));
            world.imports.extend(item("import "));
            world.includes.extend(item("include "));
            world.exports.extend(item("export "));
            inside = line != "}";
        }
        if !line.starts_with("///") {
            about.clear();
        }
    }
    worlds
}

fn compatibility() -> String {
    let rows: String = TRACKS
        .iter()
        .map(|track| {
            let since = track.since;
            format!("| {}.x | {since} and later | runs, from whichever SDK |\n", track.version)
        })
        .collect();
    format!(
        "## Compatibility\n\n| contract | program | a plugin that was built with it |\n|---|---|---|\n{rows}| later | not yet | \
         is refused before anything runs: `'NAME' uses {PACKAGE}/INTERFACE@VERSION, this host speaks {VERSION}` (exit code \
         104) |\n\nWithin a minor version functions, interfaces and worlds are only added. A change to a record, a variant or an \
         enum makes a new minor version; plugins of the old one keep running, and those that earlier releases built are kept \
         as fixtures (`host/tests/frozen`) and run by the tests. A plugin that uses a function which is newer than the program \
         is refused by that function's name. `host inspect` says which version a plugin was built with.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_is_read_from_its_source() {
        let source = "/// Not it.\ninterface a {\n  /// x\n  f: func();\n}\n/// What\n/// it is.\nworld w {\n  include v;\n  import a;\n  export b;\n}\n";
        let world = World {
            name: "w",
            about: "What it is.".into(),
            imports: vec!["a"],
            includes: vec!["v"],
            exports: vec!["b"],
        };
        assert_eq!(worlds_of(source), [world]);
    }

    #[test]
    fn every_world_that_plugins_may_have_is_told() {
        let page = page();
        for world in ["journey", "journey-async", "assertion-pack", "transform", "alert-channel"] {
            assert!(page.contains(&format!("| `{world}` |")), "{world}");
        }
        assert!(page.contains("| 0.1.x |"));
    }
}
