//! QuickJS linked for a world, with the modules evaluated in it, and its memory written back into the component.
//!
//! componentize-qjs brings the runtime and the parts that know it. The host in which the modules are evaluated is ours:
//!
//! * Its clock stands still and its chance is always the same, so that the same sources give the same bytes.
//! * What the runtime compiles to is kept between builds: it is the same for all plugins of a world.
//! * A top level that does not end is ended.

use std::error::Error;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use componentize_qjs::codegen::generate_shim;
use componentize_qjs::stubwasi::stub_internal_imports;
use componentize_qjs::{default_runtime_wasm, default_sync_runtime_wasm};
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wasmtime_47::component::{Component, Linker, ResourceTable};
use wasmtime_47::{Cache as CodeCache, CacheConfig, Config, Engine, Result, Store};
use wasmtime_wasi_47::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi_47::{
    Deterministic, HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView, p2, p3,
};
use wasmtime_wizer::{WasmtimeWizerComponent, Wizer};
use wit_component::{StringEncoding, embed_component_metadata};

use crate::World;
use crate::cache::Cache;
use crate::contract;
use crate::modules::{ENTRY, Modules};

/// What an uncaught exception prints, with its stack, is a few kilobytes.
const MAX_PRINTED_BYTES: usize = 64 << 10;

/// Modules that are going to be evaluated.
pub(super) struct Evaluation {
    engine: Engine,
    store: Store<Host>,
    printed: MemoryOutputPipe,
    modules: Arc<Modules>,
}

impl Evaluation {
    /// Compiled code is kept beside the components of a cache.
    pub(super) fn new(
        modules: Modules,
        cache: Option<&Cache>,
    ) -> std::result::Result<Evaluation, Box<dyn Error + Send + Sync>> {
        let mut config = Config::new();
        config
            .wasm_component_model(true)
            .wasm_component_model_async(true)
            .wasm_component_model_map(true)
            .epoch_interruption(true)
            .cache(cache.and_then(code_cache));
        let engine = Engine::new(&config)?;
        let printed = MemoryOutputPipe::new(MAX_PRINTED_BYTES);
        let mut store = Store::new(&engine, Host::new(&printed));
        store.set_epoch_deadline(1);
        Ok(Evaluation { engine, store, printed, modules: Arc::new(modules) })
    }

    /// What ends it.
    pub(super) fn stop(&self) -> impl FnOnce() + use<> {
        let engine = self.engine.clone();
        move || engine.increment_epoch()
    }

    /// Evaluates the modules in the runtime of a world. `preparing` is dropped when it begins.
    pub(super) fn component(
        self,
        world: World,
        preparing: Sender<()>,
    ) -> std::result::Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        // Its own runtime: the caller may or may not be in one.
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let (shim, linked) = linked(world)?;
        let snapshot = runtime
            .block_on(self.snapshot(&shim, &linked, preparing))
            .map_err(|error| format!("{error:#}"))?;
        stub_internal_imports(&snapshot).map_err(|error| format!("{error:#}").into())
    }

    async fn snapshot(mut self, shim: &str, linked: &[u8], preparing: Sender<()>) -> Result<Vec<u8>> {
        let wizer = Wizer::new();
        let (context, instrumented) = wizer.instrument_component(linked)?;
        let component = Component::new(&self.engine, &instrumented)?;
        let linker = self.linker(&component)?;
        let store = &mut self.store;
        let instance = linker.instantiate_async(&mut *store, &component).await?;
        type Init<'a> = (&'a str, &'a str, Option<&'a str>, bool);
        let init =
            instance.get_typed_func::<Init<'_>, (std::result::Result<(), String>,)>(&mut *store, "init")?;
        let code = self.modules.code(ENTRY).map_err(wasmtime_47::Error::msg)?;
        drop(preparing);
        let (evaluated,) = init.call_async(&mut *store, (shim, code, Some(ENTRY), false)).await?;
        evaluated.map_err(|fault| {
            let printed = self.printed.contents();
            wasmtime_47::Error::msg(format!("{}: {fault}", String::from_utf8_lossy(&printed)))
        })?;
        wizer.snapshot_component(context, &mut WasmtimeWizerComponent { store, instance }).await
    }

    /// The contract's functions trap: there is no run yet.
    fn linker(&self, component: &Component) -> Result<Linker<Host>> {
        let mut linker = Linker::new(&self.engine);
        linker.allow_shadowing(true);
        linker.define_unknown_imports_as_traps(component)?;
        p2::add_to_linker_async(&mut linker)?;
        p3::add_to_linker(&mut linker)?;
        let mut loader = linker.instance("local:init/module-loader")?;
        let modules = Arc::clone(&self.modules);
        loader.func_wrap("resolve", move |_, (from, specifier): (String, String)| {
            Ok((modules.resolve(&from, &specifier),))
        })?;
        let modules = Arc::clone(&self.modules);
        loader
            .func_wrap("load", move |_, (path,): (String,)| Ok((modules.code(&path).map(str::to_owned),)))?;
        Ok(linker)
    }
}

/// QuickJS with the world's imports and exports, and the script that binds those.
fn linked(world: World) -> std::result::Result<(String, Vec<u8>), Box<dyn Error + Send + Sync>> {
    let (resolve, id) = contract::world(world.name())?;
    let (mut bindings, metadata) = wit_dylib::create_with_metadata(&resolve, id, None);
    let shim = generate_shim(&resolve, &metadata);
    embed_component_metadata(&mut bindings, &resolve, id, StringEncoding::UTF8)?;
    let runtime = match world {
        World::JourneyAsync => default_runtime_wasm(),
        _ => default_sync_runtime_wasm(),
    };
    let mut linker = wit_component::Linker::default();
    linker.encoder().validate(true);
    linker.library("componentize_qjs_runtime.wasm", runtime, false)?;
    linker.library("wit-dylib.wasm", &bindings, false)?;
    linker.encoder().adapter(WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER)?;
    Ok((shim, linker.encode()?))
}

/// Without it a build takes a second longer, so its faults never fail one.
fn code_cache(cache: &Cache) -> Option<CodeCache> {
    let folder = cache
        .runtimes()
        .inspect_err(|error| tracing::debug!(%error, "the runtime's code is not kept"))
        .ok()?;
    let mut config = CacheConfig::new();
    config.with_directory(folder);
    CodeCache::new(config).inspect_err(|error| tracing::debug!(%error, "the runtime's code is not kept")).ok()
}

/// What the runtime finds around it: WASI without files, network, time and chance.
struct Host {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl Host {
    fn new(printed: &MemoryOutputPipe) -> Host {
        let wasi = WasiCtxBuilder::new()
            .stdout(printed.clone())
            .stderr(printed.clone())
            .wall_clock(Stopped)
            .monotonic_clock(Stopped)
            .secure_random(same_chance())
            .insecure_random(same_chance())
            .insecure_random_seed(0)
            .build();
        Host { wasi, table: ResourceTable::new() }
    }
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

/// The keys of the runtime's hash tables, and nothing that anyone guesses: journeys draw from the run's seed.
fn same_chance() -> Deterministic {
    Deterministic::new((0..=u8::MAX).collect())
}

/// 1970-01-01T00:00:00Z for ever.
struct Stopped;

impl HostWallClock for Stopped {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn now(&self) -> Duration {
        Duration::ZERO
    }
}

impl HostMonotonicClock for Stopped {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        0
    }
}
