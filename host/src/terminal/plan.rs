//! The plan, said before it starts.

use std::collections::BTreeMap;
use std::time::Duration;

use outrider_engine::Description;
use outrider_model::units::{counted, duration_text, rate_parts, rate_text};
use outrider_model::{
    Arrivals, ExecutorPlan, JourneyPlan, PackPlan, Rate, RunPlan, ScenarioPlan, Stage, WhenBusy, phases,
};
use outrider_session::Session;

use crate::env::Style;

/// Some lines that say what is about to happen and where its rows go.
pub(crate) fn describe_plan(session: &Session, style: Style) -> String {
    let plan = session.plan();
    let descriptions: Vec<&Description> = session.descriptions().collect();
    let mut lines = Vec::new();
    for journey in &plan.journeys {
        lines.push(describe_journey(journey, plan.journeys.len() > 1, style));
    }
    lines.push(format!("{:>10}  {}", "target", describe_target(plan)));
    for (scenario, lowered_from) in plan.scenarios.iter().zip(session.lowered_ceilings()) {
        let journey = plan.journeys.iter().position(|journey| journey.name == scenario.journey);
        let words = describe_scenario(scenario, *lowered_from, descriptions[journey.unwrap_or(0)]);
        let through =
            if plan.journeys.len() > 1 { format!(" ({})", scenario.journey) } else { String::new() };
        lines.push(format!("{:>10}  {words}{through}", "scenario"));
    }
    if let [journey] = &plan.journeys[..]
        && !journey.parameters.is_empty()
    {
        lines.push(format!("{:>10}  {}", "parameters", parameters_text(&journey.parameters)));
    }
    for pack in &plan.packs {
        lines.push(format!("{:>10}  {}", "pack", describe_pack(pack)));
    }
    for threshold in &plan.thresholds {
        lines.push(format!("{:>10}  {threshold}", "threshold"));
    }
    lines.push(format!("{:>10}  {} (seed {})", "run", plan.run_id, plan.seed));
    lines.push(format!("{:>10}  {}", "rows to", session.location()));
    lines.extend(session.exports().iter().map(|words| format!("{:>10}  {words}", "export")));
    lines.join("\n")
}

/// `checkout (checkout.wasm)`; one of several with its parameters.
fn describe_journey(journey: &JourneyPlan, one_of_several: bool, style: Style) -> String {
    let mut text = format!("{:>10}  {} ({})", "journey", style.bold(&journey.name), journey.plugin.path);
    if one_of_several && !journey.parameters.is_empty() {
        text.push_str(": ");
        text.push_str(&cut(&parameters_text(&journey.parameters)));
    }
    text
}

fn describe_target(plan: &RunPlan) -> &str {
    match plan.target.as_deref() {
        Some(target) => target,
        None if plan.allow_net.is_empty() => "none",
        None => "none: only absolute URLs that --allow-net grants",
    }
}

fn parameters_text(parameters: &BTreeMap<String, serde_json::Value>) -> String {
    let pairs: Vec<_> = parameters.iter().map(|(key, value)| format!("{key}={value}")).collect();
    pairs.join(" ")
}

/// `assert-http (assert-http.wasm) on buy, browse: max_duration_ms=500`.
fn describe_pack(pack: &PackPlan) -> String {
    let mut text = format!("{} ({})", pack.name, pack.plugin.path);
    if !pack.scenarios.is_empty() {
        text.push_str(" on ");
        text.push_str(&pack.scenarios.join(", "));
    }
    if !pack.parameters.is_empty() {
        text.push_str(": ");
        text.push_str(&cut(&parameters_text(&pack.parameters)));
    }
    text
}

/// Rules can be long; `run.json` has them whole.
fn cut(text: &str) -> String {
    const MAX_CHARS: usize = 160;
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn describe_scenario(
    scenario: &ScenarioPlan,
    lowered_from: Option<u32>,
    description: &Description,
) -> String {
    let what = match scenario.plugin_scenario.as_str() {
        outrider_engine::ANY_SCENARIO => mix(description, &scenario.weights),
        _ => String::new(),
    };
    let share =
        scenario.share.map_or(String::new(), |share| format!(" ({} of the mix)", percent(share.part())));
    format!(
        "{}{what}: {}{share}{}, graceful stop {}",
        scenario.name,
        describe_executor(&scenario.executor, lowered_from),
        match scenario.start_time {
            Duration::ZERO => String::new(),
            later => format!(", from {} on", duration_text(later)),
        },
        duration_text(scenario.graceful_stop)
    )
}

/// ` (browse 80 %, buy 20 %)`; nothing for a journey with one scenario. `weights` go before the journey's own.
fn mix(description: &Description, weights: &BTreeMap<String, u32>) -> String {
    let weight = |scenario: &outrider_engine::Scenario| match weights.is_empty() {
        true => scenario.weight,
        false => weights.get(&scenario.name).copied().unwrap_or(0),
    };
    let total: u64 = description.scenarios.iter().map(|scenario| u64::from(weight(scenario))).sum();
    if description.scenarios.len() < 2 || total == 0 {
        return String::new();
    }
    let share = |scenario| f64::from(weight(scenario)) / total as f64;
    let shares: Vec<_> = description
        .scenarios
        .iter()
        .map(|scenario| format!("{} {}", scenario.name, percent(share(scenario))))
        .collect();
    format!(" ({})", shares.join(", "))
}

fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// `lowered_from` is the ceiling of VUs that would be the default on a larger machine.
fn describe_executor(executor: &ExecutorPlan, lowered_from: Option<u32>) -> String {
    match executor {
        ExecutorPlan::SharedIterations { vus, iterations, max_duration } => format!(
            "{} by {}, at most {}",
            self::iterations(*iterations),
            counted(*vus, "VU"),
            duration_text(*max_duration)
        ),
        ExecutorPlan::PerVuIterations { vus, iterations, max_duration } => format!(
            "{} by each of {}, at most {}",
            self::iterations(*iterations),
            counted(*vus, "VU"),
            duration_text(*max_duration)
        ),
        ExecutorPlan::ConstantVus { vus, duration } => {
            format!("{} for {}", counted(*vus, "VU"), duration_text(*duration))
        }
        ExecutorPlan::RampingVus { start_vus, stages, .. } => {
            let ramp: Vec<_> = stages
                .iter()
                .map(|stage| format!("{} in {}", stage.target, duration_text(stage.duration)))
                .collect();
            format!("{}, to {}", counted(*start_vus, "VU"), ramp.join(", to "))
        }
        ExecutorPlan::ConstantArrivalRate {
            rate,
            duration,
            pre_allocated_vus,
            max_vus,
            arrivals,
            when_busy,
        } => {
            format!(
                "{} for {}{}{}, {}{}",
                iterations_text(*rate),
                duration_text(*duration),
                poisson(*arrivals),
                planned(executor, *arrivals),
                vus_text(*pre_allocated_vus, *max_vus, lowered_from),
                waits(*when_busy),
            )
        }
        ExecutorPlan::RampingArrivalRate {
            start_rate,
            stages,
            pre_allocated_vus,
            max_vus,
            arrivals,
            when_busy,
        } => {
            let ramp = match phases_text(*start_rate, stages) {
                Some(phases) => phases,
                None => format!("{}, to {}", iterations_text(*start_rate), ramp(stages)),
            };
            format!(
                "{ramp}{}{}, {}{}",
                poisson(*arrivals),
                planned(executor, *arrivals),
                vus_text(*pre_allocated_vus, *max_vus, lowered_from),
                waits(*when_busy),
            )
        }
    }
}

/// `8/s in 30s, to 0/s in 1m`.
fn ramp(stages: &[Stage]) -> String {
    let rate = |stage: &Stage| rate_text(Rate::per_second(stage.target));
    let stages: Vec<_> =
        stages.iter().map(|stage| format!("{} in {}", rate(stage), duration_text(stage.duration))).collect();
    stages.join(", to ")
}

/// `1/s for 30s, 2/s for 30s`, if the rate never ramps, only steps.
fn phases_text(start_rate: Rate, stages: &[Stage]) -> Option<String> {
    let phases = phases(start_rate, stages)?.into_iter();
    let words = phases.map(|(duration, rate)| format!("{} for {}", rate_text(rate), duration_text(duration)));
    Some(words.collect::<Vec<_>>().join(", "))
}

/// How many VUs a rate has. Too slow are VUs that are all busy when an iteration is due.
fn vus_text(pre_allocated: u32, most: u32, lowered_from: Option<u32>) -> String {
    let why = lowered_from.map_or(String::new(), |vus| format!(" ({vus} do not fit this machine)"));
    let begin = counted(pre_allocated, "VU");
    if most <= pre_allocated {
        return format!("{begin} and no more{why}");
    }
    let they = if pre_allocated == 1 { "it is" } else { "they are" };
    format!("{begin} to begin with, up to {most} if {they} too slow{why}")
}

/// How many iterations a rate comes to: of arrivals that are drawn, on average.
fn planned(executor: &ExecutorPlan, arrivals: Arrivals) -> String {
    let about = match arrivals {
        Arrivals::Even => "",
        Arrivals::Poisson => "about ",
    };
    executor.planned_iterations().map_or(String::new(), |iterations| format!(", {about}{iterations} in all"))
}

fn poisson(arrivals: Arrivals) -> &'static str {
    match arrivals {
        Arrivals::Even => "",
        Arrivals::Poisson => " (Poisson)",
    }
}

fn waits(when_busy: WhenBusy) -> &'static str {
    match when_busy {
        WhenBusy::Drop => "",
        WhenBusy::Wait => "; iterations wait when all are busy",
    }
}

fn iterations_text(rate: Rate) -> String {
    let (count, unit) = rate_parts(rate);
    format!("{}/{unit}", counted(count, "iteration"))
}

fn iterations(count: u64) -> String {
    counted(count as f64, "iteration")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executors_are_said_in_words() {
        let open = ExecutorPlan::ConstantArrivalRate {
            rate: Rate::per_second(100.0),
            duration: Duration::from_secs(90),
            pre_allocated_vus: 100,
            max_vus: 400,
            arrivals: Arrivals::Poisson,
            when_busy: WhenBusy::Drop,
        };
        assert_eq!(
            describe_executor(&open, None),
            "100 iterations/s for 1m30s (Poisson), about 9000 in all, 100 VUs to begin with, up to 400 if they are too slow"
        );
        assert!(
            describe_executor(&open, Some(800))
                .ends_with("if they are too slow (800 do not fit this machine)")
        );
        let one =
            ExecutorPlan::SharedIterations { vus: 1, iterations: 1, max_duration: Duration::from_secs(600) };
        assert_eq!(describe_executor(&one, None), "1 iteration by 1 VU, at most 10m");
    }

    #[test]
    fn a_rate_is_said_as_it_was_written_and_one_user_as_one() {
        let slow = ExecutorPlan::ConstantArrivalRate {
            rate: Rate::new(100.0, Duration::from_secs(60)),
            duration: Duration::from_secs(60),
            pre_allocated_vus: 2,
            max_vus: 2,
            arrivals: Arrivals::Even,
            when_busy: WhenBusy::Wait,
        };
        let words =
            "100 iterations/m for 1m, 100 in all, 2 VUs and no more; iterations wait when all are busy";
        assert_eq!(describe_executor(&slow, None), words);
        let stages = vec![Stage { duration: Duration::from_secs(30), target: 5.0 }];
        let graceful_ramp_down = Duration::from_secs(30);
        let ramping = ExecutorPlan::RampingVus { start_vus: 1, stages, graceful_ramp_down };
        assert_eq!(describe_executor(&ramping, None), "1 VU, to 5 in 30s");
    }

    #[test]
    fn phases_are_said_as_phases() {
        let stage = |seconds, target| Stage { duration: Duration::from_secs(seconds), target };
        let stages = [stage(30, 1.0), stage(0, 2.0), stage(60, 2.0)];
        let said = phases_text(Rate::per_second(1.0), &stages);
        assert_eq!(said.as_deref(), Some("1/s for 30s, 2/s for 1m"));
    }

    #[test]
    fn the_users_of_a_rate_are_said_in_words() {
        assert_eq!(vus_text(5, 20, None), "5 VUs to begin with, up to 20 if they are too slow");
        assert_eq!(vus_text(1, 4, None), "1 VU to begin with, up to 4 if it is too slow");
        assert_eq!(vus_text(2, 2, None), "2 VUs and no more");
        assert_eq!(vus_text(9, 9, Some(36)), "9 VUs and no more (36 do not fit this machine)");
    }
}
