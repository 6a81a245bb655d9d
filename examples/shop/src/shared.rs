//! What all connections share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use outrider_model::RunClock;

use crate::access_log::AccessLog;
use crate::assets::Assets;
use crate::catalog::Catalog;
use crate::faults::FaultPlan;
use crate::sessions::Sessions;
use crate::{FaultConfig, ShopConfig, ShopError};

/// Everything a request can reach. Only sessions are locked to be changed, in shards; the fault plan's
/// lock is taken for reading, for as long as it takes to count one reference up.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) clock: RunClock,
    pub(crate) catalog: Catalog,
    pub(crate) assets: Assets,
    pub(crate) sessions: Sessions,
    pub(crate) counters: Counters,
    pub(crate) log: Option<AccessLog>,
    seed: u64,
    faults: RwLock<Arc<FaultPlan>>,
}

/// What is counted while the shop runs.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) connections: Counter,
    pub(crate) requests: Counter,
    pub(crate) injected_errors: Counter,
    pub(crate) orders: Counter,
}

/// A number that only grows.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    /// Adds one and gives the new value.
    pub(crate) fn increment(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Shared {
    pub(crate) fn new(
        config: &ShopConfig,
        clock: RunClock,
        log: Option<AccessLog>,
    ) -> Result<Shared, ShopError> {
        let faults = plan(&config.faults, config.seed, clock)?;
        // Ids must not come again when the shop is started again: browsers keep their cookies.
        let id_seed = config.seed ^ clock.now().0.cast_unsigned();
        Ok(Shared {
            clock,
            catalog: Catalog::load(),
            assets: Assets::load(),
            sessions: Sessions::new(config.max_sessions, id_seed),
            counters: Counters::default(),
            log,
            seed: config.seed,
            faults: RwLock::new(Arc::new(faults)),
        })
    }

    pub(crate) fn faults(&self) -> Arc<FaultPlan> {
        self.faults.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces all faults; the random numbers and the stall's clock begin anew.
    pub(crate) fn set_faults(&self, config: &FaultConfig) -> Result<(), ShopError> {
        let plan = Arc::new(plan(config, self.seed, self.clock)?);
        *self.faults.write().unwrap_or_else(PoisonError::into_inner) = plan;
        Ok(())
    }
}

fn plan(config: &FaultConfig, seed: u64, clock: RunClock) -> Result<FaultPlan, ShopError> {
    match config.problems() {
        problems if problems.is_empty() => Ok(FaultPlan::new(config.clone(), seed, clock.instant())),
        problems => Err(ShopError::Faults(problems)),
    }
}
