//! What is planned to happen in a run, beside how long it is planned to last.

use std::time::Duration;

use outrider_model::units::duration_text;
use outrider_model::{PlannedAnnotation, RunPlan};

use crate::Env;

/// Warns of what is planned for a time at which the run will be over. It is kept all the same: a run may last longer.
pub(super) fn warn(env: &Env, planned: &[PlannedAnnotation], plan: &RunPlan) {
    let scenarios = plan.scenarios.iter();
    let ends = scenarios.map(|scenario| {
        let lasts = scenario.executor.max_duration().saturating_add(scenario.graceful_stop);
        scenario.start_time.saturating_add(lasts)
    });
    let Some(end) = ends.max() else { return };
    for sentence in beyond(planned, end) {
        env.say(&format!("{} {sentence}", env.style_err().cyan("warning:")));
    }
}

/// A sentence for each that begins after the end.
fn beyond(planned: &[PlannedAnnotation], end: Duration) -> impl Iterator<Item = String> {
    planned.iter().filter(move |annotation| annotation.at > end).map(move |annotation| {
        let end = duration_text(end);
        format!("the annotation '{annotation}' is beyond the end of the run, which is planned to last {end} at most")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_after_the_end_is_said_and_what_lasts_longer_is_not() {
        let planned = ["5m=in time", "10m=at its end", "9m..1h=sale", "11m=late"];
        let planned = planned.map(|text| text.parse::<PlannedAnnotation>().unwrap());
        let said: Vec<String> = beyond(&planned, Duration::from_secs(600)).collect();
        let late =
            "the annotation '11m=late' is beyond the end of the run, which is planned to last 10m at most";
        assert_eq!(said, [late]);
    }
}
