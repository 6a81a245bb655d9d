//! The way from a path to a component.

use std::path::{Path, PathBuf};
use std::time::Duration;

use outrider_wit::SOURCES;

use crate::cache::{self, Cache, Key};
use crate::component::{self, Attempt, COMPONENTIZER};
use crate::entry::Entry;
use crate::go;
use crate::graph::Graph;
use crate::modules::{Modules, entry_code};
use crate::sdk;
use crate::{Built, ToolchainError, World, rust, types};

/// How long linking and evaluating the top level may take: a minute, where a second is usual, so that only
/// what never ends is cut off, even on a busy machine.
pub const DEFAULT_TIME_LIMIT: Duration = Duration::from_secs(60);

/// Builds plugins.
#[derive(Clone, Debug)]
pub struct Toolchain {
    cache: Option<Cache>,
    time_limit: Duration,
}

impl Default for Toolchain {
    fn default() -> Toolchain {
        Toolchain::new()
    }
}

impl Toolchain {
    /// A toolchain with its cache in `outrider/components` of the user's cache folder
    /// (`$XDG_CACHE_HOME`, else `~/.cache`); without one if the user has none.
    pub fn new() -> Toolchain {
        let folder = dirs::cache_dir().map(|caches| caches.join("outrider").join("components"));
        Toolchain { cache: folder.map(Cache::new), time_limit: DEFAULT_TIME_LIMIT }
    }

    /// Puts the cache into another folder, which is made when it is needed.
    #[must_use]
    pub fn with_cache(self, folder: PathBuf) -> Toolchain {
        Toolchain { cache: Some(Cache::new(folder)), ..self }
    }

    /// Builds everything anew.
    #[must_use]
    pub fn without_cache(self) -> Toolchain {
        Toolchain { cache: None, ..self }
    }

    /// Sets how long linking and evaluating may take; what Go takes has no limit. Defaults to [`DEFAULT_TIME_LIMIT`].
    #[must_use]
    pub fn with_time_limit(self, limit: Duration) -> Toolchain {
        Toolchain { time_limit: limit, ..self }
    }

    /// Builds the plugin in a file or folder. It blocks for about a second (in Go and Rust for as long as their own
    /// compilers take), or some milliseconds if the component is in the cache, whose faults never fail a build; it may be
    /// called on any thread.
    pub fn build(&self, path: &Path) -> Result<Built, ToolchainError> {
        self.build_and_tell(path, || {})
    }

    /// The same, and calls `compiling` before anything is compiled: once its sources are known to be sound and
    /// the component is not in the cache. It is called at most once, on another thread, and the build waits for
    /// it.
    pub fn build_and_tell(
        &self,
        path: &Path,
        compiling: impl FnOnce() + Send + 'static,
    ) -> Result<Built, ToolchainError> {
        let (toolchain, path) = (self.clone(), path.to_owned());
        component::on_large_stack(move || toolchain.build_here(&path, compiling))
    }

    fn build_here(&self, path: &Path, compiling: impl FnOnce()) -> Result<Built, ToolchainError> {
        if rust::is_crate(path) {
            return rust::build(path, compiling);
        }
        if let Some(project) = go::Project::find(path)? {
            return go::build(&project, self.cache.as_ref(), compiling);
        }
        let entry = Entry::find(path)?;
        types::refresh(&entry);
        let graph = Graph::load(&entry)?;
        graph.check_names(graph.world())?;
        let key = key(&entry, &graph);
        let cached = self.cache.as_ref().and_then(|cache| cache.get(&key));
        let (found, cached) = match cached {
            Some(found) => (found, true),
            None => {
                compiling();
                (self.build_anew(&entry, &graph, &key)?, false)
            }
        };
        Ok(Built {
            component: component::said_to_make_requests(found.component, graph.makes_requests()),
            cached,
            sources: graph.modules.into_iter().filter_map(|module| module.path).collect(),
            warnings: graph.warnings,
        })
    }

    fn build_anew(&self, entry: &Entry, graph: &Graph, key: &Key) -> Result<cache::Entry, ToolchainError> {
        let built = self.link(entry, graph)?;
        cache::keep(self.cache.as_ref(), key, &built);
        Ok(built)
    }

    /// Which world a plugin belongs to is known when its module is evaluated: then its definition is
    /// there, wherever it comes from. The sources allow a guess that is nearly always right.
    fn link(&self, entry: &Entry, graph: &Graph) -> Result<cache::Entry, ToolchainError> {
        let guess = graph.world();
        match self.link_for(guess, entry, graph)? {
            Attempt::Component(component) => Ok(cache::Entry { component }),
            Attempt::OtherWorld(other) => {
                graph.check_names(other)?;
                match self.link_for(other, entry, graph)? {
                    Attempt::Component(component) => Ok(cache::Entry { component }),
                    Attempt::OtherWorld(_) => {
                        Err(ToolchainError::Link("the plugin says two worlds of itself".into()))
                    }
                }
            }
        }
    }

    fn link_for(&self, world: World, entry: &Entry, graph: &Graph) -> Result<Attempt, ToolchainError> {
        let code = entry_code(&entry.name, graph, world);
        let modules = Modules::new(&graph.modules, code, world);
        component::attempt(modules, world, &graph.modules[0].name, self.cache.as_ref(), self.time_limit)
    }
}

fn key(entry: &Entry, graph: &Graph) -> Key {
    // The generated module holds everything else that depends on the sources.
    let generated = entry_code(&entry.name, graph, World::Journey);
    let fixed = ["outrider-toolchain", env!("CARGO_PKG_VERSION"), COMPONENTIZER, generated.as_str()];
    let wit = SOURCES.iter().flat_map(|(name, content)| [*name, *content]);
    let sdk = sdk::FILES.iter().flat_map(|(name, content)| [*name, *content]);
    let modules = graph.modules.iter().flat_map(|module| [module.name.as_str(), module.code.as_str()]);
    Key::of(fixed.into_iter().chain(wit).chain(sdk).chain(modules))
}
