//! `per-vu-iterations`: each VU runs the same number of iterations.

use std::sync::Arc;
use std::time::Duration;

use super::closed::{self, Quota};
use crate::scenario::Scenario;
use crate::seat::Seat;

/// `iterations` is each VU's.
pub(super) async fn run(
    scenario: Arc<Scenario>,
    seats: Vec<Seat>,
    iterations: u64,
    max_duration: Duration,
) -> Vec<Seat> {
    closed::run(scenario, seats, max_duration, Quota::Each(iterations)).await
}

#[cfg(test)]
mod tests {
    use outrider_model::ExecutorPlan;

    use crate::fake::{Act, Birth, TestRun, ms};

    fn per_vu(vus: u32, iterations: u64, max_millis: u64) -> TestRun {
        TestRun::of(ExecutorPlan::PerVuIterations { vus, iterations, max_duration: ms(max_millis) })
    }

    #[tokio::test(start_paused = true)]
    async fn each_vu_runs_its_own_number_at_its_own_speed() {
        let run = per_vu(2, 3, 60_000);
        let report = run.script(|call| Act::completes(ms(if call.vu == 1 { 100 } else { 250 }))).run().await;
        let starts = report.starts_by_vu();
        assert_eq!(starts[&1], [0, 100_000, 200_000]);
        assert_eq!(starts[&2], [0, 250_000, 500_000]);
        assert_eq!(report.took, 750_000);
    }

    #[tokio::test(start_paused = true)]
    async fn indices_are_unique_over_vus_and_workers() {
        let mut indices = Vec::new();
        for index in 0..2 {
            indices.extend(per_vu(4, 3, 60_000).segment(index, 2).run().await.indices());
        }
        indices.sort_unstable();
        assert_eq!(indices, (0..12).collect::<Vec<_>>());
    }

    #[tokio::test(start_paused = true)]
    async fn time_that_is_up_ends_it_early() {
        let report = per_vu(2, 10, 250).run().await;
        assert_eq!(report.scenario().iterations.completed, 6);
        assert_eq!(report.scenario().unstarted, 14);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_takes_the_iterations_of_a_lost_vu() {
        let run = per_vu(2, 3, 60_000).script(|call| match call.vu {
            1 => Act::breaks(ms(100)),
            _ => Act::completes(ms(100)),
        });
        let report =
            run.births(|(vu, before)| Birth { fails: vu == 1 && before > 0, ..Birth::default() }).run().await;
        assert_eq!(report.scenario().iterations.started, 4);
        assert_eq!(report.scenario().unstarted, 2);
    }
}
