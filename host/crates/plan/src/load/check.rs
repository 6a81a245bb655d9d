//! What of a load makes no sense.

use std::time::Duration;

use outrider_model::ExecutorPlan;
use outrider_model::units::{MAX_DURATION, StageTarget, WrittenStage, counted, duration_text, rate_text};

use super::{Dialect, ExecutorName, Field, LoadConfig, LoadFault};

/// What is wrong with a load as it is written.
pub(super) fn written(load: &LoadConfig, name: ExecutorName, dialect: Dialect) -> Vec<LoadFault> {
    let mut check = Check { load, name, dialect, faults: Vec::new() };
    check.values();
    check.numbers_of_iterations();
    check.combination();
    check.missing();
    check.stages();
    check.phases();
    check.faults
}

/// What is wrong with its values one by one.
pub(super) fn single(load: &LoadConfig, name: ExecutorName, dialect: Dialect) -> Vec<LoadFault> {
    let mut check = Check { load, name, dialect, faults: Vec::new() };
    check.values();
    check.phases();
    check.faults
}

/// A plan in which nothing can run.
pub(super) fn built(plan: &ExecutorPlan, dialect: Dialect) -> Vec<LoadFault> {
    let mut faults = Vec::new();
    if plan.max_vus() == 0 {
        faults.push(match plan.is_open() {
            true => nobody(Field::MaxVus, format!("raise {}, or leave it out", dialect.name(Field::MaxVus))),
            false => nobody(Field::Stages, format!("for example {}", dialect.stage("30s", "100"))),
        });
    }
    if plan.planned_iterations() == Some(0) {
        faults.push(LoadFault {
            field: None,
            message: "not one iteration would start".into(),
            hint: Some("a higher rate, or more time".into()),
        });
    }
    faults
}

/// Whatever else a load says, it has no VU to run it.
fn nobody(field: Field, hint: String) -> LoadFault {
    let message = match field {
        Field::Stages => "every stage ramps to 0 VUs: nobody would run",
        _ => "no VU may run, and every iteration needs one",
    };
    LoadFault { field: Some(field), message: message.into(), hint: Some(hint) }
}

struct Check<'a> {
    load: &'a LoadConfig,
    name: ExecutorName,
    dialect: Dialect,
    faults: Vec<LoadFault>,
}

impl Check<'_> {
    fn fault(&mut self, field: Field, message: impl Into<String>, hint: impl Into<String>) {
        let (message, hint) = (message.into(), Some(hint.into()));
        self.faults.push(LoadFault { field: Some(field), message, hint });
    }

    /// `--rate 0/s`, `rate = "0/s"`.
    fn with(&self, field: Field, value: impl std::fmt::Display) -> String {
        self.dialect.with(field, value)
    }

    fn for_example(&self, field: Field, value: &str) -> String {
        format!("for example {}", self.with(field, value))
    }

    fn values(&mut self) {
        let load = self.load;
        if load.vus == Some(0) && self.name != ExecutorName::RampingVus {
            self.fault(Field::Vus, format!("{}: nobody would run", self.with(Field::Vus, 0)), "at least 1");
        }
        if load.iterations == Some(0) {
            let what = self.with(Field::Iterations, 0);
            self.fault(Field::Iterations, format!("{what}: nothing would run"), "at least 1");
        }
        if load.duration == Some(Duration::ZERO) {
            let message = format!("{}: nothing would run", self.with(Field::Duration, "0s"));
            self.fault(Field::Duration, message, self.for_example(Field::Duration, "30s"));
        }
        if load.stages.is_empty() && load.rate.is_some_and(|rate| rate.as_per_second() <= 0.0) {
            let message = format!("{}: nothing would start", self.with(Field::Rate, "0/s"));
            self.fault(Field::Rate, message, self.for_example(Field::Rate, "10/s"));
        }
        self.numbers_of_vus();
    }

    fn numbers_of_vus(&mut self) {
        if let (Some(vus), Some(max_vus)) = (self.load.vus, self.load.max_vus)
            && max_vus < vus
        {
            let (most, first) = (self.with(Field::MaxVus, max_vus), self.with(Field::Vus, vus));
            let (first_name, most_name) = (self.dialect.name(Field::Vus), self.dialect.name(Field::MaxVus));
            self.fault(
                Field::MaxVus,
                format!("{most} is below {first}"),
                format!("{first_name} are made beforehand, {most_name} is the ceiling"),
            );
        }
    }

    fn numbers_of_iterations(&mut self) {
        let (Some(vus), Some(iterations)) = (self.load.vus, self.load.iterations) else { return };
        let (users, count) = (self.with(Field::Vus, vus), self.with(Field::Iterations, iterations));
        let shared = self.load.executor.is_none();
        if shared && iterations > 0 && u64::from(vus) > iterations {
            let per_vu = self.with(Field::Executor, "per-vu-iterations");
            self.fault(
                Field::Vus,
                format!("{users} share {count}: some would have nothing to do"),
                format!("fewer VUs, more iterations, or {per_vu} for that many each"),
            );
        }
        let each = self.name == ExecutorName::PerVuIterations;
        if each && u64::from(vus).checked_mul(iterations).is_none() {
            let message = format!("{count} for each of {users} are more than can be counted");
            self.fault(Field::Iterations, message, "fewer of them");
        }
    }

    /// Fields that the executor has no use for.
    fn combination(&mut self) {
        let (load, name) = (self.load, self.name);
        let phased = !load.phases.is_empty();
        let refused = [
            (
                load.rate.is_some() && !name.is_open(),
                Field::Rate,
                "VUs there start the next iteration when the last one ends",
            ),
            (
                load.iterations.is_some() && !name.is_counted(),
                Field::Iterations,
                "time decides there how many iterations run",
            ),
            (!load.stages.is_empty() && !name.is_staged(), Field::Stages, "there is nothing to ramp"),
            (
                load.duration.is_some() && name.is_staged(),
                Field::Duration,
                if phased { "the phases say how long it takes" } else { "the stages say how long it takes" },
            ),
            (load.max_vus.is_some() && !name.is_open(), Field::MaxVus, "only a rate needs a ceiling"),
            (load.arrivals.is_some() && !name.is_open(), Field::Arrivals, "only a rate has arrivals"),
            (
                load.when_busy.is_some() && !name.is_open(),
                Field::WhenBusy,
                "an iteration there is due only when its user is free",
            ),
            (
                load.graceful_ramp_down.is_some() && name != ExecutorName::RampingVus,
                Field::GracefulRampDown,
                "no VU is ramped down there",
            ),
            (
                phased && name != ExecutorName::RampingArrivalRate,
                Field::Phases,
                "phases are rates, one after the other",
            ),
        ];
        for (_, field, why) in refused.into_iter().filter(|(is_refused, ..)| *is_refused) {
            let message = format!("{} does not go with {}: {why}", self.dialect.name(field), name.name());
            self.faults.push(LoadFault { field: Some(field), message, hint: None });
        }
        if phased && name == ExecutorName::RampingArrivalRate {
            for (given, field) in
                [(load.rate.is_some(), Field::Rate), (!load.stages.is_empty(), Field::Stages)]
            {
                if given {
                    let (field_name, phases) = (self.dialect.name(field), self.dialect.name(Field::Phases));
                    let message =
                        format!("{field_name} does not go with {phases}: each phase has its own rate");
                    self.faults.push(LoadFault { field: Some(field), message, hint: None });
                }
            }
        }
    }

    fn missing(&mut self) {
        let (load, name) = (self.load, self.name);
        let timed = matches!(name, ExecutorName::ConstantVus | ExecutorName::ConstantArrivalRate);
        let length = self.with(Field::Duration, "30s");
        if timed && load.duration.is_none() {
            let field = if name == ExecutorName::ConstantVus { Field::Vus } else { Field::Rate };
            let message = format!("{} does not say how long", self.dialect.name(field));
            self.fault(field, message, format!("add for example {length}"));
        }
        if name == ExecutorName::ConstantArrivalRate && load.rate.is_none() {
            let rate = self.with(Field::Rate, "100/s");
            self.fault(
                Field::Executor,
                "constant-arrival-rate needs a rate",
                format!("add for example {rate}"),
            );
        }
        if name.is_staged() && load.stages.is_empty() && load.phases.is_empty() {
            let stages = self.dialect.stages();
            self.fault(Field::Executor, "a ramp needs stages", format!("add for example {stages}"));
        }
        let bare_vus = name == ExecutorName::SharedIterations && load.iterations.is_none();
        if bare_vus && load.vus.is_some_and(|vus| vus > 1) {
            let message = format!("{} alone does not say how much", self.dialect.name(Field::Vus));
            let count = self.with(Field::Iterations, 100);
            self.fault(Field::Vus, message, format!("add {length}, or {count}"));
        }
    }

    fn stages(&mut self) {
        let stages = &self.load.stages;
        if self.name.is_staged() {
            let ramps_rate = self.name == ExecutorName::RampingArrivalRate;
            let is_other = |stage: &&WrittenStage| matches!(stage.target, StageTarget::Rate(_)) != ramps_rate;
            if let Some(stage) = stages.iter().find(is_other) {
                self.other_kind_of_stage(stage);
            }
        }
        if stages.is_empty() {
            return;
        }
        let example = match self.dialect {
            Dialect::Flags => "for example --stage 30s:100".to_owned(),
            Dialect::Keys => format!("for example {}", self.dialect.stage("30s", "100")),
        };
        match sum(stages.iter().map(|stage| stage.duration)) {
            Some(Duration::ZERO) => self.fault(Field::Stages, "the stages take no time", example),
            Some(total) if total <= MAX_DURATION => {}
            _ => self.fault(Field::Stages, "the stages take more than ten years", example),
        }
    }

    /// A stage that ramps users where the rest of the load speaks of a rate, or the other way round.
    fn other_kind_of_stage(&mut self, stage: &WrittenStage) {
        let (dialect, time) = (self.dialect, duration_text(stage.duration));
        match stage.target {
            StageTarget::Vus(vus) => {
                let why = match (self.load.executor, self.load.rate) {
                    (Some(_), _) => "ramping-arrival-rate ramps".to_owned(),
                    (None, Some(_)) => format!("{} sets", dialect.name(Field::Rate)),
                    (None, None) => format!("another {} ramps to", dialect.a_stage()),
                };
                let (written, vus_text) = (dialect.stage(&time, &vus.to_string()), counted(vus, "VU"));
                let (meant, iterations) =
                    (dialect.stage(&time, &format!("{vus}/s")), counted(vus, "iteration"));
                self.fault(
                    Field::Stages,
                    format!("{written} ramps to {vus_text}, but {why} a rate of iterations"),
                    format!("{meant} ramps to {iterations} per second"),
                );
            }
            StageTarget::Rate(rate) => {
                let written = dialect.stage(&time, &rate_text(rate));
                let (meant, executor) = (dialect.stage(&time, "100"), dialect.name(Field::Executor));
                self.fault(
                    Field::Stages,
                    format!("{written} ramps to a rate, but ramping-vus ramps VUs"),
                    format!("{meant} ramps to 100 VUs; without {executor} the rate is ramped"),
                );
            }
        }
    }

    fn phases(&mut self) {
        let phases = &self.load.phases;
        let idle = phases.iter().position(|phase| phase.duration.is_zero());
        if let Some(index) = idle {
            self.fault(Field::Phases, format!("phase {} takes no time", index + 1), "leave it out");
        }
        if sum(phases.iter().map(|phase| phase.duration)).is_none_or(|total| total > MAX_DURATION) {
            self.fault(Field::Phases, "the phases take more than ten years", "shorter ones");
        }
    }
}

fn sum(mut durations: impl Iterator<Item = Duration>) -> Option<Duration> {
    durations.try_fold(Duration::ZERO, |sum, duration| sum.checked_add(duration))
}
