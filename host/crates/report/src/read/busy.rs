//! Which scenarios had no free VU when an iteration was due.

use outrider_model::{IterationStatus, ScenarioPlan};

use super::columns::{Slots, ms};
use super::iterations::{Iteration, Waits};
use crate::summary::BusyScenario;

/// What came of the iterations of one scenario.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Busy {
    scheduled: u64,
    dropped: u64,
    waits: Waits,
}

impl Busy {
    /// Counts an iteration. One that was dropped for want of data had no need of a VU.
    pub(super) fn add(&mut self, iteration: &Iteration, is_without_data: bool) {
        self.scheduled += 1;
        match iteration.status {
            IterationStatus::Dropped => self.dropped += u64::from(!is_without_data),
            _ => self.waits.add(iteration.waited_ns.unwrap_or(0)),
        }
    }
}

/// The scenarios of the plan that were short of VUs.
pub(super) fn finish(found: &Slots<Busy>, plan: &[ScenarioPlan]) -> Vec<BusyScenario> {
    plan.iter().filter_map(|scenario| busy(found, scenario)).collect()
}

fn busy(found: &Slots<Busy>, plan: &ScenarioPlan) -> Option<BusyScenario> {
    let (_, busy) = found.slots.iter().find(|(name, _)| **name == *plan.name)?;
    let Busy { scheduled, dropped, waits } = *busy;
    (dropped + waits.count > 0).then(|| BusyScenario {
        name: plan.name.clone(),
        max_vus: plan.executor.max_vus(),
        scheduled,
        dropped,
        waited: waits.count,
        max_waited_ms: ms(waits.worst_ns as f64),
    })
}
