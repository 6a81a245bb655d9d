//! The loads of a plan's scenarios: each its own, or a share of the mix's.

use outrider_model::MixShare;
use outrider_model::units::WrittenStage;

use super::{required::need, scenarios};
use crate::read::Source;
use crate::{
    Dialect, Field, LoadConfig, LoadFault, LoadPlan, MixTable, Phase, PhaseTable, Place, PlanFault, PlanFile,
    ScenarioLoad, ScenarioTable, StageTable, Written,
};

/// The loads, in the order of the file, and that of the mix; `None` where one is not sound.
pub(super) fn resolve(file: &PlanFile, source: &Source<'_>) -> (Vec<Option<ScenarioLoad>>, Option<LoadPlan>) {
    let mix = Mix::of(file, source);
    let loads = scenarios(file).map(|(name, scenario)| mix.load(name, scenario, source)).collect();
    (loads, mix.load)
}

/// The mix with those who share it.
struct Mix<'a> {
    table: Option<&'a Written<MixTable>>,
    load: Option<LoadPlan>,
    /// The scenarios with a weight, in the order of the file.
    weights: Vec<(&'a str, u64)>,
}

impl<'a> Mix<'a> {
    fn of(file: &'a PlanFile, source: &Source<'_>) -> Mix<'a> {
        let weight = |(name, scenario): (&'a str, &'a Written<ScenarioTable>)| {
            Some((name, u64::from(scenario.value.weight.as_ref()?.value)))
        };
        let weights: Vec<_> = scenarios(file).filter_map(weight).collect();
        let table = file.mix.as_ref();
        let load = table.and_then(|mix| mix_load(mix, &weights, source));
        Mix { table, load, weights }
    }

    fn load(
        &self,
        name: &str,
        scenario: &Written<ScenarioTable>,
        source: &Source<'_>,
    ) -> Option<ScenarioLoad> {
        let (at, scenario) = (scenario.at, &scenario.value);
        let table = format!("scenario.{name}");
        let config = scenario.load(&table, source);
        if let Some(weight) = &scenario.weight {
            return self.share(name, weight.at, scenario, source);
        }
        let resolved = config?.resolve(Dialect::Keys);
        let load =
            resolved.map_err(|faults| say(faults, &table, at, |field| scenario.at(field), source)).ok()?;
        Some(ScenarioLoad { load, share: None })
    }

    /// The part of the mix that goes to the scenario `name`.
    fn share(
        &self,
        name: &str,
        at: Place,
        scenario: &ScenarioTable,
        source: &Source<'_>,
    ) -> Option<ScenarioLoad> {
        let table = format!("[scenario.{name}]");
        let own = Field::ALL.iter().filter(|field| scenario.at(**field).is_some());
        let own: Vec<&str> = own.map(|field| Dialect::Keys.name(*field)).collect();
        let also_timed = scenario.start_time.as_ref().map(|_| "start_time");
        let own: Vec<&str> = own.into_iter().chain(also_timed).collect();
        if !own.is_empty() {
            let message = format!("{table} weight does not go with {}: [mix] has the load", own.join(", "));
            source.push(PlanFault::new(at, message).hint("leave the weight out, or the rest"));
            return None;
        }
        if self.table.is_none() {
            let message = format!("{table} weight is a share of [mix], which the plan does not have");
            let hint = "write for example [mix] and below it rate = \"10/s\", duration = \"30s\"; the weights of a \
                        journey's own scenarios are weights = { … }";
            source.push(PlanFault::new(at, message).hint(hint));
            return None;
        }
        let (share, whole) = (self.share_of(name)?, self.load.as_ref()?);
        if share.from == share.to {
            source.push(PlanFault::new(at, format!("{table} weight = 0: it would never run")));
            return None;
        }
        Some(ScenarioLoad { load: whole.part(share), share: Some(share) })
    }

    fn share_of(&self, name: &str) -> Option<MixShare> {
        let of = self.weights.iter().map(|(_, weight)| weight).sum();
        let place = self.weights.iter().position(|(known, _)| *known == name)?;
        let from = self.weights[..place].iter().map(|(_, weight)| weight).sum();
        Some(MixShare { from, to: from + self.weights[place].1, of })
    }
}

fn mix_load(mix: &Written<MixTable>, weights: &[(&str, u64)], source: &Source<'_>) -> Option<LoadPlan> {
    let (at, mix) = (mix.at, &mix.value);
    if weights.is_empty() {
        let fault = PlanFault::new(at, "[mix]: no scenario has a weight, so nobody would share it");
        source.push(fault.hint("write for example weight = 80 in one scenario and weight = 20 in another"));
    }
    let config = mix.load("mix", source)?;
    if config.rate.is_none() && config.phases.is_empty() && config.stages.is_empty() {
        let fault = PlanFault::new(at, "[mix] has no rate, and a rate is what its scenarios share");
        source.push(fault.hint("write for example rate = \"10/s\" and duration = \"30s\"; scenarios with a number of VUs have each their own"));
        return None;
    }
    let load = config.resolve(Dialect::Keys);
    let load = load.map_err(|faults| say(faults, "mix", at, |field| mix.at(field), source)).ok()?;
    if !load.executor.is_open() {
        let message = format!("[mix] is {}: only a rate can be shared", load.executor.name());
        source.push(PlanFault::new(at, message).hint("give each scenario its own number of VUs"));
        return None;
    }
    Some(load)
}

fn say(
    faults: Vec<LoadFault>,
    table: &str,
    at: Place,
    place: impl Fn(Field) -> Option<Place>,
    source: &Source<'_>,
) {
    for LoadFault { field, message, hint } in faults {
        let at = field.and_then(&place).unwrap_or(at);
        source.push(PlanFault::new(at, format!("[{table}] {message}")).maybe_hint(hint));
    }
}

impl ScenarioTable {
    /// The load as it is written; `None` if a key of it is not sound.
    fn load(&self, table: &str, source: &Source<'_>) -> Option<LoadConfig> {
        let stages = stages(&self.stages, table, source);
        let phases = phases(&self.phases, table, source);
        let unsound = Field::ALL.iter().any(|field| self.unsound.contains(&Dialect::Keys.name(*field)));
        (!unsound).then_some(())?;
        Some(LoadConfig {
            executor: value(&self.executor),
            vus: value(&self.vus),
            duration: value(&self.duration),
            iterations: value(&self.iterations),
            stages: stages?,
            phases: phases?,
            rate: value(&self.rate),
            max_vus: value(&self.max_vus),
            arrivals: value(&self.arrivals),
            when_busy: value(&self.when_busy),
            graceful_ramp_down: value(&self.graceful_ramp_down),
        })
    }

    /// Where a field of the load stands, if it does.
    pub fn at(&self, field: Field) -> Option<Place> {
        match field {
            Field::Executor => at(&self.executor),
            Field::Vus => at(&self.vus),
            Field::Duration => at(&self.duration),
            Field::Iterations => at(&self.iterations),
            Field::Stages => at(&self.stages),
            Field::Phases => at(&self.phases),
            Field::Rate => at(&self.rate),
            Field::MaxVus => at(&self.max_vus),
            Field::Arrivals => at(&self.arrivals),
            Field::WhenBusy => at(&self.when_busy),
            Field::GracefulRampDown => at(&self.graceful_ramp_down),
        }
    }
}

impl MixTable {
    fn load(&self, table: &str, source: &Source<'_>) -> Option<LoadConfig> {
        let stages = stages(&self.stages, table, source);
        let phases = phases(&self.phases, table, source);
        let unsound = Field::ALL.iter().any(|field| self.unsound.contains(&Dialect::Keys.name(*field)));
        (!unsound).then_some(())?;
        Some(LoadConfig {
            executor: value(&self.executor),
            vus: value(&self.vus),
            duration: value(&self.duration),
            stages: stages?,
            phases: phases?,
            rate: value(&self.rate),
            max_vus: value(&self.max_vus),
            arrivals: value(&self.arrivals),
            when_busy: value(&self.when_busy),
            ..LoadConfig::default()
        })
    }

    /// Where a field of the load stands, if it does.
    pub fn at(&self, field: Field) -> Option<Place> {
        match field {
            Field::Executor => at(&self.executor),
            Field::Vus => at(&self.vus),
            Field::Duration => at(&self.duration),
            Field::Stages => at(&self.stages),
            Field::Phases => at(&self.phases),
            Field::Rate => at(&self.rate),
            Field::MaxVus => at(&self.max_vus),
            Field::Arrivals => at(&self.arrivals),
            Field::WhenBusy => at(&self.when_busy),
            Field::Iterations | Field::GracefulRampDown => None,
        }
    }
}

fn value<T: Copy>(written: &Option<Written<T>>) -> Option<T> {
    written.as_ref().map(|written| written.value)
}

fn at<T>(written: &Option<Written<T>>) -> Option<Place> {
    written.as_ref().map(|written| written.at)
}

type List<T> = Option<Written<Vec<Written<T>>>>;

/// The stages; `None` if one is not sound.
fn stages(list: &List<StageTable>, table: &str, source: &Source<'_>) -> Option<Vec<WrittenStage>> {
    let all = list.iter().flat_map(|list| list.value.iter().enumerate());
    let one = |(index, stage): (usize, &Written<StageTable>)| {
        let (table, at, stage) = (format!("{table}.stages[{}]", index + 1), stage.at, &stage.value);
        need(&stage.duration, &stage.unsound, "duration", &table, at, "duration = \"30s\"", source);
        let hint = "target = 100 ramps to 100 VUs, target = \"100/s\" to 100 iterations per second";
        need(&stage.target, &stage.unsound, "target", &table, at, hint, source);
        Some(WrittenStage { duration: value(&stage.duration)?, target: value(&stage.target)? })
    };
    // One after the other, so that the faults of all are said.
    let all: Vec<_> = all.map(one).collect();
    all.into_iter().collect()
}

/// The same for phases.
fn phases(list: &List<PhaseTable>, table: &str, source: &Source<'_>) -> Option<Vec<Phase>> {
    let all = list.iter().flat_map(|list| list.value.iter().enumerate());
    let one = |(index, phase): (usize, &Written<PhaseTable>)| {
        let (table, at, phase) = (format!("{table}.phases[{}]", index + 1), phase.at, &phase.value);
        need(&phase.duration, &phase.unsound, "duration", &table, at, "duration = \"30s\"", source);
        need(&phase.rate, &phase.unsound, "rate", &table, at, "rate = \"10/s\"", source);
        Some(Phase { duration: value(&phase.duration)?, rate: value(&phase.rate)? })
    };
    let all: Vec<_> = all.map(one).collect();
    all.into_iter().collect()
}
