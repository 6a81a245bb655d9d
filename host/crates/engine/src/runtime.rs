//! wasmtime, configured: once for compiling, once for a known number of users.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use outrider_wit::wasmtime::component::Component;
use outrider_wit::wasmtime::{
    Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Result, WasmBacktraceDetails,
};

use crate::EngineError;
use crate::footprint::{Footprint, SPARE_INSTANCES, check_room};
use crate::inspect::{Inspection, World};
use crate::limits::{EPOCH, MAX_CORE_INSTANCES, MAX_MEMORIES, MAX_TABLE_ELEMENTS, MAX_TABLES};

/// An engine with its epoch ticker.
pub(crate) struct Runtime {
    engine: Engine,
    /// Kept for its thread: without it nothing stops a busy guest.
    _ticker: Option<Ticker>,
    /// Of the component, see [`Inspection`].
    source_root: Option<Arc<str>>,
}

impl Runtime {
    /// An engine that compiles and inspects.
    pub(crate) fn compiler(world: World) -> Result<Runtime> {
        Ok(Runtime { engine: Engine::new(&config(world))?, _ticker: None, source_root: None })
    }

    /// An engine with a pool of the given size, for one component.
    pub(crate) fn pooled(density: &Density, inspection: &Inspection) -> Result<Runtime> {
        let mut config = config(inspection.world);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(density.pool()));
        let engine = Engine::new(&config)?;
        let ticker = Ticker::start(engine.clone())?;
        Ok(Runtime { engine, _ticker: Some(ticker), source_root: inspection.source_root.clone() })
    }

    /// What stands for the plugin's folder in the names of files that its language prints.
    pub(crate) fn source_root(&self) -> Option<Arc<str>> {
        self.source_root.clone()
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }
}

fn config(world: World) -> Config {
    // Only a guest with asynchronous functions has tasks of which wasmtime must keep books.
    let has_tasks = world == World::JourneyAsync;
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .concurrency_support(has_tasks)
        .wasm_component_model_async(has_tasks)
        .wasm_backtrace_details(WasmBacktraceDetails::Enable)
        // Host functions run on the guest's stack: they get the difference.
        .max_wasm_stack(512 << 10)
        .async_stack_size(2 << 20);
    config
}

/// How much room a component's users need.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Density {
    vus: u32,
    memories: u32,
    tables: u32,
}

impl Density {
    /// A component that decides at run time what it instantiates is given the most it may have.
    pub(crate) fn of(component: &Component, vus: u32) -> Density {
        let (memories, tables) = component
            .resources_required()
            .map_or((MAX_MEMORIES, MAX_TABLES), |needed| (needed.num_memories, needed.num_tables));
        Density { vus, memories: memories.max(1), tables: tables.max(1) }
    }

    fn pool(&self) -> PoolingAllocationConfig {
        let instances = self.vus.saturating_add(SPARE_INSTANCES);
        let mut pool = PoolingAllocationConfig::default();
        pool.total_component_instances(instances)
            .total_core_instances(instances.saturating_mul(MAX_CORE_INSTANCES))
            .total_memories(instances.saturating_mul(self.memories))
            .total_tables(instances.saturating_mul(self.tables))
            .total_stacks(instances)
            .max_core_instances_per_component(MAX_CORE_INSTANCES)
            .max_memories_per_component(MAX_MEMORIES)
            .max_tables_per_component(MAX_TABLES)
            .table_elements(MAX_TABLE_ELEMENTS)
            .max_unused_warm_slots(0);
        pool
    }

    /// What one user takes: two mappings for a stack with its guard page, three for each memory (image, what was
    /// written or grown, the rest).
    pub(crate) fn footprint_per_vu(&self) -> Footprint {
        let memories = u64::from(self.memories);
        Footprint { mappings: 2 + 3 * memories, memories }
    }

    /// What all users take.
    pub(crate) fn footprint(&self) -> Footprint {
        let per_vu = self.footprint_per_vu();
        per_vu.times(self.vus).plus(per_vu.of_spares())
    }

    /// Compares what the users need with what the kernel allows.
    pub(crate) fn check_mappings(&self, name: &str) -> Result<(), EngineError> {
        check_room(name, self.vus, self.footprint())
    }
}

/// Moves an engine's epoch on, every [`EPOCH`], from a thread of its own: a busy event loop must not be
/// able to hold up the clock that stops a busy guest.
struct Ticker {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    fn start(engine: Engine) -> Result<Ticker> {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stop);
        let thread = std::thread::Builder::new()
            .name("epochs".into())
            .spawn(move || {
                while !seen.load(Ordering::Relaxed) {
                    std::thread::sleep(EPOCH);
                    engine.increment_epoch();
                }
            })
            .map_err(outrider_wit::wasmtime::Error::new)?;
        Ok(Ticker { stop, thread: Some(thread) })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the epoch ticker panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_user_needs_mappings_for_its_stack_and_its_memories() {
        let density = Density { vus: 20_000, memories: 3, tables: 6 };
        let all = density.footprint();
        assert_eq!(all, Footprint { mappings: 20_016 * 11, memories: 20_016 * 3 });
    }

    #[test]
    fn ten_thousand_rust_users_fit_the_default() {
        let density = Density { vus: 10_000, memories: 1, tables: 2 };
        assert!(density.footprint().mappings + 2_000 < 65_530);
    }
}
