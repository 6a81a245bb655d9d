//! `ramping-arrival-rate`: as `constant-arrival-rate`, with a rate that follows stages.

use std::sync::Arc;

use outrider_model::Stage;

use super::open::{self, Load, Pool};
use crate::scenario::Scenario;
use crate::schedule::Schedule;
use crate::seat::Seat;

pub(super) async fn run(
    schedule: Schedule,
    scenario: Arc<Scenario>,
    seats: Vec<Seat>,
    pool: Pool,
    stages: &[Stage],
) -> Vec<Seat> {
    let until = scenario.at(stages.iter().map(|stage| stage.duration).sum());
    open::run(scenario, seats, Load { schedule, pool, until }).await
}

#[cfg(test)]
mod tests {
    use outrider_model::{Arrivals, ExecutorPlan, IterationStatus, Rate, Stage, WhenBusy};

    use crate::fake::{TestRun, ms};

    /// Stages as (milliseconds, iterations per second).
    fn ramping_rate(start: f64, stages: &[(u64, f64)], vus: u32) -> TestRun {
        TestRun::of(ExecutorPlan::RampingArrivalRate {
            start_rate: Rate::per_second(start),
            stages: stages.iter().map(|&(millis, target)| Stage { duration: ms(millis), target }).collect(),
            pre_allocated_vus: vus,
            max_vus: vus,
            arrivals: Arrivals::Even,
            when_busy: WhenBusy::Drop,
        })
    }

    fn scheduled(times: &[(u64, u64, u64)]) -> Vec<u64> {
        times.iter().map(|(_, scheduled, _)| *scheduled).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn iterations_come_closer_as_the_rate_rises() {
        // From 0 to 8/s within 1 s: iteration i is due at the square root of i / 4 s.
        let report = ramping_rate(0.0, &[(1000, 8.0)], 4).run().await;
        let times = report.times(IterationStatus::Completed);
        assert_eq!(scheduled(&times), [0, 500_000, 707_106, 866_025]);
        let started: Vec<u64> = times.iter().map(|(_, _, started)| *started).collect();
        assert_eq!(started, [0, 500_000, 708_000, 867_000]);
    }

    #[tokio::test(start_paused = true)]
    async fn stages_follow_one_another() {
        let report = ramping_rate(10.0, &[(300, 10.0), (0, 20.0), (200, 20.0), (500, 0.0)], 10).run().await;
        let times = scheduled(&report.times(IterationStatus::Completed));
        assert_eq!(times[..7], [0, 100_000, 200_000, 300_000, 350_000, 400_000, 450_000]);
        assert_eq!(times.len(), 3 + 4 + 5);
        assert_eq!(report.took, 1_000_000);
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_of_zero_starts_nothing() {
        let report = ramping_rate(0.0, &[(500, 0.0)], 1).run().await;
        assert_eq!(report.scenario().iterations.scheduled, 0);
        assert_eq!(report.took, 500_000);
    }
}
