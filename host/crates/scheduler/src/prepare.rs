//! Making VUs.

use std::sync::Arc;
use std::time::Duration;

use outrider_model::{
    Admission, BoxFuture, IterationCtx, IterationIndex, IterationOutcome, Vu, VuError, VuFactory, VuId,
};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::control::{JourneyAbort, StopHandle};
use crate::error::PrepareError;
use crate::seat::Seat;
use crate::stats::Stats;

/// Thirty-two VUs are made at the same time, over all scenarios: enough to overlap the requests that
/// their `start` may make, few enough to be no load of its own on the target before the test.
pub const MAX_CONCURRENT_CREATIONS: usize = 32;

/// Errors beyond the first that are kept: a few show whether all VUs fail alike.
const MAX_FURTHER_ERRORS: usize = 4;

/// Makes the VUs of a scenario, a bounded number at a time over all scenarios.
pub(crate) struct VuMaker {
    factory: Arc<dyn VuFactory>,
    places: Arc<Semaphore>,
}

impl std::fmt::Debug for VuMaker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VuMaker").field("places", &self.places).finish_non_exhaustive()
    }
}

impl VuMaker {
    /// `places` are those of all scenarios: see [`VuMaker::places`].
    pub(crate) fn new(factory: Arc<dyn VuFactory>, places: &Arc<Semaphore>) -> VuMaker {
        VuMaker { factory, places: Arc::clone(places) }
    }

    /// Places for as many VUs as may be made at the same time.
    pub(crate) fn places() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(MAX_CONCURRENT_CREATIONS))
    }

    /// Whether an iteration may start.
    pub(crate) fn admit(&self, scenario: &str, plugin_scenario: &str, index: IterationIndex) -> Admission {
        self.factory.admit(scenario, plugin_scenario, index)
    }

    pub(crate) async fn make(&self, id: VuId, stats: &Arc<Stats>) -> Result<LiveVu, VuError> {
        let _place = self.places.acquire().await.expect("never closed");
        let vu = self.factory.create(id).await?;
        stats.vu_made();
        Ok(LiveVu { vu, stats: Arc::clone(stats) })
    }
}

/// A VU that is counted as initialized for as long as it exists.
pub(crate) struct LiveVu {
    vu: Box<dyn Vu>,
    stats: Arc<Stats>,
}

impl LiveVu {
    pub(crate) fn iterate(&mut self, ctx: IterationCtx) -> BoxFuture<'_, IterationOutcome> {
        self.vu.iterate(ctx)
    }

    pub(crate) fn is_reusable(&self) -> bool {
        self.vu.is_reusable()
    }

    pub(crate) fn unmeasured(&self) -> Duration {
        self.vu.unmeasured()
    }

    pub(crate) fn stop(&mut self) -> BoxFuture<'_, ()> {
        self.vu.stop()
    }
}

impl Drop for LiveVu {
    fn drop(&mut self) {
        self.stats.vu_gone();
    }
}

impl std::fmt::Debug for LiveVu {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveVu").field("id", &self.vu.id()).finish_non_exhaustive()
    }
}

/// A seat that is to be filled.
pub(crate) struct Vacancy<'a> {
    pub(crate) scenario: Arc<str>,
    pub(crate) seat: &'a mut Seat,
    pub(crate) stats: Arc<Stats>,
    pub(crate) vus: Arc<VuMaker>,
}

/// Fills all `vacancies`. After the first failure no further VU is made; those made so far keep their
/// seats.
pub(crate) async fn fill(vacancies: Vec<Vacancy<'_>>, stop: &StopHandle) -> Result<(), PrepareError> {
    let planned = vacancies.len();
    let mut tasks = JoinSet::new();
    let mut open = Vec::with_capacity(planned);
    for (number, Vacancy { scenario, seat, stats, vus }) in vacancies.into_iter().enumerate() {
        let id = seat.id();
        tasks.spawn(async move { (number, vus.make(id, &stats).await) });
        open.push((scenario, seat));
    }
    let mut stop = stop.watch();
    loop {
        let made = tokio::select! {
            biased;
            _ = stop.next() => return Err(PrepareError::Stopped),
            made = tasks.join_next() => made,
        };
        match made {
            None => return Ok(()),
            Some(Ok((number, Ok(vu)))) => open[number].1.take_in(vu),
            Some(Ok((number, Err(first)))) if first.aborts_run => {
                without_waiting(&mut tasks, &mut open);
                let scenario = Arc::clone(&open[number].0);
                return Err(PrepareError::AbortedByJourney(JourneyAbort::in_start(scenario, first)));
            }
            Some(Ok((number, Err(first)))) => {
                let more = without_waiting(&mut tasks, &mut open);
                let scenario = Arc::clone(&open[number].0);
                return Err(PrepareError::Vus { planned, scenario, first: Box::new(first), more });
            }
            Some(Err(error)) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

/// Takes in the VUs that are made already, and returns the errors that are known already.
fn without_waiting(
    tasks: &mut JoinSet<(usize, Result<LiveVu, VuError>)>,
    open: &mut [(Arc<str>, &mut Seat)],
) -> Vec<VuError> {
    let mut errors = Vec::new();
    while let Some(Ok((number, made))) = tasks.try_join_next() {
        match made {
            Ok(vu) => open[number].1.take_in(vu),
            Err(error) if errors.len() < MAX_FURTHER_ERRORS => errors.push(error),
            Err(_) => {}
        }
    }
    errors
}
