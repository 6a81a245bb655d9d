//! The folder in which a component is put together:
//!
//! ```text
//! wit/*.wit                              the contract
//! app/__outrider_entry.js                generated: binds the author's exports to the world
//! app/<name>                             the author's modules
//! app/node_modules/@outrider/sdk/…       the SDK; what its world has not of the host, `src/absent/` stands in for
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use outrider_wit::{PACKAGE, SOURCES, VERSION};
use serde::Serialize;
use tempfile::TempDir;

use crate::graph::{Graph, Module};
use crate::source::{Call, ColumnShift};
use crate::{World, sdk};

const ENTRY: &str = "__outrider_entry.js";

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

/// A folder with everything in it. Removed when dropped.
#[derive(Debug)]
pub(crate) struct Stage {
    folder: TempDir,
    entry_code: String,
}

impl Stage {
    pub(crate) fn create(modules: &[Module], entry_code: String, world: World) -> io::Result<Stage> {
        let stage =
            Stage { folder: tempfile::Builder::new().prefix("outrider-build-").tempdir()?, entry_code };
        for (name, content) in SOURCES {
            write(&stage.wit().join(name), content)?;
        }
        for (name, content) in sdk::FILES {
            let content = without(world, name, content);
            write(&stage.app().join("node_modules").join(sdk::NAME).join(name), &content)?;
        }
        for module in modules {
            write(&stage.app().join(&module.name), &module.code)?;
        }
        write(&stage.entry(), &stage.entry_code)?;
        Ok(stage)
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn wit(&self) -> PathBuf {
        self.folder.path().join("wit")
    }

    pub(crate) fn app(&self) -> PathBuf {
        self.folder.path().join("app")
    }

    pub(crate) fn entry(&self) -> PathBuf {
        self.app().join(ENTRY)
    }

    pub(crate) fn entry_code(&self) -> &str {
        &self.entry_code
    }
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

fn write(path: &Path, content: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content)
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
}
