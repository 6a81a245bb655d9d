//! The modules that QuickJS is given, by their paths there:
//!
//! ```text
//! /__outrider_entry.js                    generated: binds the author's exports to the world
//! /<name>                                 the author's modules
//! /node_modules/@outrider/sdk/…           the SDK; what its world has not of the host, `src/absent/` stands in for
//! ```

use std::collections::BTreeMap;

use outrider_wit::{PACKAGE, VERSION};
use serde::Serialize;

use crate::graph::{Graph, Module};
use crate::source::{Call, ColumnShift};
use crate::{World, sdk};

/// The path of the generated module.
pub(crate) const ENTRY: &str = "/__outrider_entry.js";

/// What the SDK's `bind` is told.
#[derive(Serialize)]
struct BindOptions<'a> {
    name: &'a str,
    world: &'static str,
    watch: bool,
    edits: BTreeMap<&'a str, &'a [ColumnShift]>,
    /// [`Calls`] by module, as JSON text: it is read only when something goes wrong.
    calls: String,
}

/// What a module calls where, and by which names it calls the SDK.
#[derive(Serialize)]
struct Calls<'a> {
    sdk: &'a BTreeMap<String, String>,
    calls: &'a [Call],
}

/// The generated module: deterministic, so it can stand for the build in a digest.
pub(crate) fn entry_code(name: &str, graph: &Graph, world: World) -> String {
    let shifted = graph.modules.iter().filter(|module| !module.shifts.is_empty());
    let options = BindOptions {
        name,
        world: world.name(),
        watch: graph.has_async,
        edits: shifted.map(|module| (module.name.as_str(), module.shifts.as_slice())).collect(),
        calls: json(&calls(graph)),
    };
    let options = json(&options);
    let first = json(&format!("./{}", graph.modules[0].name));
    format!(
        "import {{ bind }} from \"{}/runtime\";\nexport const {} = await bind({options}, () => import({first}));\n",
        sdk::NAME,
        world.export()
    )
}

fn calls(graph: &Graph) -> BTreeMap<&str, Calls<'_>> {
    let calling = graph.modules.iter().filter(|module| !module.calls.is_empty());
    calling
        .map(|module| (module.name.as_str(), Calls { sdk: &module.sdk_names, calls: &module.calls }))
        .collect()
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("strings and numbers are JSON")
}

/// Everything that is evaluated.
#[derive(Debug)]
pub(crate) struct Modules(BTreeMap<String, String>);

impl Modules {
    pub(crate) fn new(of_author: &[Module], entry_code: String, world: World) -> Modules {
        let of_author = of_author.iter().map(|module| (format!("/{}", module.name), module.code.clone()));
        let of_sdk = sdk::FILES.iter().map(|(name, code)| (sdk_path(name), without(world, name, code)));
        Modules(of_author.chain(of_sdk).chain([(ENTRY.to_owned(), entry_code)]).collect())
    }

    /// The code of a module.
    pub(crate) fn code(&self, path: &str) -> Result<&str, String> {
        self.0.get(path).map(String::as_str).ok_or_else(|| format!("there is no module {path}"))
    }

    /// The path of the module that another one means by a specifier: a path from its own folder with the file's
    /// whole name, as the graph writes them, or a module of the SDK.
    pub(crate) fn resolve(&self, from: &str, specifier: &str) -> Result<String, String> {
        let path = match specifier.strip_prefix(sdk::NAME) {
            Some("") => sdk_path("src/index.js"),
            Some(module) => sdk_path(&format!("src{module}.js")),
            None => joined(from, specifier),
        };
        self.code(&path).map(|_| path)
    }
}

fn sdk_path(name: &str) -> String {
    format!("/node_modules/{}/{name}", sdk::NAME)
}

/// A path as seen from the folder that a module lies in.
fn joined(from: &str, specifier: &str) -> String {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').skip(1).collect();
    for part in specifier.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    format!("/{}", parts.join("/"))
}

/// A file of the SDK in which what the world has not of the host is the module that stands in for it.
fn without(world: World, name: &str, content: &str) -> String {
    let folder = name.strip_prefix("src/").map_or(0, |inside| inside.matches('/').count());
    let root = if folder == 0 { "./".to_owned() } else { "../".repeat(folder) };
    world.without().iter().fold(content.to_owned(), |content, interface| {
        let of_host = format!("\"{PACKAGE}/{interface}@{VERSION}\"");
        content.replace(&of_host, &format!("\"{root}absent/{interface}.js\""))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_world_has_not_is_taken_from_its_stand_in() {
        let code = "import { send } from \"outrider:plugin/http@0.1.0\";\nimport * as v from \"outrider:plugin/vars@0.1.0\";\n";
        let kept = "\nimport * as v from \"outrider:plugin/vars@0.1.0\";\n";
        let of = |name: &str| without(World::AssertionPack, name, code);
        assert_eq!(of("src/send.js"), format!("import {{ send }} from \"./absent/http.js\";{kept}"));
        assert_eq!(of("src/http/send.js"), format!("import {{ send }} from \"../absent/http.js\";{kept}"));
        assert_eq!(without(World::Journey, "src/send.js", code), code);
    }

    #[test]
    fn modules_are_found_from_one_another() {
        let modules = Modules::new(&[], String::new(), World::Journey);
        let sdk = "/node_modules/@outrider/sdk/src";
        for (from, specifier, expected) in [
            (ENTRY, "@outrider/sdk", format!("{sdk}/index.js")),
            ("/lib/cart.ts", "@outrider/sdk/runtime", format!("{sdk}/runtime.js")),
            ("/lib/cart.ts", "../__outrider_entry.js", ENTRY.to_owned()),
            (&format!("{sdk}/http/request.js"), "../convert.js", format!("{sdk}/convert.js")),
        ] {
            assert_eq!(modules.resolve(from, specifier), Ok(expected), "{specifier} in {from}");
        }
        assert_eq!(modules.resolve("/a.ts", "./b.ts"), Err("there is no module /b.ts".to_owned()));
    }
}
