//! Iterations that found every VU of their scenario busy, in words: the target's doing, or the ceiling's.

use super::style::clean;
use crate::summary::{BusyScenario, Summary};
use crate::words::{counted, duration_ms, percent, thousands};

/// Six scenarios have a sentence of their own; the JSON document has all of them.
const MAX_SCENARIOS: usize = 6;

/// One sentence for each scenario whose iterations waited for a VU.
pub(super) fn waited(summary: &Summary) -> Vec<String> {
    sentences(
        summary,
        |scenario| scenario.waited,
        |scenario, words| {
            let Words { of, ceiling } = words;
            format!(
                "{}{of} waited for a VU (at most {}), all {} were busy: only times that count from the schedule have \
             that; raise {ceiling}, or find out why the target is slow",
                counted(scenario.waited, "iteration", "iterations"),
                duration_ms(scenario.max_waited_ms),
                thousands(u64::from(scenario.max_vus)),
            )
        },
    )
}

/// One sentence for each scenario whose iterations were dropped because no VU was free.
pub(super) fn dropped(summary: &Summary) -> Vec<String> {
    sentences(
        summary,
        |scenario| scenario.dropped,
        |scenario, words| {
            let Words { of, ceiling } = words;
            format!(
                "{} of {} iterations{of} ({}%) dropped: no VU was free; raise {ceiling} (now {}), or find out why the \
             target is slow",
                thousands(scenario.dropped),
                thousands(scenario.scheduled),
                percent(scenario.dropped, scenario.scheduled),
                thousands(u64::from(scenario.max_vus)),
            )
        },
    )
}

/// What a sentence says of a scenario besides its numbers.
struct Words {
    /// Which scenario it is, where there are several.
    of: String,
    /// What its ceiling is called: flags give the load of one scenario alone.
    ceiling: &'static str,
}

impl Words {
    fn of(summary: &Summary, scenario: &BusyScenario) -> Words {
        match summary.run.scenarios.len() {
            0 | 1 => Words { of: String::new(), ceiling: "--max-vus" },
            _ => {
                let of = format!(" of scenario {}", clean(&scenario.name));
                Words { of, ceiling: "its max_vus in the plan" }
            }
        }
    }
}

fn sentences(
    summary: &Summary,
    count: fn(&BusyScenario) -> u64,
    sentence: impl Fn(&BusyScenario, Words) -> String,
) -> Vec<String> {
    let met: Vec<_> = summary.iterations.busy_scenarios.iter().filter(|busy| count(busy) > 0).collect();
    let (named, others) = met.split_at(met.len().min(MAX_SCENARIOS));
    let mut all: Vec<String> =
        named.iter().map(|scenario| sentence(scenario, Words::of(summary, scenario))).collect();
    if !others.is_empty() {
        let (iterations, scenarios) = (others.iter().map(|busy| count(busy)).sum(), others.len() as u64);
        all.push(format!(
            "likewise {} of {} in the JSON report",
            counted(iterations, "iteration", "iterations"),
            counted(scenarios, "more scenario", "more scenarios")
        ));
    }
    all
}
