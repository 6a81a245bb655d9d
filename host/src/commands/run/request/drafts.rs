//! The scenarios of a run, before their journeys are opened.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use outrider_model::{DEFAULT_GRACEFUL_STOP, MixShare, nearest};
use outrider_plan::{Dialect, LoadPlan, ScenarioLoad, ScenarioTable, Written};
use outrider_session::{Asked, LoadConfig, ParameterValue};

use crate::cli::RunArgs;
use crate::commands::debug;
use crate::commands::run::document::Document;
use crate::failure::Fault;
use crate::load;

/// A scenario before its journey is opened.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) plugin: PathBuf,
    pub(super) parameters: Vec<(String, ParameterValue)>,
    pub(super) plugin_scenario: Option<String>,
    pub(super) weights: Option<BTreeMap<String, u32>>,
    pub(super) start_time: Duration,
    pub(super) graceful_stop: Duration,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) load: Asked<LoadConfig>,
    pub(super) share: Option<MixShare>,
}

impl Draft {
    /// The only scenario of a command line that names a plugin.
    pub(super) fn of_plugin(args: &RunArgs) -> Draft {
        let text = |(key, value): &(String, String)| (key.clone(), ParameterValue::Text(value.clone()));
        Draft {
            name: args.scenario.clone().unwrap_or_else(|| "default".into()),
            plugin: args.plugin.clone(),
            parameters: args.set.iter().map(text).collect(),
            plugin_scenario: args.scenario.clone(),
            weights: None,
            start_time: Duration::ZERO,
            graceful_stop: args.load.graceful_stop,
            tags: BTreeMap::new(),
            load: match args.debug.debug {
                true => Ok(debug::load()),
                false => load::load(&args.load.flags()),
            },
            share: None,
        }
    }

    /// A scenario of a plan.
    fn of_plan(
        args: &RunArgs,
        document: &Document,
        name: &str,
        scenario: &ScenarioTable,
        load: Option<&ScenarioLoad>,
    ) -> Draft {
        let share = load.and_then(|load| load.share);
        let mix = document.plan.file.mix.as_ref().map(|mix| &mix.value).filter(|_| share.is_some());
        let start_time = time(&scenario.start_time).or_else(|| mix.and_then(|mix| time(&mix.start_time)));
        let pairs = scenario.tags.iter().flat_map(|tags| &tags.value.0);
        let json = |(key, value): &(String, Written<serde_json::Value>)| {
            (key.clone(), ParameterValue::Json(value.value.clone()))
        };
        let weight = |(name, weight): &(String, Written<u32>)| (name.clone(), weight.value);
        Draft {
            name: name.to_owned(),
            // A plan without it is refused.
            plugin: scenario.plugin.as_ref().map(|plugin| document.file(&plugin.value)).unwrap_or_default(),
            parameters: scenario.parameters.iter().flat_map(|all| &all.value.0).map(json).collect(),
            plugin_scenario: scenario.scenario.as_ref().map(|scenario| scenario.value.clone()),
            weights: scenario.weights.as_ref().map(|all| all.value.0.iter().map(weight).collect()),
            start_time: start_time.unwrap_or_default(),
            graceful_stop: args
                .given
                .only("graceful_stop", args.load.graceful_stop)
                .or_else(|| time(&scenario.graceful_stop))
                .or_else(|| mix.and_then(|mix| time(&mix.graceful_stop)))
                .or_else(|| document.plan.file.run.as_ref().and_then(|run| time(&run.value.graceful_stop)))
                .unwrap_or(DEFAULT_GRACEFUL_STOP),
            tags: pairs.map(|(key, value)| (key.clone(), value.value.clone())).collect(),
            // What is wrong with it is said already.
            load: load.map(|load| load::config(LoadPlan::clone(&load.load))).ok_or_else(Vec::new),
            share,
        }
    }
}

fn time(written: &Option<Written<Duration>>) -> Option<Duration> {
    written.as_ref().map(|written| written.value)
}

/// The scenarios of a plan that are to run, with the load of the flags where they say one.
pub(super) fn of_plan(args: &RunArgs, document: &Document, faults: &mut Vec<Fault>) -> Vec<Draft> {
    let scenarios = document.plan.file.scenario.iter().flat_map(|scenarios| &scenarios.value.0);
    let mut drafts: Vec<Draft> = scenarios
        .zip(&document.plan.loads)
        .filter(|((name, _), _)| args.scenario.as_ref().is_none_or(|wanted| wanted == name))
        .map(|((name, table), load)| Draft::of_plan(args, document, name, &table.value, load.as_ref()))
        .collect();
    if let Some(wanted) = &args.scenario {
        match &mut drafts[..] {
            // Alone, it has nobody to wait for.
            [only] => only.start_time = Duration::ZERO,
            _ => faults.push(no_such_scenario(wanted, document)),
        }
    }
    match args.debug.debug {
        true => debug_one(document, &mut drafts, faults),
        false => replace_load(args, document, &mut drafts, faults),
    }
    drafts
}

fn no_such_scenario(wanted: &str, document: &Document) -> Fault {
    let names = document.scenarios();
    Fault::new(format!("the plan has no scenario '{wanted}'")).hint(
        match nearest(wanted, names.iter().copied()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("it has {}", names.join(", ")),
        },
    )
}

/// Of several scenarios, somebody has to say which one is walked through.
fn debug_one(document: &Document, drafts: &mut [Draft], faults: &mut Vec<Fault>) {
    match drafts {
        [] => {}
        [only] => {
            only.start_time = Duration::ZERO;
            only.load = Ok(debug::load());
            only.share = None;
        }
        _ => faults.push(
            Fault::new("--debug walks through one scenario, and the plan has several")
                .hint(format!("--scenario says which: {}", document.scenarios().join(", "))),
        ),
    }
}

/// Puts the load of the flags, if they say one, in the place of the plan's.
fn replace_load(args: &RunArgs, document: &Document, drafts: &mut [Draft], faults: &mut Vec<Fault>) {
    let flags = args.load.flags();
    if flags.is_default() || drafts.is_empty() {
        return;
    }
    let load = match flags.resolve(Dialect::Flags) {
        Ok(load) => load,
        Err(found) => return faults.extend(found.into_iter().map(load::fault)),
    };
    let mixed = drafts.iter().all(|draft| draft.share.is_some());
    match drafts {
        [only] => {
            only.load = Ok(load::config(load));
            only.share = None;
        }
        _ if mixed && load.executor.is_open() => {
            let shares: Vec<MixShare> = drafts.iter().filter_map(|draft| draft.share).collect();
            match load.shared(&shares, Dialect::Flags) {
                Ok(parts) => {
                    let parts = drafts.iter_mut().zip(parts);
                    parts.for_each(|(draft, part)| draft.load = Ok(load::config(part)));
                }
                Err(fault) => faults.push(load::fault(fault)),
            }
        }
        _ => faults.push(whose_load(document, mixed)),
    }
}

fn whose_load(document: &Document, mixed: bool) -> Fault {
    let names = document.scenarios().join(", ");
    match mixed {
        true => Fault::new("the plan's scenarios share a rate, and the flags give a number of VUs")
            .hint(format!("--rate is shared as [mix] is; --scenario runs one of them alone: {names}")),
        false => Fault::new("the plan has several scenarios: whose load do the flags give?")
            .hint(format!("--scenario runs one of them alone, with the flags' load: {names}")),
    }
}
