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
        if self.inspection.world == World::AssertionPack {
            let exports = self.inspection.exports.clone();
            return Err(EngineError::OtherWorld { name: self.name.clone(), wanted: "journey", exports });
        }
        let clock = RunClock::start_now();
        // The pool is sized from the component, which needs an engine to be looked at: the first load
        // is done on an engine without a pool, and its code serves the second.
        let invalid = |source: outrider_wit::wasmtime::Error| EngineError::Invalid {
            name: self.name.clone(),
            source: source.into(),
        };
        let compiler =
            Runtime::compiler().map_err(|source| EngineError::Setup { vus, source: source.into() })?;
        let (component, cached) =
            cache.load(compiler.engine(), &self.digest, &self.bytes).map_err(invalid)?;
        let density = Density::of(&component, vus);
        density.check_mappings(&self.name)?;
        let runtime =
            Runtime::pooled(&density).map_err(|source| EngineError::Setup { vus, source: source.into() })?;
        let component = match component.serialize() {
            Ok(code) => deserialize(runtime.engine(), &code).map_err(invalid)?,
            Err(source) => return Err(invalid(source)),
        };
        let pre = GuestPre::link(runtime.engine(), &component, self.inspection.world).map_err(invalid)?;
        Ok(Plugin { file: self.clone(), pre, runtime: Arc::new(runtime), cached, load_time: clock.elapsed() })
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
