//! A plugin from its file to something that users can be made of.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use outrider_model::{PluginRef, RunClock};
use outrider_wit::v0_1::{journey, journey_async};
use outrider_wit::wasmtime::Engine;
use outrider_wit::wasmtime::component::{Component, HasSelf, Linker};
use sha2::{Digest, Sha256};

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
        if self.inspection.world == World::AssertionPack {
            let exports = self.inspection.exports.clone();
            return Err(EngineError::OtherWorld { name: self.name.clone(), wanted: "journey", exports });
        }
        let clock = RunClock::start_now();
        let compiler = Runtime::compiler(self.inspection.world)
            .map_err(|source| EngineError::Setup { vus: 0, source: source.into() })?;
        let (component, cached) =
            cache.load(compiler.engine(), &self.digest, &self.bytes).map_err(self.invalid())?;
        Ok(CompiledPlugin { file: self.clone(), component, cached, clock })
    }

    fn invalid(&self) -> impl Fn(outrider_wit::wasmtime::Error) -> EngineError {
        let name = self.name.clone();
        move |source| EngineError::Invalid { name: name.clone(), source: source.into() }
    }
}

/// A plugin that is compiled, without room for users yet.
// Its code is on an engine without a pool, since a pool is sized from the component; the same code serves the
// engine that is made with one.
pub struct CompiledPlugin {
    file: PluginFile,
    component: Component,
    cached: bool,
    clock: RunClock,
}

impl std::fmt::Debug for CompiledPlugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CompiledPlugin").field("file", &self.file.path).finish_non_exhaustive()
    }
}

impl CompiledPlugin {
    /// The most users that memory mappings and address space of this machine allow.
    pub fn most_vus(&self) -> u32 {
        Density::of(&self.component, 0).most_vus()
    }

    /// The plugin with room for `vus` users at once.
    pub fn with_room(&self, vus: u32) -> Result<Plugin, EngineError> {
        let invalid = self.file.invalid();
        let density = Density::of(&self.component, vus);
        density.check_mappings(&self.file.name)?;
        let runtime = Runtime::pooled(&density, self.file.inspection.world)
            .map_err(|source| EngineError::Setup { vus, source: source.into() })?;
        let code = self.component.serialize().map_err(&invalid)?;
        let component = deserialize(runtime.engine(), &code).map_err(&invalid)?;
        let pre =
            GuestPre::link(runtime.engine(), &component, self.file.inspection.world).map_err(&invalid)?;
        let load_time = self.clock.elapsed();
        Ok(Plugin {
            file: self.file.clone(),
            pre,
            runtime: Arc::new(runtime),
            cached: self.cached,
            load_time,
        })
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
            World::AssertionPack => {
                return Err(outrider_wit::wasmtime::Error::msg("an assertion pack is no journey"));
            }
        })
    }
}
