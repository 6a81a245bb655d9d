//! How many VUs this machine holds, and what a load gets of them.

use outrider_engine::Footprint;
use outrider_model::ExecutorPlan;

use crate::LoadConfig;
use crate::monitor::open_files_limit;

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

/// What VUs take of this machine, or what it has for them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Room {
    instances: Footprint,
    /// Open files: each VU has a connection.
    files: u64,
}

impl Room {
    /// What there is.
    pub(super) fn of_this_machine() -> Room {
        let files = open_files_limit().map_or(u64::MAX, |files| files.saturating_sub(OWN_FILES));
        Room { instances: Footprint::of_this_machine(), files }
    }

    /// What a VU takes whose journey and packs take this.
    pub(super) fn of_one_vu(instances: Footprint) -> Room {
        Room { instances, files: 1 }
    }

    /// What instances take that have no connection.
    pub(super) fn of_instances(instances: Footprint) -> Room {
        Room { instances, files: 0 }
    }

    fn times(self, count: u32) -> Room {
        let files = self.files.saturating_mul(u64::from(count));
        Room { instances: self.instances.times(count), files }
    }

    fn plus(self, other: Room) -> Room {
        let files = self.files.saturating_add(other.files);
        Room { instances: self.instances.plus(other.instances), files }
    }

    /// What is left of it.
    pub(super) fn less(self, taken: Room) -> Room {
        let [mappings, memories, files] =
            [0, 1, 2].map(|at| self.kinds()[at].saturating_sub(taken.kinds()[at]));
        Room { instances: Footprint { mappings, memories }, files }
    }

    /// Whatever may run out, one after the other.
    fn kinds(self) -> [u64; 3] {
        [self.instances.mappings, self.instances.memories, self.files]
    }
}

/// Gives each load the VUs that were asked for, and of the rest as many as there is room for, in
/// proportion to what they would have by default. `per_vu` is what one VU of each load takes.
pub(super) fn fit(loads: Vec<LoadConfig>, per_vu: &[Room], room: Room) -> Vec<Fitted> {
    let all = |vus: fn(&LoadConfig) -> u32| {
        let rooms = loads.iter().zip(per_vu).map(|(load, one)| one.times(vus(load)));
        rooms.fold(Room::default(), Room::plus)
    };
    let (spare, wanted) = (room.less(all(|load| load.least_vus)), all(beyond_asked));
    loads.into_iter().map(|load| fit_one(load, spare, wanted)).collect()
}

fn fit_one(load: LoadConfig, spare: Room, wanted: Room) -> Fitted {
    let default = load.executor.max_vus();
    let kinds = spare.kinds().into_iter().zip(wanted.kinds());
    let scarce = kinds.filter(|(spare, wanted)| wanted > spare);
    // More is wanted than there is, so that the share is a part of a u32.
    let share = |(spare, wanted)| u128::from(beyond_asked(&load)) * u128::from(spare) / u128::from(wanted);
    let Some(least_share) = scarce.map(share).min() else {
        return Fitted { executor: load.executor, lowered_from: None };
    };
    // A scenario with nobody in it would only drop iterations: one is asked for in any case.
    let ceiling = load.least_vus.saturating_add(least_share as u32).max(1);
    Fitted {
        lowered_from: (ceiling < default).then_some(default),
        executor: load.executor.with_ceiling(ceiling),
    }
}

/// The VUs of a load that are its default alone.
fn beyond_asked(load: &LoadConfig) -> u32 {
    load.executor.max_vus().saturating_sub(load.least_vus)
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

    /// A VU of a QuickJS component.
    const QUICKJS: Footprint = Footprint { mappings: 11, memories: 3 };

    /// A machine on which nothing but open files is scarce.
    fn with_files(files: u64) -> Room {
        Room { instances: Footprint { mappings: u64::MAX, memories: u64::MAX }, files }
    }

    fn fitted(loads: Vec<LoadConfig>, room: u32) -> Vec<(u32, u32, Option<u32>)> {
        let per_vu = vec![Room::of_one_vu(QUICKJS); loads.len()];
        fit(loads, &per_vu, with_files(u64::from(room))).iter().map(numbers).collect()
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
        let kept =
            fit(vec![LoadConfig::exactly(closed.clone())], &[Room::of_one_vu(QUICKJS)], with_files(100));
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

    #[test]
    fn the_most_users_are_those_that_just_fit() {
        let machine = Room { instances: Footprint { mappings: 63_530, memories: 28_449 }, files: u64::MAX };
        let most = |per_vu: Footprint, spares: Footprint| {
            let room = machine.less(Room::of_instances(spares));
            let fitted = fit(vec![open(1, 100_000, 1)], &[Room::of_one_vu(per_vu)], room);
            numbers(&fitted[0]).1
        };
        assert_eq!(most(QUICKJS, QUICKJS.of_spares()), 5_759, "63,530 mappings, 11 to each, 16 spare");
        let pack = Footprint { mappings: 5, memories: 1 };
        let both = QUICKJS.plus(pack);
        assert_eq!(most(both, both.of_spares()), 3_954, "16 mappings to each with its pack");
        let few_mappings = Footprint { mappings: 1, memories: 3 };
        assert_eq!(
            most(few_mappings, Footprint::default()),
            9_483,
            "address space for three memories to each"
        );
    }

    #[test]
    fn users_that_need_less_share_what_is_left_with_those_that_need_more() {
        let rust = Footprint { mappings: 5, memories: 1 };
        let room = Room { instances: Footprint { mappings: 1_616, memories: u64::MAX }, files: u64::MAX };
        let fitted = fit(
            vec![open(1, 201, 1), open(1, 201, 1)],
            &[Room::of_one_vu(QUICKJS), Room::of_one_vu(rust)],
            room,
        );
        let most: Vec<u32> = fitted.iter().map(|load| numbers(load).1).collect();
        assert_eq!(most, [101, 101], "1,600 mappings are left of the 3,200 that all would take");
    }
}
