//! wasmtime, configured: once for compiling, once for a known number of users.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use outrider_wit::wasmtime::component::Component;
use outrider_wit::wasmtime::{
    Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Result, WasmBacktraceDetails,
};

use crate::EngineError;
use crate::inspect::World;
use crate::limits::{EPOCH, MAX_CORE_INSTANCES, MAX_MEMORIES, MAX_TABLE_ELEMENTS, MAX_TABLES};

/// Users that are replaced exist twice for a moment, and `setup` and `teardown` need an instance too.
const SPARE_INSTANCES: u32 = 16;

/// Linux's default for `vm.max_map_count`.
const DEFAULT_MAX_MAP_COUNT: u64 = 65_530;

/// Mappings of this program that have nothing to do with users: libraries, threads, heaps.
const OWN_MAPPINGS: u64 = 2_000;

/// 112 TiB: seven eighths of the 47 bits of address that a Linux process has on x86-64 and AArch64. The rest
/// is for everything that is not a user's.
const ADDRESS_SPACE: u64 = 7 << 44;

/// What a memory reserves of that, used or not: wasmtime's default of 4 GiB and a guard of 32 MiB.
const MEMORY_RESERVATION: u64 = (4 << 30) + (32 << 20);

/// An engine with its epoch ticker.
pub(crate) struct Runtime {
    engine: Engine,
    /// Kept for its thread: without it nothing stops a busy guest.
    _ticker: Option<Ticker>,
}

impl Runtime {
    /// An engine that compiles and inspects.
    pub(crate) fn compiler(world: World) -> Result<Runtime> {
        Ok(Runtime { engine: Engine::new(&config(world))?, _ticker: None })
    }

    /// An engine with a pool of the given size.
    pub(crate) fn pooled(density: &Density, world: World) -> Result<Runtime> {
        let mut config = config(world);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(density.pool()));
        let engine = Engine::new(&config)?;
        let ticker = Ticker::start(engine.clone())?;
        Ok(Runtime { engine, _ticker: Some(ticker) })
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

    /// Memory mappings of all users.
    fn mappings(&self) -> u64 {
        let instances = u64::from(self.vus) + u64::from(SPARE_INSTANCES);
        instances * self.mappings_per_instance()
    }

    /// Two for a stack with its guard page, three for each memory (image, what was written or grown, the
    /// rest).
    fn mappings_per_instance(&self) -> u64 {
        2 + 3 * u64::from(self.memories)
    }

    /// Compares what the users need with what the kernel allows.
    pub(crate) fn check_mappings(&self, name: &str) -> Result<(), EngineError> {
        check_room(name, &[*self])
    }
}

/// The most users of these components, each user with an instance of all of them, that this machine holds,
/// whatever the number at hand.
pub(crate) fn most_vus(densities: &[Density]) -> u32 {
    most_vus_within(densities, available_mappings())
}

fn most_vus_within(densities: &[Density], mappings: u64) -> u32 {
    let per_instance: u64 = densities.iter().map(Density::mappings_per_instance).sum();
    let memories: u64 = densities.iter().map(|density| u64::from(density.memories)).sum();
    let mapped = mappings.saturating_sub(OWN_MAPPINGS) / per_instance.max(1);
    let reserved = ADDRESS_SPACE / (memories.max(1) * MEMORY_RESERVATION);
    let instances = u32::try_from(mapped.min(reserved)).unwrap_or(u32::MAX);
    instances.saturating_sub(SPARE_INSTANCES)
}

/// Compares what the users of several components need together with what the kernel allows. `name` says
/// which components.
pub(crate) fn check_room(name: &str, densities: &[Density]) -> Result<(), EngineError> {
    let (needed, available) = (needed_mappings(densities), available_mappings());
    if needed <= available {
        return Ok(());
    }
    let vus = densities.iter().map(|density| density.vus).max().unwrap_or(0);
    Err(EngineError::TooManyVus { name: name.into(), vus, needed, available })
}

fn needed_mappings(densities: &[Density]) -> u64 {
    densities.iter().map(Density::mappings).sum::<u64>() + OWN_MAPPINGS
}

/// How many memory mappings a process may have.
fn available_mappings() -> u64 {
    std::fs::read_to_string("/proc/sys/vm/max_map_count")
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(DEFAULT_MAX_MAP_COUNT)
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
    fn twenty_thousand_quickjs_users_are_refused_with_the_number_that_they_need() {
        let density = Density { vus: 20_000, memories: 3, tables: 6 };
        assert_eq!(needed_mappings(&[density]), 20_016 * 11 + 2_000);
    }

    #[test]
    fn ten_thousand_rust_users_fit_the_default() {
        let density = Density { vus: 10_000, memories: 1, tables: 2 };
        assert!(needed_mappings(&[density]) < DEFAULT_MAX_MAP_COUNT);
    }

    #[test]
    fn a_pack_needs_room_of_its_own() {
        let density = Density { vus: 100, memories: 1, tables: 2 };
        assert_eq!(needed_mappings(&[density, density]), 2 * 116 * 5 + 2_000);
    }

    #[test]
    fn the_most_users_are_those_that_just_fit() {
        let quickjs = Density { vus: 0, memories: 3, tables: 6 };
        let most = most_vus_within(&[quickjs], DEFAULT_MAX_MAP_COUNT);
        let needed = |vus| needed_mappings(&[Density { vus, ..quickjs }]);
        assert!(needed(most) <= DEFAULT_MAX_MAP_COUNT);
        assert!(needed(most + 1) > DEFAULT_MAX_MAP_COUNT);
        assert_eq!(most_vus_within(&[quickjs], 0), 0);
    }

    #[test]
    fn the_most_users_with_packs_are_those_that_just_fit_together() {
        let quickjs = Density { vus: 0, memories: 3, tables: 6 };
        let rust = Density { vus: 0, memories: 1, tables: 2 };
        let most = most_vus_within(&[quickjs, rust], DEFAULT_MAX_MAP_COUNT);
        let needed = |vus| needed_mappings(&[Density { vus, ..quickjs }, Density { vus, ..rust }]);
        assert!(needed(most) <= DEFAULT_MAX_MAP_COUNT);
        assert!(needed(most + 1) > DEFAULT_MAX_MAP_COUNT);
    }

    #[test]
    fn address_space_is_the_limit_where_mappings_are_plenty() {
        let quickjs = Density { vus: 0, memories: 3, tables: 6 };
        let most = u64::from(most_vus_within(&[quickjs], u64::MAX)) + u64::from(SPARE_INSTANCES);
        assert_eq!(most, 9_483, "28 Ki memories of 4 GiB, less the guards, three to each");
    }
}
