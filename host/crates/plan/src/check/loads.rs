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
    /// Whether the plan has one, sound or not.
    is_there: bool,
    load: Option<LoadPlan>,
    /// Whether a scenario has a weight, sound or not.
    is_shared: bool,
    /// The scenarios with a weight above 0, in the order of the file.
    shares: Vec<(&'a str, MixShare)>,
    /// The part of each of them; none if the mix is not sound.
    parts: Vec<LoadPlan>,
}

impl<'a> Mix<'a> {
    fn of(file: &'a PlanFile, source: &Source<'_>) -> Mix<'a> {
        let weight = |(name, scenario): (&'a str, &'a Written<ScenarioTable>)| {
            Some((name, u64::from(scenario.value.weight.as_ref()?.value)))
        };
        let shares = shares(&scenarios(file).filter_map(weight).collect::<Vec<_>>());
        let is_shared = scenarios(file).any(|(_, scenario)| is_weighted(&scenario.value));
        // Where no scenario could be read, nobody knows what they share.
        let is_shared = is_shared || file.unsound.contains(&"scenario");
        let is_there = file.mix.is_some() || file.unsound.contains(&"mix");
        let load = file.mix.as_ref().and_then(|mix| mix_load(mix, is_shared, source));
        let parts = load.as_ref().zip(file.mix.as_ref()).map(|(load, mix)| parts(load, mix, &shares, source));
        Mix { is_there, load, is_shared, shares, parts: parts.unwrap_or_default() }
    }

    fn load(
        &self,
        name: &str,
        scenario: &Written<ScenarioTable>,
        source: &Source<'_>,
    ) -> Option<ScenarioLoad> {
        let (at, scenario) = (scenario.at, &scenario.value);
        let table = format!("scenario.{name}");
        let written = scenario.load(&table, source);
        let place = |field| scenario.at(field);
        if is_weighted(scenario) {
            // Whether keys of a load go with a weight is said below.
            say(written.faults_of_values(), &table, at, place, source);
            return self.share(name, scenario.weight.as_ref()?.at, scenario, source);
        }
        if self.is_shared && self.is_there && written.is_nothing() {
            forgotten(&table, at, source);
            return None;
        }
        Some(ScenarioLoad { load: written.resolve(&table, at, place, source)?, share: None })
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
        if !self.is_there {
            let message = format!("{table} weight is a share of [mix], which the plan does not have");
            let hint = "write for example [mix] and below it rate = \"10/s\", duration = \"30s\"; the weights of a \
                        journey's own scenarios are weights = { … }";
            source.push(PlanFault::new(at, message).hint(hint));
            return None;
        }
        let own = Field::ALL.iter().filter(|field| scenario.at(**field).is_some());
        let own: Vec<&str> = own.map(|field| Dialect::Keys.name(*field)).collect();
        let also_timed = scenario.start_time.as_ref().map(|_| "start_time");
        let own: Vec<&str> = own.into_iter().chain(also_timed).collect();
        if !own.is_empty() {
            let message = format!("{table} weight does not go with {}: [mix] has the load", own.join(", "));
            source.push(PlanFault::new(at, message).hint("leave the weight out, or the rest"));
            return None;
        }
        let Some(index) = self.shares.iter().position(|(known, _)| *known == name) else {
            source.push(PlanFault::new(at, format!("{table} weight = 0: it would never run")));
            return None;
        };
        Some(ScenarioLoad { load: self.parts.get(index)?.clone(), share: Some(self.shares[index].1) })
    }
}

/// The shares of the scenarios that have a weight, one behind the other.
fn shares<'a>(weights: &[(&'a str, u64)]) -> Vec<(&'a str, MixShare)> {
    let of = weights.iter().map(|(_, weight)| weight).sum();
    let mut from = 0;
    let share = |(name, weight): &(&'a str, u64)| {
        let share = MixShare { from, to: from + weight, of };
        from = share.to;
        (*name, share)
    };
    weights.iter().filter(|(_, weight)| *weight > 0).map(share).collect()
}

/// What of the mix's load goes to each share of it; nothing where there is not enough for all, which is said.
fn parts(
    load: &LoadPlan,
    mix: &Written<MixTable>,
    shares: &[(&str, MixShare)],
    source: &Source<'_>,
) -> Vec<LoadPlan> {
    let shares: Vec<MixShare> = shares.iter().map(|(_, share)| *share).collect();
    load.shared(&shares, Dialect::Keys).unwrap_or_else(|fault| {
        say(vec![fault], "mix", mix.at, |field| mix.value.at(field), source);
        Vec::new()
    })
}

/// Whether it has a weight, sound or not.
fn is_weighted(scenario: &ScenarioTable) -> bool {
    scenario.weight.is_some() || scenario.unsound.contains(&"weight")
}

/// One iteration is what a scenario without a load has elsewhere: beside a mix, somebody forgot its weight.
fn forgotten(table: &str, at: Place, source: &Source<'_>) {
    let message = format!("[{table}] has neither a weight, for a share of [mix], nor a load of its own");
    let hint = "write for example weight = 20; iterations = 1 runs it once beside the mix";
    source.push(PlanFault::new(at, message).hint(hint));
}

fn mix_load(mix: &Written<MixTable>, is_shared: bool, source: &Source<'_>) -> Option<LoadPlan> {
    let (at, mix) = (mix.at, &mix.value);
    if !is_shared {
        let fault = PlanFault::new(at, "[mix]: no scenario has a weight, so nobody would share it");
        source.push(fault.hint("write for example weight = 80 in one scenario and weight = 20 in another"));
    }
    let written = mix.load("mix", source);
    let config = &written.config;
    let has_rate = config.rate.is_some() || !config.phases.is_empty() || !config.stages.is_empty();
    if !has_rate && written.unsound.is_empty() {
        let fault = PlanFault::new(at, "[mix] has no rate, and a rate is what its scenarios share");
        source.push(fault.hint("write for example rate = \"10/s\" and duration = \"30s\"; scenarios with a number of VUs have each their own"));
        return None;
    }
    let load = written.resolve("mix", at, |field| mix.at(field), source)?;
    if !load.executor.is_open() {
        let message = format!("[mix] is {}: only a rate can be shared", load.executor.name());
        source.push(PlanFault::new(at, message).hint("give each scenario its own number of VUs"));
        return None;
    }
    Some(load)
}

/// The keys of a load as a table has them.
struct WrittenLoad {
    config: LoadConfig,
    /// Keys that are there and hold what they may not.
    unsound: Vec<Field>,
}

impl WrittenLoad {
    /// Whether no key of a load is written.
    fn is_nothing(&self) -> bool {
        self.config.is_default() && self.unsound.is_empty()
    }

    /// What is wrong with it whatever its keys are together.
    fn faults_of_values(&self) -> Vec<LoadFault> {
        self.config.faults_beside(&self.unsound, Dialect::Keys)
    }

    /// The load, or `None` once all that is wrong with it is said.
    fn resolve(
        &self,
        table: &str,
        at: Place,
        place: impl Fn(Field) -> Option<Place>,
        source: &Source<'_>,
    ) -> Option<LoadPlan> {
        let resolved = match self.unsound.is_empty() {
            true => self.config.resolve(Dialect::Keys),
            false => Err(self.faults_of_values()),
        };
        resolved.map_err(|faults| say(faults, table, at, place, source)).ok()
    }
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

/// Says which key of a table is which field of a load. Stages and phases every such table has.
macro_rules! load_of {
    ($table:ident has { $($key:ident: $field:ident,)* } lacks { $($absent_key:ident: $absent:ident,)* }) => {
        impl $table {
            fn load(&self, table: &str, source: &Source<'_>) -> WrittenLoad {
                let (stages, phases) = (stages(&self.stages, table, source), phases(&self.phases, table, source));
                let is_unsound = |field: &&Field| self.unsound.contains(&Dialect::Keys.name(**field));
                let mut unsound: Vec<Field> = Field::ALL.iter().filter(is_unsound).copied().collect();
                unsound.extend(stages.is_none().then_some(Field::Stages));
                unsound.extend(phases.is_none().then_some(Field::Phases));
                let config = LoadConfig {
                    $($key: value(&self.$key),)*
                    $($absent_key: None,)*
                    stages: stages.unwrap_or_default(),
                    phases: phases.unwrap_or_default(),
                };
                WrittenLoad { config, unsound }
            }

            /// Where a field of the load stands, if it does.
            pub fn at(&self, field: Field) -> Option<Place> {
                match field {
                    $(Field::$field => at(&self.$key),)*
                    $(Field::$absent => None,)*
                    Field::Stages => at(&self.stages),
                    Field::Phases => at(&self.phases),
                }
            }
        }
    };
}

load_of! {
    ScenarioTable has {
        executor: Executor,
        vus: Vus,
        duration: Duration,
        iterations: Iterations,
        rate: Rate,
        max_vus: MaxVus,
        arrivals: Arrivals,
        when_busy: WhenBusy,
        graceful_ramp_down: GracefulRampDown,
    } lacks {}
}

load_of! {
    MixTable has {
        executor: Executor,
        vus: Vus,
        duration: Duration,
        rate: Rate,
        max_vus: MaxVus,
        arrivals: Arrivals,
        when_busy: WhenBusy,
    } lacks {
        iterations: Iterations,
        graceful_ramp_down: GracefulRampDown,
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
