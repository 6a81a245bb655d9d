//! `shared-iterations`: the VUs share a number of iterations; whoever is free takes the next.

use std::sync::Arc;
use std::time::Duration;

use super::closed::{self, Quota};
use crate::scenario::Scenario;
use crate::seat::Seat;

/// `iterations` is this worker's share.
pub(super) async fn run(
    scenario: Arc<Scenario>,
    seats: Vec<Seat>,
    iterations: u64,
    max_duration: Duration,
) -> Vec<Seat> {
    closed::run(scenario, seats, max_duration, Quota::Shared(iterations)).await
}

#[cfg(test)]
mod tests {
    use outrider_model::{ExecutorPlan, IterationStatus};

    use crate::fake::{Act, TestRun, ms};

    fn shared(vus: u32, iterations: u64, max_millis: u64) -> TestRun {
        TestRun::of(ExecutorPlan::SharedIterations { vus, iterations, max_duration: ms(max_millis) })
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_is_free_takes_the_next() {
        let run = shared(2, 7, 60_000);
        let report = run.script(|call| Act::completes(ms(if call.vu == 1 { 100 } else { 250 }))).run().await;
        let starts = report.starts_by_vu();
        assert_eq!(starts[&1], [0, 100_000, 200_000, 300_000, 400_000]);
        assert_eq!(starts[&2], [0, 250_000]);
        assert_eq!(report.indices(), (0..7).collect::<Vec<_>>());
        assert_eq!(report.took, 500_000);
    }

    #[tokio::test(start_paused = true)]
    async fn more_vus_than_iterations_leave_some_idle() {
        let report = shared(5, 2, 60_000).run().await;
        assert_eq!(report.scenario().iterations.completed, 2);
        assert_eq!(report.took, 100_000);
    }

    #[tokio::test(start_paused = true)]
    async fn iterations_that_time_did_not_allow_are_stated() {
        let report = shared(1, 10, 250).graceful_stop(ms(10)).run().await;
        assert_eq!(report.times(IterationStatus::Completed).len(), 2);
        assert_eq!(report.ends(IterationStatus::Interrupted), [260_000]);
        assert_eq!(report.scenario().unstarted, 7);
    }

    #[tokio::test(start_paused = true)]
    async fn workers_cover_every_index_once() {
        let mut indices = Vec::new();
        for index in 0..3 {
            indices.extend(shared(4, 10, 60_000).segment(index, 3).run().await.indices());
        }
        indices.sort_unstable();
        assert_eq!(indices, (0..10).collect::<Vec<_>>());
    }

    #[tokio::test(start_paused = true)]
    async fn the_iterations_of_a_lost_vu_go_to_the_others() {
        let run = shared(2, 6, 60_000).script(|call| match call.vu {
            1 => Act::breaks(ms(100)),
            _ => Act::completes(ms(100)),
        });
        let births = |(vu, before): (u32, u32)| crate::fake::Birth {
            fails: vu == 1 && before > 0,
            ..Default::default()
        };
        let report = run.births(births).run().await;
        assert_eq!(report.starts_by_vu()[&1], [0]);
        assert_eq!(report.starts_by_vu()[&2].len(), 5);
        assert_eq!((report.scenario().lost_vus.total(), report.scenario().unstarted), (1, 0));
    }
}
