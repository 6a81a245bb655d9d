//! Journeys built for tests, in an instance with a host that answers by rule and remembers.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use outrider_toolchain::{Built, Toolchain, World};
use outrider_wit::v0_1::journey::Journey;
use outrider_wit::v0_1::journey::outrider::plugin::{
    data::DataError,
    http::{Body, ErrorCode, Request},
    journey_types::{Description, Iteration, User},
    measure::{Level, MetricKind, Verdict},
    responses::{ReadError, Response},
    types::{Failure, Tag},
};
use outrider_wit::v0_1::journey_async::JourneyAsync;
use outrider_wit::wasmtime::component::types::ComponentItem;
use outrider_wit::wasmtime::component::{Component, Linker, ResourceTable};
use outrider_wit::wasmtime::{self, Config, Engine, OptLevel, Store, StoreContextMut};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

/// A file beside this one.
pub(crate) fn journey_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/journeys").join(name)
}

/// A journey's source in a folder of its own.
pub(crate) fn written(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    folder
}

/// A component compiled once for all tests that use it.
#[derive(Clone)]
pub(crate) struct Compiled {
    engine: Engine,
    component: Component,
    async_world: bool,
}

impl Compiled {
    pub(crate) fn of(built: &Built) -> Compiled {
        let mut config = Config::new();
        config.wasm_component_model_async(true).cranelift_opt_level(OptLevel::None);
        let engine = Engine::new(&config).unwrap();
        let component = Component::new(&engine, &built.component).unwrap();
        Compiled { engine, component, async_world: built.world() == Some(World::JourneyAsync) }
    }
}

impl Compiled {
    /// The names of what it imports.
    pub(crate) fn imports(&self) -> Vec<String> {
        self.component.component_type().imports(&self.engine).map(|(name, _)| name.to_owned()).collect()
    }
}

/// `journeys/plain.ts`.
pub(crate) fn plain_built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| build(&journey_file("plain.ts")))
}

pub(crate) fn plain() -> Compiled {
    static COMPILED: OnceLock<Compiled> = OnceLock::new();
    COMPILED.get_or_init(|| Compiled::of(plain_built())).clone()
}

/// `journeys/misspelt.ts`.
pub(crate) fn misspelt() -> Compiled {
    Compiled::of(&build(&journey_file("misspelt.ts")))
}

/// `journeys/async.ts`.
pub(crate) fn asynchronous() -> Compiled {
    static COMPILED: OnceLock<Compiled> = OnceLock::new();
    COMPILED.get_or_init(|| Compiled::of(&build(&journey_file("async.ts")))).clone()
}

/// A toolchain that gives nothing up on a machine that is busy with other tests.
pub(crate) fn patient() -> Toolchain {
    Toolchain::new().without_cache().with_time_limit(Duration::from_secs(600))
}

/// Builds a journey that must build.
pub(crate) fn build(path: &Path) -> Built {
    patient().build(path).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) struct Host {
    wasi: WasiCtx,
    table: ResourceTable,
    stderr: MemoryOutputPipe,
    calls: Vec<String>,
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

enum Exports {
    Plain(Journey),
    Async(JourneyAsync),
}

/// One user's instance.
pub(crate) struct Guest {
    store: Store<Host>,
    exports: Exports,
}

/// Calls an export of either world.
macro_rules! call {
    ($guest:ident, $function:ident $(, $borrowed:expr, $owned:expr)?) => {{
        let Guest { store, exports } = &mut *$guest;
        match exports {
            Exports::Plain(exports) => {
                exports.outrider_plugin_user_journey().$function(&mut *store $(, $borrowed)?).await
            }
            Exports::Async(exports) => {
                let exports = exports.outrider_plugin_user_journey_async();
                let called = store.run_concurrent(async move |accessor| exports.$function(accessor $(, $owned)?).await);
                called.await.flatten()
            }
        }
    }};
}

impl Guest {
    pub(crate) async fn new(compiled: &Compiled) -> Guest {
        let stderr = MemoryOutputPipe::new(1 << 16);
        let wasi = WasiCtxBuilder::new().stderr(stderr.clone()).build();
        let host = Host { wasi, table: ResourceTable::new(), stderr, calls: Vec::new() };
        let mut store = Store::new(&compiled.engine, host);
        let linker = linker(compiled).unwrap();
        let exports = if compiled.async_world {
            Exports::Async(
                JourneyAsync::instantiate_async(&mut store, &compiled.component, &linker).await.unwrap(),
            )
        } else {
            Exports::Plain(
                Journey::instantiate_async(&mut store, &compiled.component, &linker).await.unwrap(),
            )
        };
        Guest { store, exports }
    }

    pub(crate) async fn describe(&mut self) -> Description {
        let Guest { store, exports } = self;
        match exports {
            Exports::Plain(exports) => exports.outrider_plugin_user_journey().call_describe(store).await,
            Exports::Async(exports) => {
                exports.outrider_plugin_user_journey_async().call_describe(store).await
            }
        }
        .unwrap()
    }

    pub(crate) async fn setup(&mut self) -> Result<Option<String>, Failure> {
        call!(self, call_setup).unwrap()
    }

    pub(crate) async fn start(&mut self, vu: u32) -> Result<(), Failure> {
        call!(self, call_start, User { vu }, User { vu }).unwrap()
    }

    pub(crate) async fn iterate(&mut self, scenario: &str) -> Result<(), Failure> {
        let ended = self.try_iterate(scenario).await;
        ended.unwrap_or_else(|trap| {
            let stderr = self.store.data().stderr.contents();
            panic!("{trap:?}\n{}", String::from_utf8_lossy(&stderr))
        })
    }

    /// The outer error is a trap.
    pub(crate) async fn try_iterate(&mut self, scenario: &str) -> wasmtime::Result<Result<(), Failure>> {
        let iteration = Iteration { scenario: scenario.to_owned(), index: 4, user_iteration: 0 };
        call!(self, call_iterate, &iteration, iteration)
    }

    /// What the host was asked since the last time.
    pub(crate) fn calls(&mut self) -> Vec<String> {
        std::mem::take(&mut self.store.data_mut().calls)
    }
}

fn linker(compiled: &Compiled) -> wasmtime::Result<Linker<Host>> {
    let mut linker = Linker::new(&compiled.engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    http(&mut linker)?;
    measure(&mut linker)?;
    rest(&mut linker)?;
    refuse_the_rest(&mut linker, compiled)?;
    Ok(linker)
}

/// Whatever else the component imports of the contract is a trap when it is called. (The linker's own
/// function for this would define WASI's resources anew.)
fn refuse_the_rest(linker: &mut Linker<Host>, compiled: &Compiled) -> wasmtime::Result<()> {
    let component_type = compiled.component.component_type();
    for (name, item) in component_type.imports(&compiled.engine) {
        let ComponentItem::ComponentInstance(interface) = item.ty else { continue };
        if !name.starts_with("outrider:") {
            continue;
        }
        let mut instance = linker.instance(name)?;
        for (function, item) in interface.exports(&compiled.engine) {
            if matches!(item.ty, ComponentItem::ComponentFunc(_)) {
                let called = format!("{name}#{function}");
                // An error says that there is one already.
                drop(
                    instance.func_new(function, move |_, _, _, _| Err(wasmtime::Error::msg(called.clone()))),
                );
            }
        }
    }
    Ok(())
}

fn note(mut store: StoreContextMut<'_, Host>, call: String) {
    store.data_mut().calls.push(call);
}

fn answer(url: &str, id: u32) -> Result<Response, ErrorCode> {
    if url.contains("refused") {
        return Err(ErrorCode::ConnectionRefused);
    }
    Ok(Response { id, status: 200, duration: 1_500_000, body_size: 42 })
}

fn described(request: &Request) -> String {
    let headers: String =
        request.headers.iter().map(|header| format!(" {}={}", header.name, header.value)).collect();
    let body = match &request.body {
        Body::Empty => String::new(),
        Body::Json(text) => format!(" {text}"),
        other => format!(" {other:?}"),
    };
    let timeout = request.timeout.map(|timeout| format!(" timeout={timeout}")).unwrap_or_default();
    format!("{} {}{headers}{body}{timeout}", request.method, request.url)
}

fn http(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    let mut http = linker.instance("outrider:plugin/http@0.1.0")?;
    http.func_wrap("send", |store: StoreContextMut<'_, Host>, (request,): (Request,)| {
        note(store, format!("send {}", described(&request)));
        Ok((answer(&request.url, 1),))
    })?;
    http.func_wrap("send-plain", |store: StoreContextMut<'_, Host>, (method, url): (String, String)| {
        note(store, format!("send {method} {url}"));
        Ok((answer(&url, 1),))
    })?;
    http.func_wrap("batch", |store: StoreContextMut<'_, Host>, (requests,): (Vec<Request>,)| {
        let list: Vec<String> = requests.iter().map(described).collect();
        note(store, format!("batch {}", list.join(", ")));
        Ok((requests.iter().map(|request| answer(&request.url, 2)).collect::<Vec<_>>(),))
    })?;
    let mut responses = linker.instance("outrider:plugin/responses@0.1.0")?;
    responses.func_wrap("text", |_: StoreContextMut<'_, Host>, (_,): (u32,)| {
        Ok((Ok::<String, ReadError>("{\"name\": \"tent\"}".to_owned()),))
    })
}

fn measure(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    let mut measure = linker.instance("outrider:plugin/measure@0.1.0")?;
    measure.func_wrap("begin-step", |store: StoreContextMut<'_, Host>, (name,): (String,)| {
        note(store, format!("begin {name}"));
        Ok((1_u32,))
    })?;
    measure.func_wrap(
        "end-step",
        |store: StoreContextMut<'_, Host>, (_, error): (u32, Option<String>)| {
            note(store, format!("end {}", error.as_deref().unwrap_or("ok")));
            Ok(())
        },
    )?;
    measure.func_wrap("check", |store: StoreContextMut<'_, Host>, (verdict,): (Verdict,)| {
        let Verdict { name, passed, expected, actual, .. } = verdict;
        note(store, format!("check {name} {passed} {expected:?} {actual:?}"));
        Ok(())
    })?;
    measure.func_wrap(
        "record-metric",
        |store: StoreContextMut<'_, Host>, (name, kind, value, tags): (String, MetricKind, f64, Vec<Tag>)| {
            note(store, format!("metric {name} {kind:?} {value} {}", tags.len()));
            Ok(())
        },
    )?;
    measure.func_wrap("set-tag", |store: StoreContextMut<'_, Host>, (tag,): (Tag,)| {
        note(store, format!("tag {}={}", tag.key, tag.value));
        Ok(())
    })?;
    measure.func_wrap("log", |store: StoreContextMut<'_, Host>, (_, message): (Level, String)| {
        note(store, format!("log {message}"));
        Ok(())
    })
}

fn rest(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    let mut clock = linker.instance("outrider:plugin/clock@0.1.0")?;
    clock.func_wrap("now", |_: StoreContextMut<'_, Host>, (): ()| Ok((1_700_000_000_000_000_000_u64,)))?;
    clock.func_wrap("elapsed", |_: StoreContextMut<'_, Host>, (): ()| Ok((2_500_000_u64,)))?;
    clock.func_wrap("sleep", |store: StoreContextMut<'_, Host>, (duration,): (u64,)| {
        note(store, format!("sleep {duration}"));
        Ok(())
    })?;
    let mut random = linker.instance("outrider:plugin/random@0.1.0")?;
    random.func_wrap("float", |_: StoreContextMut<'_, Host>, (): ()| Ok((0.25,)))?;
    random.func_wrap("between", |_: StoreContextMut<'_, Host>, (low, _): (i64, i64)| Ok((low,)))?;
    let mut vars = linker.instance("outrider:plugin/vars@0.1.0")?;
    vars.func_wrap("parameters", |_: StoreContextMut<'_, Host>, (): ()| {
        Ok(("{\"path\": \"/home\"}".to_owned(),))
    })?;
    let mut data = linker.instance("outrider:plugin/data@0.1.0")?;
    data.func_wrap("row", |_: StoreContextMut<'_, Host>, (name,): (String,)| {
        let row =
            if name == "users" { Ok("{\"name\": \"ada\"}".to_owned()) } else { Err(DataError::Exhausted(3)) };
        Ok((row,))
    })
}
