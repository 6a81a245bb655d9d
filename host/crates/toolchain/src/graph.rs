//! All modules of a journey: the entry and everything it imports.

mod common_js;
mod names;
mod resolve;
mod sdk_installed;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::entry::Entry;
use crate::place::Place;
use crate::source::{
    ALL_OF_THE_SDK, Absent, Call, ColumnShift, Edit, Import, Kind, Require, Source, Syntax, apply,
};
use crate::{Fault, ToolchainError, Warning, World};
use common_js::{Facade, Form, Required};
use resolve::{Resolved, Resolver, Unresolved};

/// Far above any journey, far below what would exhaust the machine.
const MAX_MODULES: usize = 5_000;
const MAX_SOURCE_BYTES: usize = 64 << 20;

/// A module as QuickJS gets it.
#[derive(Debug)]
pub(crate) struct Module {
    /// Its file; none if it is generated.
    pub(crate) path: Option<PathBuf>,
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
    /// What it takes from the SDK where; nothing for modules of packages.
    taken: Vec<(String, Place)>,
}

/// All modules of a journey, the entry first.
#[derive(Debug)]
pub(crate) struct Graph {
    pub(crate) modules: Vec<Module>,
    /// Whether there is an async function in any of them.
    pub(crate) has_async: bool,
    /// Whether there is one in a module that is the author's own.
    author_has_async: bool,
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
        let mut graph = loader.finish()?;
        graph.warnings.extend(sdk_installed::warning(&entry.path));
        Ok(graph)
    }

    /// The world that it is for, as far as the sources say: the definition decides.
    pub(crate) fn world(&self) -> World {
        let names =
            || self.modules.iter().flat_map(|module| module.taken.iter().map(|(name, _)| name.as_str()));
        let of_journey = if self.author_has_async { World::JourneyAsync } else { World::Journey };
        World::of_names(names()).unwrap_or(of_journey)
    }

    /// Refuses what the author's own modules take from the SDK that means nothing in a world.
    pub(crate) fn check_names(&self, world: World) -> Result<(), ToolchainError> {
        let taken = self.modules.iter().flat_map(|module| &module.taken);
        let foreign = taken.filter(|(name, _)| !world.offers(name));
        let article = if world.words().starts_with('a') { "an" } else { "a" };
        let fault = |(name, place): &(String, Place)| {
            Fault::new(place.clone(), format!("{article} {} has no '{name}'", world.words()))
        };
        let mut faults: Vec<Fault> = foreign.map(fault).collect();
        // It is the same for all of them.
        if let Some(last) = faults.pop() {
            faults.push(last.hint(world.has()));
            return Err(ToolchainError::Source { faults });
        }
        Ok(())
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
    /// What each import means, or of CommonJS each `require`.
    targets: Vec<Target>,
    faults: Vec<Fault>,
}

/// What an import means.
enum Target {
    Sdk,
    Module(usize),
    /// It could not be resolved; why.
    Missing(String),
}

impl Target {
    fn module(&self) -> Option<usize> {
        match self {
            Target::Module(index) => Some(*index),
            Target::Sdk | Target::Missing(_) => None,
        }
    }
}

impl Loading {
    /// What it is for who requires it; an ES module as long as it is not known.
    fn form(&self) -> Form {
        match &self.source {
            _ if Kind::of(&self.path) == Kind::Json => Form::Json,
            Some(source) if is_common_js(&self.path, &source.syntax) => Form::CommonJs,
            _ => Form::EsModule,
        }
    }
}

/// As Node decides where nothing is said, for JavaScript of any package: by what is in the file.
fn is_common_js(path: &Path, syntax: &Syntax) -> bool {
    let is_script = path.extension().is_some_and(|ending| ending == "js" || ending == "cjs");
    is_script && !syntax.is_es_module && syntax.uses_common_js.is_some()
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
            Ok(source) if is_common_js(&path, &source.syntax) => {
                let (targets, faults) = self.link_common_js(index, &path, &source)?;
                self.found[index] = Loading { path, source: Some(source), targets, faults };
            }
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

    fn link(&mut self, path: &Path, source: &Source) -> Result<(Vec<Target>, Vec<Fault>), ToolchainError> {
        let mut targets = Vec::new();
        let mut faults = Vec::new();
        for import in &source.syntax.imports {
            let resolved = self.resolver.import(path, &import.specifier);
            let target =
                self.target(resolved, Place::at("", &source.code, import.range.start), &mut faults)?;
            targets.push(target);
        }
        Ok((targets, faults))
    }

    /// The same of a module that is CommonJS. What a package requires and has not is an error only for who asks for it:
    /// packages try.
    fn link_common_js(
        &mut self,
        index: usize,
        path: &Path,
        source: &Source,
    ) -> Result<(Vec<Target>, Vec<Fault>), ToolchainError> {
        let mut targets = Vec::new();
        let mut faults = Vec::new();
        if index == 0 {
            let place = Place::at("", &source.code, source.syntax.uses_common_js.unwrap_or_default());
            let fault = Fault::new(place, "a plugin is an ES module, and this is CommonJS");
            faults.push(
                fault.hint("export default … instead of module.exports = …, import … instead of require(…)"),
            );
        }
        for require in &source.syntax.requires {
            let resolved = self.resolver.require(path, &require.specifier);
            let place = Place::at("", &source.code, require.at);
            let mut own = Vec::new();
            targets.push(self.target(resolved, place, &mut own)?);
            if !names::is_package(path) {
                faults.extend(own);
            }
        }
        Ok((targets, faults))
    }

    fn target(
        &mut self,
        resolved: Result<Resolved, Unresolved>,
        place: Place,
        faults: &mut Vec<Fault>,
    ) -> Result<Target, ToolchainError> {
        Ok(match resolved {
            Ok(Resolved::Sdk) => Target::Sdk,
            Ok(Resolved::File(target)) => Target::Module(self.require(&target)?),
            Err(Unresolved { message, hint }) => {
                let fault = Fault::new(place, message.clone());
                faults.push(match hint {
                    Some(hint) => fault.hint(hint),
                    None => fault,
                });
                Target::Missing(message)
            }
        })
    }

    fn finish(self) -> Result<Graph, ToolchainError> {
        let paths: Vec<&Path> = self.found.iter().map(|module| module.path.as_path()).collect();
        let names = names::of(&paths, paths.first().and_then(|entry| names::project_of(entry)));
        let mut faults = named_faults(&self.found, &names);
        faults.extend(common_js_handed_on(&self.found, &names));
        if !faults.is_empty() {
            return Err(ToolchainError::Source { faults });
        }
        let has_async =
            |module: &Loading| module.source.as_ref().is_some_and(|source| source.syntax.has_async);
        let is_own = |module: &&Loading| !names::is_package(&module.path);
        let facades = facades(&self.found);
        let linking = Linking {
            names: &names,
            forms: &self.found.iter().map(Loading::form).collect::<Vec<_>>(),
            facades: &facades,
        };
        Ok(Graph {
            has_async: self.found.iter().any(has_async),
            author_has_async: self.found.iter().filter(is_own).any(has_async),
            warnings: warnings(&self.found, &names),
            modules: self
                .found
                .into_iter()
                .enumerate()
                .filter_map(|(at, module)| finished(at, module, &linking))
                .chain(facades.iter().map(|(at, facade)| generated(facade, &names[*at])))
                .collect(),
        })
    }
}

/// What a module needs to know of all others to name them in its code.
struct Linking<'a> {
    names: &'a [String],
    forms: &'a [Form],
    /// Those that stand for modules of CommonJS, by their numbers.
    facades: &'a BTreeMap<usize, Facade>,
}

impl Linking<'_> {
    /// How the module with a number imports another: one of CommonJS by its facade.
    fn import(&self, from: usize, to: usize) -> String {
        let target = self.facades.get(&to).map_or(self.names[to].as_str(), |facade| facade.name.as_str());
        names::relative(&self.names[from], target)
    }

    fn required(&self, from: usize, target: &Target) -> Required {
        match target {
            Target::Sdk => Required::Sdk,
            Target::Missing(why) => Required::Missing(why.clone()),
            Target::Module(to) => {
                Required::Module(names::relative(&self.names[from], &self.names[*to]), self.forms[*to])
            }
        }
    }
}

/// A facade for each module of CommonJS that an ES module imports, with what all of these ask for.
fn facades(found: &[Loading]) -> BTreeMap<usize, Facade> {
    let mut facades = BTreeMap::new();
    for (import, target) in found.iter().flat_map(imports) {
        if let Some(index) = target.module().filter(|&index| found[index].form() == Form::CommonJs) {
            facades.entry(index).or_insert_with(|| Facade::of(index)).asked(import);
        }
    }
    facades
}

/// The imports of an ES module with what they mean.
fn imports(module: &Loading) -> impl Iterator<Item = (&Import, &Target)> {
    let source = module.source.as_ref().filter(|_| module.form() != Form::CommonJs);
    source.into_iter().flat_map(|source| source.syntax.imports.iter().zip(&module.targets))
}

/// What a module of CommonJS exports is not known before it runs.
fn common_js_handed_on(found: &[Loading], names: &[String]) -> Vec<Fault> {
    let of = |(module, name): (&Loading, &String)| -> Vec<Fault> {
        let handed_on = imports(module).filter(|(import, target)| {
            import.hands_on_all && target.module().is_some_and(|index| found[index].form() == Form::CommonJs)
        });
        let code = module.source.as_ref().map(|source| source.code.as_str()).unwrap_or_default();
        let fault = |(import, _): (&Import, &Target)| {
            let message = format!(
                "'{}' is CommonJS, and what it exports is not known when the plugin is built",
                import.specifier
            );
            Fault::new(Place::at(name, code, import.range.start), message)
                .hint(format!("name what is handed on: export {{ … }} from \"{}\"", import.specifier))
        };
        handed_on.map(fault).collect()
    };
    found.iter().zip(names).flat_map(of).collect()
}

fn generated(facade: &Facade, module: &str) -> Module {
    Module {
        path: None,
        name: facade.name.clone(),
        code: facade.code(&names::relative(&facade.name, module), module),
        shifts: Vec::new(),
        calls: Vec::new(),
        sdk_names: BTreeMap::new(),
        takes_http: false,
        taken: Vec::new(),
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
        let absent = |&(what, instead, at): &Absent| Warning::Absent {
            what,
            instead,
            place: Place::at(name, &source.code, at),
        };
        let once = source.syntax.evaluated_once.iter().map(once);
        // What CommonJS gives a module is there.
        let is_there = |name: &str| name == "require" && module.form() == Form::CommonJs;
        once.chain(source.absent.iter().filter(|(name, ..)| !is_there(name)).map(absent)).collect()
    };
    unused_options(found, names).into_iter().chain(found.iter().zip(names).flat_map(of)).collect()
}

/// Of the entry alone: other modules may call something of their own so.
fn unused_options(found: &[Loading], names: &[String]) -> Option<Warning> {
    let (source, name) = (found.first()?.source.as_ref()?, names.first()?);
    let place = Place::at(name, &source.code, source.exported_options?);
    Some(Warning::UnusedOptions { place })
}

fn finished(at: usize, module: Loading, linking: &Linking<'_>) -> Option<Module> {
    let form = module.form();
    let Source { code, syntax, calls, mut sdk_names, taken, shadowed, .. } = module.source?;
    let requires_sdk =
        form == Form::CommonJs && module.targets.iter().any(|target| matches!(target, Target::Sdk));
    let takes_http = requires_sdk || sdk_names.values().any(|name| name == "http" || name == ALL_OF_THE_SDK);
    sdk_names.retain(|name, _| !shadowed.contains(name));
    let name = linking.names[at].clone();
    let mut edits = syntax.edits;
    if form == Form::CommonJs {
        let required = module.targets.iter().map(|target| linking.required(at, target));
        let required: Vec<(&Require, Required)> = syntax.requires.iter().zip(required).collect();
        edits.splice(0..0, common_js::wrapped(&code, &name, &required));
    } else {
        for (import, target) in syntax.imports.iter().zip(&module.targets) {
            let target = target.module();
            let is_facade = target.is_some_and(|target| linking.facades.contains_key(&target));
            edits.extend(is_facade.then(|| common_js::namespace(import)).flatten());
            edits.extend(relinked(&code, import, target.map(|target| linking.import(at, target))));
        }
    }
    let edited = apply(&code, edits);
    let (calls, taken) = match names::is_package(&module.path) {
        true => (Vec::new(), Vec::new()),
        false => (calls, taken.into_iter().map(|(sdk, at)| (sdk, Place::at(&name, &code, at))).collect()),
    };
    let Loading { path, .. } = module;
    Some(Module {
        path: Some(path),
        name,
        code: edited.code,
        shifts: edited.shifts,
        calls,
        sdk_names,
        takes_http,
        taken,
    })
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
