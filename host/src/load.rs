//! From load flags to a load. All contradictions are found at once.

use std::time::Duration;

use clap::ValueEnum;
use outrider_model::{
    Arrivals, DEFAULT_GRACEFUL_RAMP_DOWN, DEFAULT_MAX_DURATION, ExecutorPlan, Rate, Stage, WhenBusy,
};
use outrider_session::{Asked, LoadConfig};

use crate::failure::Fault;
use crate::units::{StageArg, StageTarget, counted, duration_text, rate_text};

/// Without `--vus`, an open model makes as many VUs beforehand as iterations start in one second: enough
/// for iterations of a second without a late start.
const PRE_ALLOCATED_SECONDS: f64 = 1.0;

/// Without `--max-vus`, the ceiling is four times the VUs made beforehand: iterations may take four
/// times as long before any is dropped. The session lowers it to what the machine holds.
const CEILING_FACTOR: u32 = 4;

/// Ten years: beyond any run, and far below what timers can hold.
const MAX_DURATION: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// The executors by name, for `--executor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExecutorName {
    SharedIterations,
    PerVuIterations,
    ConstantVus,
    RampingVus,
    ConstantArrivalRate,
    RampingArrivalRate,
}

/// What an iteration does that finds every user busy, for `--when-busy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhenBusyName {
    /// It is dropped and counted
    Drop,
    /// It starts late, when a user is free, and the corrected durations count from its scheduled time
    Wait,
}

/// The load flags as written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LoadFlags {
    pub(crate) vus: Option<u32>,
    pub(crate) duration: Option<Duration>,
    pub(crate) iterations: Option<u64>,
    pub(crate) stages: Vec<StageArg>,
    pub(crate) rate: Option<Rate>,
    pub(crate) max_vus: Option<u32>,
    pub(crate) poisson: bool,
    pub(crate) when_busy: Option<WhenBusyName>,
    pub(crate) executor: Option<ExecutorName>,
}

impl LoadFlags {
    /// The flags that were given, as they are written.
    pub(crate) fn given(&self) -> Vec<&'static str> {
        let flags = [
            ("--vus", self.vus.is_some()),
            ("--duration", self.duration.is_some()),
            ("--iterations", self.iterations.is_some()),
            ("--stage", !self.stages.is_empty()),
            ("--rate", self.rate.is_some()),
            ("--max-vus", self.max_vus.is_some()),
            ("--poisson", self.poisson),
            ("--when-busy", self.when_busy.is_some()),
            ("--executor", self.executor.is_some()),
        ];
        flags.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag).collect()
    }
}

/// What the flags ask for. No flag at all is one VU and one iteration.
pub(crate) fn load(flags: &LoadFlags) -> Asked<LoadConfig> {
    let executor = executor(flags)?;
    let arrivals = matches!(
        executor,
        ExecutorPlan::ConstantArrivalRate { .. } | ExecutorPlan::RampingArrivalRate { .. }
    );
    if !arrivals {
        return Ok(LoadConfig::exactly(executor));
    }
    let least_vus = flags.max_vus.or(flags.vus).unwrap_or(1);
    Ok(LoadConfig { executor, least_vus })
}

fn executor(flags: &LoadFlags) -> Asked<ExecutorPlan> {
    let name = flags.executor.unwrap_or_else(|| implied(flags));
    let mut faults = Vec::new();
    check_values(flags, &mut faults);
    check_combination(flags, name, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let plan = build(flags, name);
    check_built(&plan, &mut faults);
    if faults.is_empty() { Ok(plan) } else { Err(faults) }
}

/// The executor that the flags speak of.
fn implied(flags: &LoadFlags) -> ExecutorName {
    let staged_rate = flags.stages.iter().any(|stage| matches!(stage.target, StageTarget::Rate(_)));
    match (flags.stages.is_empty(), flags.rate.is_some() || staged_rate) {
        (false, true) => ExecutorName::RampingArrivalRate,
        (false, false) => ExecutorName::RampingVus,
        (true, true) => ExecutorName::ConstantArrivalRate,
        (true, false) if flags.iterations.is_none() && flags.duration.is_some() => ExecutorName::ConstantVus,
        (true, false) => ExecutorName::SharedIterations,
    }
}

fn check_values(flags: &LoadFlags, faults: &mut Vec<Fault>) {
    let open = flags.rate.is_some();
    if flags.vus == Some(0) && flags.stages.is_empty() {
        faults.push(Fault::new("--vus 0: nobody would run").hint("at least 1"));
    }
    if flags.iterations == Some(0) {
        faults.push(Fault::new("--iterations 0: nothing would run").hint("at least 1"));
    }
    if flags.duration.is_some_and(|duration| duration > MAX_DURATION) {
        faults.push(Fault::new("--duration is more than ten years").hint("for example --duration 30s"));
    }
    if flags.duration == Some(Duration::ZERO) {
        faults.push(Fault::new("--duration 0s: nothing would run").hint("for example --duration 30s"));
    }
    if open && flags.stages.is_empty() && flags.rate.is_some_and(|rate| rate.as_per_second() <= 0.0) {
        faults.push(Fault::new("--rate 0/s: nothing would start").hint("for example --rate 10/s"));
    }
    if let (Some(vus), Some(max_vus)) = (flags.vus, flags.max_vus)
        && max_vus < vus
    {
        faults.push(
            Fault::new(format!("--max-vus {max_vus} is below --vus {vus}"))
                .hint("--vus are made beforehand, --max-vus is the ceiling"),
        );
    }
    if let (Some(vus), Some(iterations), None) = (flags.vus, flags.iterations, flags.executor)
        && iterations > 0
        && u64::from(vus) > iterations
    {
        faults.push(
            Fault::new(format!("--vus {vus} share --iterations {iterations}: some would have nothing to do"))
                .hint("fewer VUs, more iterations, or --executor per-vu-iterations for that many each"),
        );
    }
}

/// A plan in which nothing can run.
fn check_built(plan: &ExecutorPlan, faults: &mut Vec<Fault>) {
    if plan.max_vus() == 0 {
        faults.push(
            Fault::new("no VU may run: every iteration would be dropped").hint("raise --vus or --max-vus"),
        );
    }
    if plan.planned_iterations() == Some(0) {
        faults.push(Fault::new("not one iteration would start").hint("a higher rate, or more time"));
    }
}

fn check_combination(flags: &LoadFlags, name: ExecutorName, faults: &mut Vec<Fault>) {
    use ExecutorName::*;
    let arrivals = matches!(name, ConstantArrivalRate | RampingArrivalRate);
    let staged = matches!(name, RampingVus | RampingArrivalRate);
    let counted = matches!(name, SharedIterations | PerVuIterations);
    let title = name.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    let mut refuse =
        |flag: &str, why: &str| faults.push(Fault::new(format!("{flag} does not go with {title}: {why}")));
    if flags.rate.is_some() && !arrivals {
        refuse("--rate", "VUs there start the next iteration when the last one ends");
    }
    if flags.iterations.is_some() && !counted {
        refuse("--iterations", "time decides there how many iterations run");
    }
    if !flags.stages.is_empty() && !staged {
        refuse("--stage", "there is nothing to ramp");
    }
    if flags.duration.is_some() && staged {
        refuse("--duration", "the stages say how long it takes");
    }
    if flags.max_vus.is_some() && !arrivals {
        refuse("--max-vus", "only a rate needs a ceiling");
    }
    if flags.poisson && !arrivals {
        refuse("--poisson", "only a rate has arrivals");
    }
    if flags.when_busy.is_some() && !arrivals {
        refuse("--when-busy", "an iteration there is due only when its user is free");
    }
    check_missing(flags, name, faults);
    check_stage_kinds(flags, name, faults);
}

fn check_missing(flags: &LoadFlags, name: ExecutorName, faults: &mut Vec<Fault>) {
    use ExecutorName::*;
    let timed = matches!(name, ConstantVus | ConstantArrivalRate);
    if timed && flags.duration.is_none() {
        let flag = if name == ConstantVus { "--vus" } else { "--rate" };
        faults
            .push(Fault::new(format!("{flag} does not say how long")).hint("add for example --duration 30s"));
    }
    if name == ConstantArrivalRate && flags.rate.is_none() {
        faults.push(Fault::new("constant-arrival-rate needs a rate").hint("add for example --rate 100/s"));
    }
    if matches!(name, RampingVus | RampingArrivalRate) && flags.stages.is_empty() {
        faults.push(Fault::new("a ramp needs stages").hint("add for example --stage 30s:100 --stage 1m:100"));
    }
    let bare_vus = name == SharedIterations && flags.iterations.is_none();
    if bare_vus && flags.vus.is_some_and(|vus| vus > 1) {
        faults.push(
            Fault::new("--vus alone does not say how much").hint("add --duration 30s, or --iterations 100"),
        );
    }
}

fn check_stage_kinds(flags: &LoadFlags, name: ExecutorName, faults: &mut Vec<Fault>) {
    if matches!(name, ExecutorName::RampingVus | ExecutorName::RampingArrivalRate) {
        let ramps_rate = name == ExecutorName::RampingArrivalRate;
        let of_other_kind = |stage: &&StageArg| matches!(stage.target, StageTarget::Rate(_)) != ramps_rate;
        faults.extend(flags.stages.iter().find(of_other_kind).map(|stage| other_kind_of_stage(flags, stage)));
    }
    let total = flags.stages.iter().try_fold(Duration::ZERO, |sum, stage| sum.checked_add(stage.duration));
    if total.is_none_or(|total| total > MAX_DURATION) {
        faults.push(Fault::new("the stages take more than ten years").hint("for example --stage 30s:100"));
    }
    if !flags.stages.is_empty() && total == Some(Duration::ZERO) {
        faults.push(Fault::new("the stages take no time").hint("for example --stage 30s:100"));
    }
}

/// A stage that ramps users where the rest of the flags speaks of a rate, or the other way round.
fn other_kind_of_stage(flags: &LoadFlags, stage: &StageArg) -> Fault {
    let time = duration_text(stage.duration);
    match stage.target {
        StageTarget::Vus(vus) => {
            let why = if flags.rate.is_some() { "--rate sets" } else { "another --stage ramps to" };
            let why = if flags.executor.is_some() { "ramping-arrival-rate ramps" } else { why };
            let (vus_text, iterations) = (counted(vus, "VU"), counted(vus, "iteration"));
            Fault::new(format!("--stage {time}:{vus} ramps to {vus_text}, but {why} a rate of iterations"))
                .hint(format!("--stage {time}:{vus}/s ramps to {iterations} per second"))
        }
        StageTarget::Rate(rate) => {
            let rate = rate_text(rate);
            Fault::new(format!("--stage {time}:{rate} ramps to a rate, but ramping-vus ramps VUs"))
                .hint(format!("--stage {time}:100 ramps to 100 VUs; without --executor the rate is ramped"))
        }
    }
}

fn build(flags: &LoadFlags, name: ExecutorName) -> ExecutorPlan {
    let vus = flags.vus.unwrap_or(1);
    let arrivals = if flags.poisson { Arrivals::Poisson } else { Arrivals::Even };
    let when_busy = match flags.when_busy {
        None | Some(WhenBusyName::Drop) => WhenBusy::Drop,
        Some(WhenBusyName::Wait) => WhenBusy::Wait,
    };
    let duration = flags.duration.unwrap_or_default();
    let stages: Vec<Stage> = flags.stages.iter().map(stage).collect();
    let rate = flags.rate.unwrap_or(Rate::per_second(0.0));
    let peak = stages.iter().map(|stage| stage.target).fold(rate.as_per_second(), f64::max);
    let pre_allocated_vus = flags.vus.unwrap_or_else(|| pre_allocated(peak, flags.max_vus));
    let max_vus = flags.max_vus.unwrap_or_else(|| pre_allocated_vus.saturating_mul(CEILING_FACTOR));
    match name {
        ExecutorName::SharedIterations => ExecutorPlan::SharedIterations {
            vus,
            iterations: flags.iterations.unwrap_or(1),
            max_duration: flags.duration.unwrap_or(DEFAULT_MAX_DURATION),
        },
        ExecutorName::PerVuIterations => ExecutorPlan::PerVuIterations {
            vus,
            iterations: flags.iterations.unwrap_or(1),
            max_duration: flags.duration.unwrap_or(DEFAULT_MAX_DURATION),
        },
        ExecutorName::ConstantVus => ExecutorPlan::ConstantVus { vus, duration },
        ExecutorName::RampingVus => ExecutorPlan::RampingVus {
            start_vus: flags.vus.unwrap_or(0),
            stages,
            graceful_ramp_down: DEFAULT_GRACEFUL_RAMP_DOWN,
        },
        ExecutorName::ConstantArrivalRate => ExecutorPlan::ConstantArrivalRate {
            rate,
            duration,
            pre_allocated_vus,
            max_vus,
            arrivals,
            when_busy,
        },
        ExecutorName::RampingArrivalRate => ExecutorPlan::RampingArrivalRate {
            start_rate: rate,
            stages,
            pre_allocated_vus,
            max_vus,
            arrivals,
            when_busy,
        },
    }
}

fn pre_allocated(peak_per_second: f64, max_vus: Option<u32>) -> u32 {
    let wanted = (peak_per_second * PRE_ALLOCATED_SECONDS).ceil() as u32;
    wanted.clamp(1, max_vus.unwrap_or(u32::MAX).max(1))
}

fn stage(stage: &StageArg) -> Stage {
    let target = match stage.target {
        StageTarget::Vus(vus) => f64::from(vus),
        StageTarget::Rate(rate) => rate.as_per_second(),
    };
    Stage { duration: stage.duration, target }
}

#[cfg(test)]
mod tests;
