//! A dry run as a document for programs.

use std::collections::BTreeMap;

use outrider_model::{LoadCurve, LoadUnit};
use outrider_session::DryRun;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

use super::needs::{self, Iterations};
use super::settings::Setting;
use crate::given::Origin;

/// Raised when a field changes its meaning or goes. Fields may be added without it.
const VERSION: u32 = 1;

/// What `host run --dry-run --format json` says.
#[derive(Debug, Serialize, JsonSchema)]
struct DryRunDocument {
    /// The version of this document: 1.
    version: u32,
    /// What the run is called; null if nobody named it.
    name: Option<String>,
    /// The journeys.
    journeys: Vec<JourneyEntry>,
    /// The scenarios, with their loads over time.
    scenarios: Vec<ScenarioEntry>,
    /// Every value, with where it comes from.
    values: Vec<ValueEntry>,
    /// What the run would need.
    needs: NeedsEntry,
}

/// A journey.
#[derive(Debug, Serialize, JsonSchema)]
struct JourneyEntry {
    /// Its name in the run.
    name: String,
    /// The file, as it was named.
    path: String,
    /// The SHA-256 digest of the component.
    digest: String,
    /// The scenarios that it has, with their weights.
    scenarios: BTreeMap<String, u32>,
    /// Its parameters, defaults filled in.
    parameters: BTreeMap<String, Value>,
}

/// A scenario.
#[derive(Debug, Serialize, JsonSchema)]
struct ScenarioEntry {
    /// Its name in the run.
    name: String,
    /// The journey that its users go through.
    journey: String,
    /// The executor, as in `constant-arrival-rate`.
    executor: String,
    /// When it begins, in seconds after the start of the run.
    start_s: f64,
    /// The longest time in which its iterations start, in seconds.
    duration_s: f64,
    /// How long iterations under way may go on at its end, in seconds.
    graceful_stop_s: f64,
    /// The most VUs.
    max_vus: u32,
    /// The ceiling that would be the default on a larger machine; null if this one holds it.
    max_vus_lowered_from: Option<u32>,
    /// How many iterations are planned, on average where arrivals are drawn; null where the target's speed decides.
    planned_iterations: Option<u64>,
    /// Its part of the mix, from 0 to 1; null if it shares none.
    share_of_mix: Option<f64>,
    /// The load over time.
    load: LoadEntry,
}

/// A load over time: straight lines between points.
#[derive(Debug, Serialize, JsonSchema)]
struct LoadEntry {
    /// What levels are numbers of: "vus", or "starts_per_second".
    unit: &'static str,
    /// Pairs of seconds after the start of the scenario and the level there. Two of the same time are a step.
    points: Vec<(f64, f64)>,
}

/// A value of the plan.
#[derive(Debug, Serialize, JsonSchema)]
struct ValueEntry {
    /// The table that it stands in; empty for those at the top. Tables of a list have their number behind them.
    table: String,
    /// Its key.
    key: String,
    /// The value.
    value: Value,
    /// Where it comes from.
    origin: OriginEntry,
}

/// Where a value comes from.
#[derive(Debug, Serialize, JsonSchema)]
struct OriginEntry {
    /// "flag", "env", "plan" or "default".
    kind: &'static str,
    /// The flag, the variable or the plan's path; null for a default.
    name: Option<String>,
    /// The line of the plan, from 1; null for the rest.
    line: Option<usize>,
}

/// What a run would need.
#[derive(Debug, Serialize, JsonSchema)]
struct NeedsEntry {
    /// The most VUs at once.
    max_vus: u32,
    /// Their memory before the first iteration, in bytes.
    memory_bytes: u64,
    /// Hosts and ports that the run may reach.
    hosts: Vec<String>,
    /// The data files.
    data: Vec<DataEntry>,
    /// The names of the secrets.
    secrets: Vec<String>,
    /// How many iterations are planned; without those of scenarios where the target's speed decides.
    planned_iterations: u64,
    /// Whether that is all, exactly: no arrivals are drawn, and no scenario is left to the target's speed.
    planned_iterations_exact: bool,
    /// The longest time in which iterations start, in seconds.
    duration_s: f64,
    /// The longest time until they have ended, in seconds.
    duration_with_graceful_stop_s: f64,
}

/// A data file.
#[derive(Debug, Serialize, JsonSchema)]
struct DataEntry {
    /// The name under which journeys ask for it.
    name: String,
    /// The file.
    path: String,
    /// How many rows it has.
    rows: u64,
    /// Which row an iteration gets.
    policy: String,
}

/// The schema of the document.
pub(crate) fn json_schema() -> String {
    let schema = SchemaSettings::default().into_generator().into_root_schema_for::<DryRunDocument>();
    format!("{:#}", schema.to_value())
}

pub(super) fn json(dry: &DryRun, settings: &[Setting]) -> String {
    let document = DryRunDocument {
        version: VERSION,
        name: dry.plan.name.clone(),
        journeys: journeys(dry),
        scenarios: scenarios(dry),
        values: settings.iter().map(value).collect(),
        needs: needs(dry),
    };
    let value = serde_json::to_value(&document).expect("every field is JSON");
    format!("{value:#}")
}

fn journeys(dry: &DryRun) -> Vec<JourneyEntry> {
    let described = dry.plan.journeys.iter().zip(&dry.descriptions);
    let entry =
        |(journey, said): (&outrider_model::JourneyPlan, &outrider_engine::Description)| JourneyEntry {
            name: journey.name.clone(),
            path: journey.plugin.path.clone(),
            digest: journey.plugin.digest.clone(),
            scenarios: said.scenarios.iter().map(|one| (one.name.clone(), one.weight)).collect(),
            parameters: journey.parameters.clone(),
        };
    described.map(entry).collect()
}

fn scenarios(dry: &DryRun) -> Vec<ScenarioEntry> {
    let planned = dry.plan.scenarios.iter().zip(&dry.lowered_ceilings);
    let entry = |(scenario, lowered): (&outrider_model::ScenarioPlan, &Option<u32>)| {
        let curve = LoadCurve::of(&scenario.executor);
        ScenarioEntry {
            name: scenario.name.clone(),
            journey: scenario.journey.clone(),
            executor: scenario.executor.name().to_owned(),
            start_s: scenario.start_time.as_secs_f64(),
            duration_s: scenario.executor.max_duration().as_secs_f64(),
            graceful_stop_s: scenario.graceful_stop.as_secs_f64(),
            max_vus: scenario.executor.max_vus(),
            max_vus_lowered_from: *lowered,
            planned_iterations: scenario.executor.planned_iterations(),
            share_of_mix: scenario.share.map(outrider_model::MixShare::part),
            load: LoadEntry {
                unit: match curve.unit() {
                    LoadUnit::Vus => "vus",
                    LoadUnit::StartsPerSecond => "starts_per_second",
                },
                points: curve.points().to_vec(),
            },
        }
    };
    planned.map(entry).collect()
}

fn value(setting: &Setting) -> ValueEntry {
    let (kind, name, line) = match &setting.origin {
        Origin::Flag(name) => ("flag", Some(name.clone()), None),
        Origin::Env(name) => ("env", Some(name.clone()), None),
        Origin::Plan { path, line } => ("plan", Some(path.clone()), Some(*line)),
        Origin::Default => ("default", None, None),
    };
    ValueEntry {
        table: setting.table.clone(),
        key: setting.key.clone(),
        value: setting.value.clone(),
        origin: OriginEntry { kind, name, line },
    }
}

fn needs(dry: &DryRun) -> NeedsEntry {
    let (starts, ends) = needs::durations(dry);
    let (planned, exact) = match needs::iterations(dry) {
        Iterations::Exactly(count) => (count, true),
        Iterations::About(count) | Iterations::Open(count) => (count, false),
    };
    let data = |data: &outrider_session::DataNeed| DataEntry {
        name: data.name.clone(),
        path: data.path.clone(),
        rows: data.rows,
        policy: data.policy.clone(),
    };
    NeedsEntry {
        max_vus: dry.room.max_vus,
        memory_bytes: dry.room.memory_bytes,
        hosts: needs::hosts(dry),
        data: dry.data.iter().map(data).collect(),
        secrets: dry.secrets.clone(),
        planned_iterations: planned,
        planned_iterations_exact: exact,
        duration_s: starts.as_secs_f64(),
        duration_with_graceful_stop_s: ends.as_secs_f64(),
    }
}
