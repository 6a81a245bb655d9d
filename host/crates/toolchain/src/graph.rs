//! All modules of a journey: the entry and everything it imports.

mod names;
mod resolve;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::entry::Entry;
use crate::place::Place;
use crate::source::{ALL_OF_THE_SDK, Call, ColumnShift, Edit, Import, Kind, Source, apply};
use crate::{Fault, ToolchainError, Warning};
use resolve::{Resolved, Resolver};

/// Far above any journey, far below what would exhaust the machine.
const MAX_MODULES: usize = 5_000;
const MAX_SOURCE_BYTES: usize = 64 << 20;

/// A module as QuickJS gets it.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) path: PathBuf,
    /// Its path in the author's project, which stacks show.
    pub(crate) name: String,
    pub(crate) code: String,
    pub(crate) shifts: Vec<ColumnShift>,
    /// What it calls where; nothing for modules of packages.
    pub(crate) calls: Vec<Call>,
    /// By its own names, those of the SDK that it takes and that stand for nothing else anywhere in it.
    pub(crate) sdk_names: BTreeMap<String, String>,
    /// Whether it can make requests: it takes `http` from the SDK.
    takes_http: bool,
}

/// All modules of a journey, the entry first.
#[derive(Debug)]
pub(crate) struct Graph {
    pub(crate) modules: Vec<Module>,
    /// Whether there is an async function in any of them.
    pub(crate) has_async: bool,
    /// Whether there is one in a module that is the author's own.
    pub(crate) author_has_async: bool,
    pub(crate) warnings: Vec<Warning>,
}

impl Graph {
    /// Reads, strips, parses and links the modules. All faults of all modules are reported at once.
    pub(crate) fn load(entry: &Entry) -> Result<Graph, ToolchainError> {
        let mut loader = Loader::default();
        loader.require(&entry.path)?;
        let mut next = 0;
        while next < loader.found.len() {
            loader.load(next)?;
            next += 1;
        }
        loader.finish()
    }

    /// Whether any of its modules can make requests.
    pub(crate) fn makes_requests(&self) -> bool {
        self.modules.iter().any(|module| module.takes_http)
    }
}

/// A module under way.
struct Loading {
    path: PathBuf,
    source: Option<Source>,
    /// The target of each import; none for the SDK, and for imports that could not be resolved.
    targets: Vec<Option<usize>>,
    faults: Vec<Fault>,
}

#[derive(Default)]
struct Loader {
    resolver: Resolver,
    found: Vec<Loading>,
    indexes: HashMap<PathBuf, usize>,
    bytes: usize,
}

impl Loader {
    fn require(&mut self, path: &Path) -> Result<usize, ToolchainError> {
        if let Some(index) = self.indexes.get(path) {
            return Ok(*index);
        }
        let index = self.found.len();
        if index == MAX_MODULES {
            return Err(ToolchainError::TooLarge { limit: MAX_MODULES, what: "modules" });
        }
        self.indexes.insert(path.to_owned(), index);
        self.found.push(Loading {
            path: path.to_owned(),
            source: None,
            targets: Vec::new(),
            faults: Vec::new(),
        });
        Ok(index)
    }

    fn load(&mut self, index: usize) -> Result<(), ToolchainError> {
        let path = self.found[index].path.clone();
        let text = read(&path, MAX_SOURCE_BYTES - self.bytes)?;
        self.bytes += text.len();
        match Source::parse(Kind::of(&path), &text) {
            Ok(source) => {
                let (targets, mut faults) = self.link(&path, &source)?;
                faults.extend(dynamic_imports(&path, &source));
                faults.extend(source.faults.iter().cloned());
                faults.sort_by_key(|fault| (fault.place.line, fault.place.column));
                self.found[index] = Loading { path, source: Some(source), targets, faults };
            }
            Err(faults) => self.found[index].faults = faults,
        }
        Ok(())
    }

    fn link(
        &mut self,
        path: &Path,
        source: &Source,
    ) -> Result<(Vec<Option<usize>>, Vec<Fault>), ToolchainError> {
        let mut targets = Vec::new();
        let mut faults = Vec::new();
        for import in &source.syntax.imports {
            targets.push(match self.resolver.resolve(path, &import.specifier) {
                Ok(Resolved::Sdk) => None,
                Ok(Resolved::File(target)) => Some(self.require(&target)?),
                Err(message) => {
                    faults.push(Fault::new(Place::at("", &source.code, import.range.start), message));
                    None
                }
            });
        }
        Ok((targets, faults))
    }

    fn finish(self) -> Result<Graph, ToolchainError> {
        let paths: Vec<&Path> = self.found.iter().map(|module| module.path.as_path()).collect();
        let names = names::of(&paths);
        let faults = named_faults(&self.found, &names);
        if !faults.is_empty() {
            return Err(ToolchainError::Source { faults });
        }
        let has_async =
            |module: &Loading| module.source.as_ref().is_some_and(|source| source.syntax.has_async);
        let is_own = |module: &&Loading| !names::is_package(&module.path);
        Ok(Graph {
            has_async: self.found.iter().any(has_async),
            author_has_async: self.found.iter().filter(is_own).any(has_async),
            warnings: warnings(&self.found, &names),
            modules: self
                .found
                .into_iter()
                .enumerate()
                .filter_map(|(at, module)| finished(at, module, &names))
                .collect(),
        })
    }
}

fn read(path: &Path, limit: usize) -> Result<String, ToolchainError> {
    let failed = |source| ToolchainError::Read { path: path.to_owned(), source };
    let length = fs::metadata(path).map_err(failed)?.len();
    if usize::try_from(length).map_or(true, |length| length > limit) {
        return Err(ToolchainError::TooLarge { limit: MAX_SOURCE_BYTES, what: "bytes of source" });
    }
    fs::read_to_string(path).map_err(|source| match source.kind() {
        io::ErrorKind::InvalidData => ToolchainError::NotText { path: path.to_owned() },
        _ => failed(source),
    })
}

/// Modules are loaded while the journey is built; later there is nothing to load them from. A package may
/// hold such a call where it is never made, an author would not write it in vain.
fn dynamic_imports(path: &Path, source: &Source) -> Vec<Fault> {
    if names::is_package(path) {
        return Vec::new();
    }
    let words = "import() finds nothing when the journey runs; use an import statement";
    let fault = |&at: &usize| Fault::new(Place::at("", &source.code, at), words);
    source.syntax.dynamic_imports.iter().map(fault).collect()
}

fn named_faults(found: &[Loading], names: &[String]) -> Vec<Fault> {
    let named = |(module, name): (&Loading, &String)| -> Vec<Fault> {
        let place = |fault: &Fault| Place { file: name.clone(), ..fault.place.clone() };
        module.faults.iter().map(|fault| Fault { place: place(fault), ..fault.clone() }).collect()
    };
    found.iter().zip(names).flat_map(named).collect()
}

fn warnings(found: &[Loading], names: &[String]) -> Vec<Warning> {
    let of = |(module, name): (&Loading, &String)| -> Vec<Warning> {
        let Some(source) = module.source.as_ref().filter(|_| !names::is_package(&module.path)) else {
            return Vec::new();
        };
        let once = |&(what, at): &(&'static str, usize)| Warning::EvaluatedOnce {
            what,
            place: Place::at(name, &source.code, at),
        };
        source.syntax.evaluated_once.iter().map(once).collect()
    };
    unused_options(found, names).into_iter().chain(found.iter().zip(names).flat_map(of)).collect()
}

/// Of the entry alone: other modules may call something of their own so.
fn unused_options(found: &[Loading], names: &[String]) -> Option<Warning> {
    let (source, name) = (found.first()?.source.as_ref()?, names.first()?);
    let place = Place::at(name, &source.code, source.exported_options?);
    Some(Warning::UnusedOptions { place })
}

fn finished(at: usize, module: Loading, names: &[String]) -> Option<Module> {
    let Source { code, syntax, calls, mut sdk_names, shadowed, .. } = module.source?;
    let takes_http = sdk_names.values().any(|name| name == "http" || name == ALL_OF_THE_SDK);
    sdk_names.retain(|name, _| !shadowed.contains(name));
    let name = names[at].clone();
    let mut edits = syntax.edits;
    for (import, target) in syntax.imports.iter().zip(&module.targets) {
        edits.extend(relinked(&code, import, target.map(|target| names::relative(&name, &names[target]))));
    }
    let edited = apply(&code, edits);
    let calls = if names::is_package(&module.path) { Vec::new() } else { calls };
    let Loading { path, .. } = module;
    Some(Module { path, name, code: edited.code, shifts: edited.shifts, calls, sdk_names, takes_http })
}

/// Makes an import name its target's file, as QuickJS finds it, without attributes, which it has no use for.
fn relinked(code: &str, import: &Import, target: Option<String>) -> Vec<Edit> {
    let mut edits = Vec::new();
    if let Some(specifier) = target.filter(|specifier| *specifier != import.specifier) {
        let text = format!("{}", serde_json::Value::String(specifier));
        edits.push(Edit { range: import.range.clone(), text });
    }
    if !import.attributes.is_empty() {
        let lines = code[import.attributes.clone()].matches('\n').count();
        edits.push(Edit { range: import.attributes.clone(), text: "\n".repeat(lines) });
    }
    edits
}
