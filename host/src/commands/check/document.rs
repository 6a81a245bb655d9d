//! What a check says, as data: `host check --format json`.

use outrider_engine::ANY_SCENARIO;
use outrider_model::threshold::Threshold;
use outrider_model::{CheckSample, FailureCause, RequestSample, ScenarioPlan};
use outrider_session::{
    Breakdown, CallEnd, CallTrial, Certainty, DataTrial, Estimate, Fault, IterationEnd, IterationTrial,
    MetricSeen, Seen, Trial, TrialEnd,
};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

/// The version of the document. It grows by one when a field is removed or changes its meaning; new fields do
/// not change it.
///
/// * 1: the first.
const CHECK_VERSION: u32 = 1;

/// What a pre-flight check saw. Times are in milliseconds, sizes in bytes.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CheckReport {
    /// The version of this document's layout: 1.
    version: u32,
    /// `pass`, or what went wrong; of several the first in this order: `interrupted`, `machine failed`, `plugin
    /// broke`, `aborted by plugin`, `target failed`, `threshold can never match`, `check failed`.
    verdict: &'static str,
    /// The exit code that goes with it.
    exit_code: u8,
    /// Everything that is wrong.
    faults: Vec<FaultEntry>,
    /// What is not wrong, and worth knowing.
    warnings: Vec<String>,
    /// What the run is called; null if its journeys name it.
    pub(crate) name: Option<String>,
    /// The base URL under test; null if the journeys bring their own.
    pub(crate) target: Option<String>,
    /// The journeys, in the plan's order.
    pub(crate) journeys: Vec<JourneyEntry>,
    /// One iteration of each way of each scenario, in the plan's order.
    pub(crate) iterations: Vec<IterationEntry>,
    /// The assertion packs.
    packs: Vec<PackEntry>,
    /// The thresholds, in the plan's order.
    pub(crate) thresholds: Vec<ThresholdEntry>,
    /// The data files.
    pub(crate) data: Vec<DataEntry>,
    /// What the run would come to; null if no iteration was completed to estimate it by.
    pub(crate) estimate: Option<EstimateEntry>,
    /// What its users take of this machine.
    pub(crate) machine: MachineEntry,
}

/// Something that is wrong.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FaultEntry {
    /// What.
    message: String,
    /// Why, the nearest cause first.
    causes: Vec<String>,
    /// What to do; null if there is nothing to say.
    hint: Option<String>,
}

/// A journey.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct JourneyEntry {
    /// Its name, unique in the run.
    pub(crate) name: String,
    /// The path of its component or source, as the user wrote it.
    pub(crate) path: String,
    /// What its set-up did; null if the check was ended before it.
    pub(crate) setup: Option<CallEntry>,
    /// What its tear-down did; null if its set-up was not begun.
    pub(crate) teardown: Option<CallEntry>,
}

/// A set-up or a tear-down.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CallEntry {
    /// How long it took.
    pub(crate) duration_ms: f64,
    /// What was seen.
    pub(crate) seen: SeenEntry,
    /// Why it failed; null if it did not.
    pub(crate) error: Option<ErrorEntry>,
}

/// An iteration.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct IterationEntry {
    /// The scenario of the run.
    pub(crate) scenario: String,
    /// The plugin's scenario that it ran.
    pub(crate) way: String,
    /// Whether the run mixes several of the plugin's scenarios here.
    pub(crate) is_mixed: bool,
    /// The share of the scenario's iterations that run it, from 0 to 1.
    pub(crate) share: f64,
    /// Its index in the scenario: the first of the run that runs it.
    pub(crate) iteration: u64,
    /// How long it took, without the time of assertion packs.
    pub(crate) duration_ms: f64,
    /// What was seen, also in the `start` of a user that was made for it.
    pub(crate) seen: SeenEntry,
    /// Why it failed; null if it did not.
    pub(crate) error: Option<ErrorEntry>,
}

/// What was seen in a call or an iteration.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SeenEntry {
    /// The requests in their order; a redirect that was followed is one of its own.
    pub(crate) requests: Vec<RequestEntry>,
    /// The verdicts in their order.
    pub(crate) checks: Vec<CheckEntry>,
    /// The custom metrics by name.
    pub(crate) metrics: Vec<MetricEntry>,
    /// What was measured beyond the 10,000 samples that are kept.
    pub(crate) lost_samples: u64,
}

/// What the values of a custom metric come to, in its own unit.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MetricEntry {
    /// Its name; `(other)` for those beyond a hundred.
    pub(crate) name: String,
    /// `counter`, `gauge`, `rate` or `trend`.
    pub(crate) kind: &'static str,
    /// How many values were recorded.
    pub(crate) values: u64,
    /// A counter's sum, the last value of a gauge, the share of a rate from 0 to 1, the mean of a trend; null where no
    /// value is a finite number.
    pub(crate) value: Option<f64>,
    /// The smallest value; null where there is none.
    pub(crate) min: Option<f64>,
    /// The largest value; null where there is none.
    pub(crate) max: Option<f64>,
    /// How many values more were NaN or infinite, and count for nothing.
    pub(crate) not_finite: u64,
}

/// A request.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RequestEntry {
    /// The method.
    pub(crate) method: String,
    /// What the journey named it, else its route.
    pub(crate) name: String,
    /// The URL.
    pub(crate) url: String,
    /// The innermost step; null outside of steps.
    pub(crate) step: Option<String>,
    /// The status; null without an answer.
    pub(crate) status: Option<u16>,
    /// How long it took.
    pub(crate) duration_ms: f64,
    /// Bytes of the answer as they came.
    pub(crate) bytes_received: u64,
    /// Whether there was an answer with a status below 400.
    pub(crate) ok: bool,
    /// Why not; null if so.
    pub(crate) error: Option<String>,
}

/// A verdict.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CheckEntry {
    /// The assertion pack; null for a check of the journey.
    pub(crate) pack: Option<String>,
    /// Its name.
    pub(crate) name: String,
    /// Whether what it asserts holds.
    pub(crate) passed: bool,
    /// What was expected, if said.
    pub(crate) expected: Option<String>,
    /// What was found, if said.
    pub(crate) actual: Option<String>,
    /// More words, if said.
    pub(crate) message: Option<String>,
    /// Where in the journey's source it stands, if it failed; null for one of a pack.
    pub(crate) at: Option<String>,
}

/// A failure.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ErrorEntry {
    /// Whose fault; null where nobody is to blame: the journey ended the run, or the check was ended.
    cause: Option<FailureCause>,
    /// What happened.
    pub(crate) message: String,
    /// Where in the author's source, the innermost frame first; null where that is not known.
    stack: Option<String>,
}

/// An assertion pack.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PackEntry {
    /// Its name.
    name: String,
    /// How often there was something to judge.
    asked: u64,
    /// How often it broke instead.
    broke: u64,
}

/// A threshold.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ThresholdEntry {
    /// The expression in its normal form.
    pub(crate) expr: String,
    /// `has data`; `never` if it can never match; `unsure` if nothing matched, and another iteration may.
    pub(crate) standing: &'static str,
}

/// A data file.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DataEntry {
    /// The name that journeys read it by.
    pub(crate) name: String,
    /// The file.
    pub(crate) path: String,
    /// Which row an iteration gets.
    pub(crate) policy: String,
    /// How many rows it has.
    pub(crate) rows: u64,
    /// How many rows the planned iterations need; null where rows are used again, or nobody asked for one.
    pub(crate) needed_rows: Option<u64>,
    /// Whether that follows from how long an iteration took here.
    pub(crate) is_assumed: bool,
    /// Whether iterations would find no row left.
    pub(crate) exhausted: bool,
}

/// What a run would come to.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EstimateEntry {
    /// Iterations.
    pub(crate) iterations: u64,
    /// Requests.
    pub(crate) requests: u64,
    /// From the start of the load to its planned end.
    pub(crate) duration_ms: f64,
    /// The most iterations that start per second.
    pub(crate) peak_iterations_per_s: f64,
    /// The most requests per second.
    pub(crate) peak_requests_per_s: f64,
    /// Bytes that the target would send.
    pub(crate) bytes_received: u64,
    /// Bytes that the target would get.
    pub(crate) bytes_sent: u64,
    /// Whether the number of iterations follows from how long one took here, as in closed models with a duration.
    pub(crate) is_assumed: bool,
    /// By scenario, those of which an iteration was completed.
    pub(crate) scenarios: Vec<ScenarioEntry>,
}

/// What a scenario would come to.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ScenarioEntry {
    /// Its name.
    pub(crate) name: String,
    /// Iterations.
    pub(crate) iterations: u64,
    /// Requests.
    pub(crate) requests: u64,
    /// How long an iteration took here, on average over its ways.
    pub(crate) iteration_ms: f64,
    /// Whether the number of iterations follows from that.
    pub(crate) is_assumed: bool,
}

/// What the users of the run take of this machine.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MachineEntry {
    /// The most users at once.
    pub(crate) max_vus: u32,
    /// The memory of their instances before the first iteration.
    pub(crate) memory_bytes: u64,
}

impl SeenEntry {
    pub(crate) fn is_empty(&self) -> bool {
        self.requests.is_empty()
            && self.checks.is_empty()
            && self.metrics.is_empty()
            && self.lost_samples == 0
    }
}

impl CheckReport {
    /// `faults` and `warnings` are what is said of the trial.
    pub(crate) fn of(trial: &Trial, faults: &[Fault], warnings: &[String]) -> CheckReport {
        let plan = &trial.dry_run.plan;
        let end = trial.end();
        let journeys = plan.journeys.iter().zip(&trial.journeys);
        let room = trial.dry_run.room;
        CheckReport {
            version: CHECK_VERSION,
            verdict: verdict(end),
            exit_code: end.exit().code(),
            faults: faults.iter().map(FaultEntry::of).collect(),
            warnings: warnings.to_vec(),
            name: plan.name.clone(),
            target: plan.target.clone(),
            journeys: journeys
                .map(|(plan, trial)| JourneyEntry {
                    name: plan.name.clone(),
                    path: plan.plugin.path.clone(),
                    setup: trial.setup.as_ref().map(call),
                    teardown: trial.teardown.as_ref().map(call),
                })
                .collect(),
            iterations: trial.iterations.iter().map(|one| iteration(one, &plan.scenarios)).collect(),
            packs: trial
                .packs
                .iter()
                .map(|pack| PackEntry { name: pack.name.clone(), asked: pack.asked, broke: pack.broke })
                .collect(),
            thresholds: thresholds(trial),
            data: trial.data.iter().map(data).collect(),
            estimate: trial.estimate.as_ref().map(estimate),
            machine: MachineEntry { max_vus: room.max_vus, memory_bytes: room.memory_bytes },
        }
    }

    /// As one JSON document.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("the document has text keys only")
    }
}

/// The JSON Schema of the document.
pub(crate) fn json_schema() -> String {
    schema_of::<CheckReport>()
}

/// The JSON Schema of a document that is written.
pub(crate) fn schema_of<T: JsonSchema>() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    schema_text(&generator.into_root_schema_for::<T>())
}

/// The JSON Schema of a document that is read.
pub(super) fn schema_of_input<T: JsonSchema>() -> String {
    schema_text(&SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>())
}

fn schema_text(schema: &schemars::Schema) -> String {
    serde_json::to_string_pretty(schema).expect("a schema has text keys only")
}

/// What a check comes to, in a word or some.
pub(crate) fn verdict(end: TrialEnd) -> &'static str {
    match end {
        TrialEnd::Interrupted => "interrupted",
        TrialEnd::MachineFailed => "machine failed",
        TrialEnd::PluginBroke => "plugin broke",
        TrialEnd::AbortedByPlugin => "aborted by plugin",
        TrialEnd::TargetFailed => "target failed",
        TrialEnd::Unmatched => "threshold can never match",
        TrialEnd::CheckFailed => "check failed",
        TrialEnd::Well => "pass",
    }
}

impl FaultEntry {
    pub(super) fn of(fault: &Fault) -> FaultEntry {
        FaultEntry { message: fault.message.clone(), causes: fault.causes.clone(), hint: fault.hint.clone() }
    }
}

fn call(call: &CallTrial) -> CallEntry {
    let error = match &call.end {
        CallEnd::Done => None,
        CallEnd::Abort(reason) => Some(ErrorEntry::blameless(reason)),
        CallEnd::GivenUp => Some(ErrorEntry::blameless("given up, as asked from outside")),
        CallEnd::Broke(Breakdown { cause, message, stack, .. }) => {
            Some(ErrorEntry { cause: Some(*cause), message: message.clone(), stack: stack.clone() })
        }
    };
    CallEntry { duration_ms: ms(call.duration), seen: seen(&call.seen), error }
}

fn iteration(trial: &IterationTrial, scenarios: &[ScenarioPlan]) -> IterationEntry {
    let error = match &trial.end {
        IterationEnd::Completed => None,
        IterationEnd::Interrupted => Some(ErrorEntry::blameless("interrupted, as asked from outside")),
        IterationEnd::Abort(reason) => Some(ErrorEntry::blameless(reason)),
        IterationEnd::Failed(failure) => Some(ErrorEntry {
            cause: Some(failure.cause),
            message: failure.message.clone(),
            stack: failure.stack.as_deref().map(str::to_owned),
        }),
    };
    let is_mix = |plan: &ScenarioPlan| plan.name == trial.scenario && plan.plugin_scenario == ANY_SCENARIO;
    IterationEntry {
        scenario: trial.scenario.clone(),
        way: trial.plugin_scenario.clone(),
        is_mixed: scenarios.iter().any(is_mix),
        share: trial.share,
        iteration: trial.iteration.0,
        duration_ms: ms(trial.duration),
        seen: seen(&trial.seen),
        error,
    }
}

impl ErrorEntry {
    fn blameless(message: &str) -> ErrorEntry {
        ErrorEntry { cause: None, message: message.to_owned(), stack: None }
    }
}

pub(super) fn seen(seen: &Seen) -> SeenEntry {
    SeenEntry {
        requests: seen.requests().map(request).collect(),
        checks: seen.checks().map(check).collect(),
        metrics: seen.metrics.iter().map(metric).collect(),
        lost_samples: seen.lost,
    }
}

pub(super) fn metric(metric: &MetricSeen) -> MetricEntry {
    let of_values = |number: f64| (metric.values > 0).then_some(number);
    MetricEntry {
        name: metric.name.to_string(),
        kind: metric.kind.as_str(),
        values: metric.values,
        value: metric.value(),
        min: of_values(metric.min),
        max: of_values(metric.max),
        not_finite: metric.not_finite,
    }
}

fn request(request: &RequestSample) -> RequestEntry {
    let kind = request.error_kind.as_deref();
    let error = match (kind, request.error.as_deref()) {
        (Some(kind), Some(error)) if !error.contains(kind) => Some(format!("{kind}: {error}")),
        (Some(_), Some(error)) => Some(error.to_owned()),
        (kind, error) => kind.or(error).map(str::to_owned),
    };
    RequestEntry {
        method: request.method.to_string(),
        name: request.name.to_string(),
        url: request.url.to_string(),
        step: request.origin.step.as_deref().map(str::to_owned),
        status: request.status,
        duration_ms: ms(request.duration),
        bytes_received: request.bytes_received,
        ok: request.ok,
        error: error.filter(|_| !request.ok),
    }
}

fn check(check: &CheckSample) -> CheckEntry {
    let text = |text: &Option<std::sync::Arc<str>>| text.as_deref().map(str::to_owned);
    CheckEntry {
        pack: (!check.pack.is_empty()).then(|| check.pack.to_string()),
        name: check.name.to_string(),
        passed: check.passed,
        expected: text(&check.expected),
        actual: text(&check.actual),
        message: text(&check.message),
        at: text(&check.source_location),
    }
}

fn thresholds(trial: &Trial) -> Vec<ThresholdEntry> {
    let standing = |threshold: &Threshold| {
        let unseen = trial.unseen_thresholds.iter().find(|one| one.threshold == *threshold);
        match unseen.map(|one| one.certainty) {
            None => "has data",
            Some(Certainty::Never) => "never",
            Some(Certainty::CutShort | Certainty::OtherValues) => "unsure",
        }
    };
    let thresholds = trial.dry_run.plan.thresholds.iter();
    thresholds.map(|one| ThresholdEntry { expr: one.to_string(), standing: standing(one) }).collect()
}

fn data(data: &DataTrial) -> DataEntry {
    DataEntry {
        name: data.file.name.clone(),
        path: data.file.path.clone(),
        policy: data.file.policy.clone(),
        rows: data.file.rows,
        needed_rows: data.needed_rows,
        is_assumed: data.is_estimated,
        exhausted: data.is_exhausted(),
    }
}

fn estimate(estimate: &Estimate) -> EstimateEntry {
    let scenarios = estimate.scenarios.iter().map(|one| ScenarioEntry {
        name: one.name.clone(),
        iterations: one.iterations,
        requests: one.requests,
        iteration_ms: ms(one.iteration_time),
        is_assumed: one.is_assumed,
    });
    EstimateEntry {
        iterations: estimate.iterations(),
        requests: estimate.requests(),
        duration_ms: ms(estimate.duration),
        peak_iterations_per_s: estimate.peak_iterations_per_s,
        peak_requests_per_s: estimate.peak_requests_per_s,
        bytes_received: estimate.bytes_received(),
        bytes_sent: estimate.bytes_sent(),
        is_assumed: estimate.is_assumed(),
        scenarios: scenarios.collect(),
    }
}

fn ms(duration: std::time::Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
