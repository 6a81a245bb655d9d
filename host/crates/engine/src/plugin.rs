//! A plugin from its file to something that users can be made of.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use outrider_model::{PluginRef, RunClock};
use outrider_wit::v0_1::{journey, journey_async};
use outrider_wit::wasmtime::Engine;
use outrider_wit::wasmtime::component::{Component, HasSelf, InstancePre, Linker, types};
use sha2::{Digest, Sha256};

use crate::footprint::Footprint;
use crate::inspect::{Inspection, World, inspect};
use crate::runtime::{Density, Runtime};
use crate::state::VuState;
use crate::{CodeCache, EngineError};

/// A plugin's file, read and looked at, not yet compiled.
#[derive(Clone, Debug)]
pub struct PluginFile {
    name: String,
    path: String,
    digest: String,
    bytes: Arc<[u8]>,
    inspection: Inspection,
}

impl PluginFile {
    /// Reads a component from a file.
    pub fn read(path: &Path) -> Result<PluginFile, EngineError> {
        let bytes = std::fs::read(path).map_err(|source| EngineError::Read { path: path.into(), source })?;
        PluginFile::from_bytes(path, bytes)
    }

    /// Takes a component from memory; `path` is where its source is.
    pub fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<PluginFile, EngineError> {
        let name =
            path.file_stem().map_or_else(|| "plugin".into(), |stem| stem.to_string_lossy().into_owned());
        let inspection = inspect(&name, &bytes)?;
        let digest = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(PluginFile { name, path: path.display().to_string(), digest, bytes: bytes.into(), inspection })
    }

    /// The plugin as a plan names it.
    pub fn reference(&self) -> PluginRef {
        PluginRef {
            name: self.name.clone(),
            path: self.path.clone(),
            digest: format!("sha256:{}", self.digest),
        }
    }

    /// Its outside.
    pub fn inspection(&self) -> &Inspection {
        &self.inspection
    }

    /// The component's size in bytes.
    pub fn size_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Compiles it, or takes the compiled code from the cache, with room for `vus` users at once.
    pub fn load(&self, vus: u32, cache: &CodeCache) -> Result<Plugin, EngineError> {
        self.compile(cache)?.with_room(vus)
    }

    /// Compiles it, or takes the compiled code from the cache. How many users it may have is decided after
    /// that: only then is known what one of them needs.
    pub fn compile(&self, cache: &CodeCache) -> Result<CompiledPlugin, EngineError> {
        match self.inspection.world {
            World::Journey | World::JourneyAsync => {}
            _ => return Err(self.other_world(World::Journey)),
        }
        self.compile_any(cache).map(CompiledPlugin)
    }

    /// Compiles any kind of plugin.
    pub(crate) fn compile_any(&self, cache: &CodeCache) -> Result<Compiled, EngineError> {
        let clock = RunClock::start_now();
        let compiler = Runtime::compiler(self.inspection.world)
            .map_err(|source| EngineError::Setup { vus: 0, source: source.into() })?;
        let (component, cached) = cache
            .load(compiler.engine(), &self.digest, &self.bytes)
            .map_err(|source| self.invalid(source))?;
        Ok(Compiled { file: self.clone(), component, cached, clock })
    }

    /// It is a plugin, but not of the kind that is wanted.
    pub(crate) fn other_world(&self, wanted: World) -> EngineError {
        EngineError::OtherWorld { name: self.name.clone(), found: self.inspection.world, wanted }
    }

    pub(crate) fn invalid(&self, source: outrider_wit::wasmtime::Error) -> EngineError {
        EngineError::Invalid { name: self.name.clone(), source: source.into() }
    }
}

/// A plugin of any kind that is compiled, without room for users yet.
// Its code is on an engine without a pool, since a pool is sized from the component; the same code serves the
// engine that is made with one.
pub(crate) struct Compiled {
    pub(crate) file: PluginFile,
    component: Component,
    cached: bool,
    clock: RunClock,
}

/// Its code on the engine that runs it.
pub(crate) struct Pooled {
    pub(crate) component: Component,
    pub(crate) runtime: Runtime,
}

/// A component, linked, on the engine that runs it.
pub(crate) struct Linked {
    pub(crate) pre: InstancePre<VuState>,
    pub(crate) runtime: Arc<Runtime>,
}

impl Compiled {
    /// The component with room for `instances` of it. `offer` adds what its world imports beside WASI.
    pub(crate) fn linked(
        &self,
        instances: u32,
        offer: impl FnOnce(&mut Linker<VuState>) -> outrider_wit::wasmtime::Result<()>,
    ) -> Result<Linked, EngineError> {
        let Pooled { component, runtime } = self.pooled(instances)?;
        let mut linker: Linker<VuState> = Linker::new(runtime.engine());
        let pre = crate::output::link_wasi(&mut linker)
            .and_then(|()| offer(&mut linker))
            .and_then(|()| linker.instantiate_pre(&component))
            .map_err(|source| self.file.invalid(source))?;
        Ok(Linked { pre, runtime: Arc::new(runtime) })
    }

    /// Whether its code came from the cache.
    pub(crate) fn is_cached(&self) -> bool {
        self.cached
    }

    /// What it imports and exports, with types.
    pub(crate) fn component_type(&self) -> types::Component {
        self.component.component_type()
    }

    /// How much room `vus` users need.
    pub(crate) fn density(&self, vus: u32) -> Density {
        Density::of(&self.component, vus)
    }

    /// An engine with room for `vus` users at once.
    pub(crate) fn pooled(&self, vus: u32) -> Result<Pooled, EngineError> {
        let invalid = |source| self.file.invalid(source);
        let density = self.density(vus);
        density.check_mappings(&self.file.name)?;
        let runtime = Runtime::pooled(&density, &self.file.inspection)
            .map_err(|source| EngineError::Setup { vus, source: source.into() })?;
        let code = self.component.serialize().map_err(invalid)?;
        let component = deserialize(runtime.engine(), &code).map_err(invalid)?;
        Ok(Pooled { component, runtime })
    }
}

/// A journey that is compiled, without room for users yet.
pub struct CompiledPlugin(pub(crate) Compiled);

impl std::fmt::Debug for CompiledPlugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CompiledPlugin").field("file", &self.0.file.path).finish_non_exhaustive()
    }
}

impl CompiledPlugin {
    /// The file it came from.
    pub fn file(&self) -> &PluginFile {
        &self.0.file
    }

    /// What one user takes of this machine.
    pub fn footprint_per_vu(&self) -> Footprint {
        self.0.density(0).footprint_per_vu()
    }

    /// The plugin with room for `vus` users at once.
    pub fn with_room(&self, vus: u32) -> Result<Plugin, EngineError> {
        let Compiled { file, cached, clock, .. } = &self.0;
        let Pooled { component, runtime } = self.0.pooled(vus)?;
        let pre = GuestPre::link(runtime.engine(), &component, file.inspection.world)
            .map_err(|source| file.invalid(source))?;
        let load_time = clock.elapsed();
        let runtime = Arc::new(runtime);
        Ok(Plugin { file: file.clone(), pre, runtime, cached: *cached, load_time })
    }
}

#[expect(unsafe_code, reason = "loading compiled code is unsafe by nature")]
fn deserialize(engine: &Engine, code: &[u8]) -> outrider_wit::wasmtime::Result<Component> {
    // SAFETY: `code` was serialized by this process a moment ago.
    unsafe { Component::deserialize(engine, code) }
}

/// A plugin that is compiled and linked.
#[derive(Clone)]
pub struct Plugin {
    file: PluginFile,
    pub(crate) pre: GuestPre,
    pub(crate) runtime: Arc<Runtime>,
    cached: bool,
    load_time: Duration,
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plugin")
            .field("file", &self.file.path)
            .field("cached", &self.cached)
            .finish_non_exhaustive()
    }
}

impl Plugin {
    /// The file it came from.
    pub fn file(&self) -> &PluginFile {
        &self.file
    }

    /// Whether its compiled code came from the cache.
    pub fn is_cached(&self) -> bool {
        self.cached
    }

    /// How long it took to load.
    pub fn load_time(&self) -> Duration {
        self.load_time
    }
}

/// A component linked against the host's functions, ready to be instantiated.
#[derive(Clone)]
pub(crate) enum GuestPre {
    Plain(journey::JourneyPre<VuState>),
    Async(journey_async::JourneyAsyncPre<VuState>),
}

impl GuestPre {
    fn link(
        engine: &Engine,
        component: &Component,
        world: World,
    ) -> outrider_wit::wasmtime::Result<GuestPre> {
        let mut linker: Linker<VuState> = Linker::new(engine);
        crate::output::link_wasi(&mut linker)?;
        journey::Journey::add_to_linker::<_, HasSelf<VuState>>(&mut linker, |state| state)?;
        let pre = linker.instantiate_pre(component)?;
        Ok(match world {
            World::Journey => GuestPre::Plain(journey::JourneyPre::new(pre)?),
            World::JourneyAsync => GuestPre::Async(journey_async::JourneyAsyncPre::new(pre)?),
            other => {
                let message = format!("{} is no journey", other.noun());
                return Err(outrider_wit::wasmtime::Error::msg(message));
            }
        })
    }
}
