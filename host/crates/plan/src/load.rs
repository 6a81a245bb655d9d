//! The rules of loads: from what flags or keys say to an executor. All contradictions are found at once.

mod build;
mod check;
mod dialect;
mod shares;

use std::time::Duration;

use outrider_model::units::{StageTarget, WrittenStage};
use outrider_model::{Arrivals, ExecutorPlan, Rate, WhenBusy};

use crate::file::choice;
pub use dialect::{Dialect, Field};

choice! {
    /// The executors by name.
    ExecutorName {
        /// VUs share a number of iterations.
        SharedIterations = "shared-iterations",
        /// Each VU runs a number of iterations of its own.
        PerVuIterations = "per-vu-iterations",
        /// VUs iterate for a time.
        ConstantVus = "constant-vus",
        /// The number of VUs follows stages.
        RampingVus = "ramping-vus",
        /// Iterations start at a fixed rate.
        ConstantArrivalRate = "constant-arrival-rate",
        /// Iterations start at a rate that follows stages or phases.
        RampingArrivalRate = "ramping-arrival-rate",
    }
}

/// An arrival phase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phase {
    /// How long it lasts.
    pub duration: Duration,
    /// How many iterations start.
    pub rate: Rate,
}

/// A load as it is written. Nothing at all is one VU and one iteration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoadConfig {
    /// The executor, where the rest does not already say it.
    pub executor: Option<ExecutorName>,
    /// VUs; with a rate, those to begin with.
    pub vus: Option<u32>,
    /// How long iterations start.
    pub duration: Option<Duration>,
    /// How many iterations run.
    pub iterations: Option<u64>,
    /// Ramps.
    pub stages: Vec<WrittenStage>,
    /// Arrival phases.
    pub phases: Vec<Phase>,
    /// Iteration starts.
    pub rate: Option<Rate>,
    /// With a rate, the most VUs.
    pub max_vus: Option<u32>,
    /// With a rate, how arrivals are spread.
    pub arrivals: Option<Arrivals>,
    /// With a rate, what an iteration does that finds every VU busy.
    pub when_busy: Option<WhenBusy>,
    /// With a ramp of VUs, how long one that is ramped down may finish.
    pub graceful_ramp_down: Option<Duration>,
}

/// A load, resolved and valid.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadPlan {
    /// Who runs which iterations, with defaults filled in.
    pub executor: ExecutorPlan,
    /// How many VUs were asked for by number. What the executor has beyond that is a default, which may be lowered
    /// to what a machine holds.
    pub least_vus: u32,
}

/// One thing that is wrong with a load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadFault {
    /// What it is about, if it is about one thing.
    pub field: Option<Field>,
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub hint: Option<String>,
}

impl LoadConfig {
    /// The load that is meant.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, in the words of `dialect`.
    pub fn resolve(&self, dialect: Dialect) -> Result<LoadPlan, Vec<LoadFault>> {
        let name = self.executor.unwrap_or_else(|| self.implied());
        let faults = check::written(self, name, dialect);
        if !faults.is_empty() {
            return Err(faults);
        }
        let executor = build::executor(self, name);
        let faults = check::built(&executor, dialect);
        if !faults.is_empty() {
            return Err(faults);
        }
        let least_vus = match name.is_open() {
            true => self.max_vus.or(self.vus).unwrap_or(1),
            false => executor.max_vus(),
        };
        Ok(LoadPlan { executor, least_vus })
    }

    /// What is wrong with single values of a load of which some `others` are written and not known: what is said of
    /// them together would be guessed.
    pub(crate) fn faults_beside(&self, others: &[Field], dialect: Dialect) -> Vec<LoadFault> {
        let faults = check::single(self, self.executor.unwrap_or_else(|| self.implied()), dialect);
        let is_staged = others.contains(&Field::Stages) || others.contains(&Field::Phases);
        let is_guessed =
            |fault: &LoadFault| is_staged && matches!(fault.field, Some(Field::Rate | Field::Vus));
        faults.into_iter().filter(|fault| !is_guessed(fault)).collect()
    }

    /// The executor that the other fields speak of.
    fn implied(&self) -> ExecutorName {
        let staged_rate = self.stages.iter().any(|stage| matches!(stage.target, StageTarget::Rate(_)));
        let ramps_rate = self.rate.is_some() || staged_rate;
        match (self.stages.is_empty(), ramps_rate) {
            _ if !self.phases.is_empty() => ExecutorName::RampingArrivalRate,
            (false, true) => ExecutorName::RampingArrivalRate,
            (false, false) => ExecutorName::RampingVus,
            (true, true) => ExecutorName::ConstantArrivalRate,
            (true, false) if self.iterations.is_none() && self.duration.is_some() => {
                ExecutorName::ConstantVus
            }
            (true, false) => ExecutorName::SharedIterations,
        }
    }

    /// Whether the load is written at all.
    pub fn is_default(&self) -> bool {
        *self == LoadConfig::default()
    }
}

impl ExecutorName {
    /// Whether iterations start at their times, whoever is free.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, ExecutorName::ConstantArrivalRate | ExecutorName::RampingArrivalRate)
    }

    fn is_staged(self) -> bool {
        matches!(self, ExecutorName::RampingVus | ExecutorName::RampingArrivalRate)
    }

    fn is_counted(self) -> bool {
        matches!(self, ExecutorName::SharedIterations | ExecutorName::PerVuIterations)
    }
}

#[cfg(test)]
mod tests;
