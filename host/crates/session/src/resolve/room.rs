//! How many VUs this machine holds, and what a load gets of them.

use outrider_engine::{CompiledPack, CompiledPlugin, most_vus};
use outrider_model::ExecutorPlan;

use crate::LoadConfig;

/// Two hundred and fifty-six open files are the program's own, with room to spare: parts being written,
/// the event loop, the terminal.
const OWN_FILES: u64 = 256;

/// A load as this machine holds it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fitted {
    pub(super) executor: ExecutorPlan,
    /// The ceiling of VUs that it would have by default, where this machine holds fewer.
    pub(super) lowered_from: Option<u32>,
}

/// The most VUs of this plugin with its packs: by the memory they need, and by the connection that each of
/// them opens.
pub(super) fn of_this_machine<'a>(
    plugin: &CompiledPlugin,
    packs: impl IntoIterator<Item = &'a CompiledPack>,
) -> u32 {
    let connections = open_files().map_or(u64::MAX, |files| files.saturating_sub(OWN_FILES));
    most_vus(plugin, packs).min(u32::try_from(connections).unwrap_or(u32::MAX))
}

/// How many files this process may have open; `None` without a limit.
#[cfg(unix)]
fn open_files() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

#[cfg(not(unix))]
fn open_files() -> Option<u64> {
    None
}

/// Gives each load the VUs that were asked for, and of the rest as many as there is room for, in
/// proportion to what they would have by default.
pub(super) fn fit(loads: Vec<LoadConfig>, room: u32) -> Vec<Fitted> {
    let asked: u64 = loads.iter().map(|load| u64::from(load.least_vus)).sum();
    let wanted: u64 = loads.iter().map(beyond_asked).sum();
    let spare = u64::from(room).saturating_sub(asked);
    loads.into_iter().map(|load| fit_one(load, spare, wanted)).collect()
}

fn fit_one(load: LoadConfig, spare: u64, wanted: u64) -> Fitted {
    let default = load.executor.max_vus();
    if wanted <= spare {
        return Fitted { executor: load.executor, lowered_from: None };
    }
    // `wanted` is at least what this load wants of it, so the share is a part of a u32.
    let share = u128::from(beyond_asked(&load)) * u128::from(spare) / u128::from(wanted);
    // A scenario with nobody in it would only drop iterations: one is asked for in any case.
    let ceiling = load.least_vus.saturating_add(share as u32).max(1);
    Fitted {
        lowered_from: (ceiling < default).then_some(default),
        executor: load.executor.with_ceiling(ceiling),
    }
}

/// The VUs of a load that are its default alone.
fn beyond_asked(load: &LoadConfig) -> u64 {
    u64::from(load.executor.max_vus().saturating_sub(load.least_vus))
}

/// The VUs of all loads together.
pub(super) fn all_vus(loads: &[Fitted]) -> u32 {
    loads.iter().map(|load| load.executor.max_vus()).fold(0, u32::saturating_add)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use outrider_model::{Arrivals, Rate, WhenBusy};

    use super::*;

    fn open(pre_allocated_vus: u32, max_vus: u32, least_vus: u32) -> LoadConfig {
        let duration = Duration::from_secs(10);
        let executor = ExecutorPlan::ConstantArrivalRate {
            rate: Rate::per_second(f64::from(pre_allocated_vus)),
            duration,
            pre_allocated_vus,
            max_vus,
            arrivals: Arrivals::Even,
            when_busy: WhenBusy::Drop,
        };
        LoadConfig { executor, least_vus }
    }

    /// Pre-allocated, at most, and what it was lowered from.
    fn numbers(fitted: &Fitted) -> (u32, u32, Option<u32>) {
        let ExecutorPlan::ConstantArrivalRate { pre_allocated_vus, max_vus, .. } = fitted.executor else {
            panic!("{fitted:?}")
        };
        (pre_allocated_vus, max_vus, fitted.lowered_from)
    }

    fn fitted(loads: Vec<LoadConfig>, room: u32) -> Vec<(u32, u32, Option<u32>)> {
        fit(loads, room).iter().map(numbers).collect()
    }

    #[test]
    fn a_default_that_fits_stays() {
        assert_eq!(fitted(vec![open(2_000, 8_000, 1)], 8_000), [(2_000, 8_000, None)]);
    }

    #[test]
    fn a_default_ceiling_is_lowered_to_what_fits() {
        assert_eq!(fitted(vec![open(2_000, 8_000, 1)], 5_759), [(2_000, 5_759, Some(8_000))]);
        assert_eq!(fitted(vec![open(10_000, 40_000, 1)], 5_759), [(5_759, 5_759, Some(40_000))]);
    }

    #[test]
    fn what_was_asked_for_is_never_lowered() {
        assert_eq!(fitted(vec![open(2_000, 8_000, 8_000)], 100), [(2_000, 8_000, None)]);
        assert_eq!(fitted(vec![open(2_000, 8_000, 2_000)], 100), [(2_000, 2_000, Some(8_000))]);
        let closed = ExecutorPlan::ConstantVus { vus: 500, duration: Duration::from_secs(1) };
        let kept = fit(vec![LoadConfig::exactly(closed.clone())], 100);
        assert_eq!(kept, [Fitted { executor: closed, lowered_from: None }]);
    }

    #[test]
    fn several_scenarios_share_what_is_left() {
        let loads = vec![open(100, 1_000, 1_000), open(100, 401, 1), open(100, 801, 1)];
        let lowered = [(100, 1_000, None), (100, 201, Some(401)), (100, 401, Some(801))];
        assert_eq!(fitted(loads, 1_602), lowered);
    }

    #[test]
    fn nobody_is_left_out_where_there_is_no_room_at_all() {
        assert_eq!(fitted(vec![open(10, 40, 0)], 0), [(1, 1, Some(40))]);
    }
}
