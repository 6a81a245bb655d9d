//! `constant-vus`: the VUs iterate for a time.

use std::sync::Arc;
use std::time::Duration;

use super::closed::{self, Quota};
use crate::scenario::Scenario;
use crate::seat::Seat;

pub(super) async fn run(scenario: Arc<Scenario>, seats: Vec<Seat>, duration: Duration) -> Vec<Seat> {
    closed::run(scenario, seats, duration, Quota::Unlimited).await
}

#[cfg(test)]
mod tests {
    use outrider_model::{ExecutorPlan, FailureCause, IterationStatus};

    use crate::fake::{Act, Event, TestRun, ms};

    fn constant_vus(vus: u32, millis: u64) -> TestRun {
        TestRun::of(ExecutorPlan::ConstantVus { vus, duration: ms(millis) })
    }

    #[tokio::test(start_paused = true)]
    async fn each_vu_starts_its_next_iteration_when_the_last_has_ended() {
        let run = constant_vus(2, 1000);
        let report = run.script(|call| Act::completes(ms(if call.vu == 1 { 300 } else { 400 }))).run().await;
        let starts = report.starts_by_vu();
        assert_eq!(starts[&1], [0, 300_000, 600_000, 900_000]);
        assert_eq!(starts[&2], [0, 400_000, 800_000]);
        assert_eq!(report.scenario().iterations.completed, 7);
        assert_eq!(report.indices(), (0..7).collect::<Vec<_>>());
        assert_eq!(report.took, 1_200_000);
    }

    #[tokio::test(start_paused = true)]
    async fn iterations_are_scheduled_when_they_start() {
        let report = constant_vus(3, 1000).run().await;
        let times = report.times(IterationStatus::Completed);
        assert!(times.iter().all(|(_, scheduled, started)| scheduled == started), "{times:?}");
        assert_eq!(report.scenario().max_lateness, ms(0));
    }

    #[tokio::test(start_paused = true)]
    async fn no_iteration_starts_at_the_end_itself() {
        let report = constant_vus(1, 300).run().await;
        assert_eq!(report.starts_by_vu()[&1], [0, 100_000, 200_000]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_ready_after_the_graceful_stop_is_interrupted() {
        let run = constant_vus(2, 1000).graceful_stop(ms(500));
        let report =
            run.script(|call| Act::completes(ms(if call.vu == 1 { 1400 } else { 9000 }))).run().await;
        assert_eq!(report.ends(IterationStatus::Completed), [1_400_000]);
        assert_eq!(report.ends(IterationStatus::Interrupted), [1_500_000]);
        assert_eq!(report.vus(Event::Stopped), [1]);
        assert_eq!(report.took, 1_500_000);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_ready_just_when_the_graceful_stop_is_over_has_completed() {
        let run = constant_vus(1, 1000).graceful_stop(ms(500));
        let report = run.script(|_| Act::completes(ms(1500))).run().await;
        assert_eq!(report.scenario().iterations.completed, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_graceful_stop_iterations_end_with_the_scenario() {
        let report = constant_vus(1, 250).graceful_stop(ms(0)).run().await;
        assert_eq!(report.ends(IterationStatus::Interrupted), [250_000]);
    }

    #[tokio::test(start_paused = true)]
    async fn iterations_that_fail_instantly_leave_the_thread_to_others() {
        let run = constant_vus(2, 20).script(|_| Act::fails(ms(0), FailureCause::Target, "refused"));
        let started = run.start().await.unwrap();
        let run = tokio::spawn(started.finish());
        // Time stands still as long as a task is busy; it moves on only because this one gets a turn.
        while !run.is_finished() {
            tokio::time::advance(ms(1)).await;
        }
        let report = run.await.unwrap();
        assert!(report.scenario().iterations.failed.target > 20);
        assert_eq!(report.scenario().failures.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn workers_share_the_vus_and_use_different_indices() {
        let (first, second) =
            (constant_vus(3, 300).segment(0, 2).run().await, constant_vus(3, 300).segment(1, 2).run().await);
        assert_eq!(first.starts_by_vu().into_keys().collect::<Vec<_>>(), [1, 3]);
        assert_eq!(second.starts_by_vu().into_keys().collect::<Vec<_>>(), [2]);
        assert_eq!(first.indices(), [0, 2, 4, 6, 8, 10]);
        assert_eq!(second.indices(), [1, 3, 5]);
    }
}
