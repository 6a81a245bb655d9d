//! A comparison as data: what `host report compare --format json` prints.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::CompareRules;
use crate::summary::{RunStatus, Verdict};

/// The version of the document. It grows by one when a field is removed or changes its meaning; new fields do not
/// change it.
///
/// * 1: the first.
pub const COMPARISON_VERSION: u32 = 1;

/// What differs between two sides of runs, by request, step and check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// The version of this document's layout: 1.
    pub version: u32,
    /// All rows in one word: `worse` if one is, else `better` if one is, else `same` if all are, else `undecided`.
    pub verdict: ComparisonVerdict,
    /// The same in a line, which is the first one of the text.
    pub headline: String,
    /// Whether the two sides can be compared: what they were to do is the same, all of it is here, and no load
    /// generator was at its limit. What is not so is in `remarks`.
    pub comparable: bool,
    /// What to know before reading on, what makes the sides differ first.
    pub remarks: Vec<Remark>,
    /// What is compared with.
    pub baseline: Side,
    /// What is compared.
    pub candidate: Side,
    /// By which rules.
    pub rules: CompareRules,
    /// How many blocks of seconds were resampled of each run; 0 if a run was too short to be compared.
    pub blocks: u64,
    /// How many differences were tested, for which verdicts are corrected by Holm's method.
    pub tests: u64,
    /// How many rows have which verdict.
    pub counts: VerdictCounts,
    /// Requests, then steps, then checks; each in the order of their names.
    pub rows: Vec<ComparedRow>,
}

/// A comparison in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ComparisonVerdict {
    /// Something is worse.
    Worse,
    /// Something is better, and nothing is worse.
    Better,
    /// Everything is the same.
    Same,
    /// Nothing is worse or better as far as that can be told, which it cannot everywhere.
    Undecided,
}

/// The runs of one side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Side {
    /// What was asked for, as it was written: an id, a folder, a tag.
    pub asked: String,
    /// The runs, the oldest first.
    pub runs: Vec<ComparedRun>,
}

/// A run that is compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ComparedRun {
    /// Its id.
    pub id: String,
    /// What it is called, or else the names of its journeys.
    pub journey: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// When it started, RFC 3339 in UTC.
    pub started_at: String,
    /// The base URL under test; null if the journey brings its own.
    pub target: Option<String>,
    /// The planned load in words, one entry for each scenario.
    pub load: Vec<String>,
    /// How it ended.
    pub status: RunStatus,
    /// Its own verdict; null while it goes on.
    pub verdict: Option<Verdict>,
    /// Whether its load generator was saturated, so that times may include its own waiting; null if it did not say.
    pub generator_saturated: Option<bool>,
    /// How many seconds of load were compared.
    pub compared_seconds: u64,
}

/// Something to know before reading on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Remark {
    /// What it is about.
    pub kind: RemarkKind,
    /// The same in a sentence.
    pub message: String,
}

/// What a remark is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemarkKind {
    /// The sides were to make different loads.
    Load,
    /// The sides ran different journeys or scenarios.
    Journeys,
    /// A run did not finish.
    Unfinished,
    /// Rows of a run are missing.
    Incomplete,
    /// A load generator was at its limit.
    Saturated,
    /// The target answered nothing in a run: its times are those of failures.
    Unanswered,
    /// A run was too short to be compared.
    TooShort,
    /// A run of several was too short to be compared, and is left out.
    LeftOut,
    /// The sides had different targets, which may be what is compared.
    Target,
    /// The same journeys, but of other code.
    Code,
}

impl RemarkKind {
    /// Whether the sides can be compared all the same.
    pub fn leaves_comparable(self) -> bool {
        matches!(self, RemarkKind::LeftOut | RemarkKind::Target | RemarkKind::Code)
    }
}

/// How many rows have which verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VerdictCounts {
    /// Rows that are worse.
    pub worse: u64,
    /// Rows that are better.
    pub better: u64,
    /// Rows that are the same.
    pub same: u64,
    /// Rows of which that cannot be told.
    pub not_enough_data: u64,
    /// Rows that the candidate alone has.
    pub added: u64,
    /// Rows that the baseline alone has.
    pub removed: u64,
}

/// A request, a step or a check on both sides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ComparedRow {
    /// What it is.
    pub kind: RowKind,
    /// Its name.
    pub name: String,
    /// Of a check: its assertion pack; empty for those of the journey.
    pub pack: String,
    /// `worse` if one of its measures is, else `better` if one is, else `same` if all are.
    pub verdict: RowVerdict,
    /// The baseline's, over all its runs; null if it has none.
    pub baseline: Option<RowCounts>,
    /// The candidate's, over all its runs; null if it has none.
    pub candidate: Option<RowCounts>,
    /// What was compared; empty where one side has none.
    pub measures: Vec<Measure>,
}

/// The kinds of row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// HTTP exchanges of one name.
    Request,
    /// Steps of one name.
    Step,
    /// Verdicts of one name.
    Check,
}

/// What became of something between two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowVerdict {
    /// Slower, or more failures: by more than the limit, and surely.
    Worse,
    /// Faster, or fewer failures: by more than the limit, and surely.
    Better,
    /// The difference is surely within the limit.
    Same,
    /// None of these can be said. Without measures: one side alone has it, but the other may have lost it, as its data is
    /// incomplete, or nothing of it came to an end there.
    NotEnoughData,
    /// The candidate alone has it, and of the baseline nothing is missing.
    Added,
    /// The baseline alone has it, and of the candidate nothing is missing.
    Removed,
}

impl RowVerdict {
    /// The verdict as reports spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            RowVerdict::Worse => "worse",
            RowVerdict::Better => "better",
            RowVerdict::Same => "same",
            RowVerdict::NotEnoughData => "not enough data",
            RowVerdict::Added => "added",
            RowVerdict::Removed => "removed",
        }
    }
}

/// How many there were.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RowCounts {
    /// How many ended.
    pub count: u64,
    /// How many of them failed.
    pub failed: u64,
}

/// The kinds of measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeasureKind {
    /// The time that half took no longer than, in milliseconds.
    P50,
    /// The time that 95 % took no longer than, in milliseconds.
    P95,
    /// The share that failed, from 0 to 1.
    Failed,
}

impl MeasureKind {
    /// The kind as reports spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            MeasureKind::P50 => "p50",
            MeasureKind::P95 => "p95",
            MeasureKind::Failed => "failed",
        }
    }
}

/// One measure on both sides. Times are in milliseconds, shares from 0 to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measure {
    /// What is measured.
    pub measure: MeasureKind,
    /// The verdict.
    pub verdict: RowVerdict,
    /// The baseline's value, of several runs their mean (of times the geometric one); null without any.
    pub baseline: Option<f64>,
    /// The candidate's value, likewise.
    pub candidate: Option<f64>,
    /// The difference: of times as a share of the baseline's, of shares of failures as their difference. Null where it
    /// was not tested.
    pub change: Option<f64>,
    /// The lower end of the interval in which the change lies with the given confidence, for itself alone.
    pub low: Option<f64>,
    /// The upper end of that interval.
    pub high: Option<f64>,
    /// The change that counts, upwards: larger than the rules' limits where the load generator was saturated. See the
    /// guide.
    pub limit: Option<f64>,
    /// How likely so large a change is by chance if the true one is no larger than the limit.
    pub p_value: Option<f64>,
    /// The same after Holm's correction for all tests of this comparison; `worse` and `better` are below one minus the
    /// confidence.
    pub p_adjusted: Option<f64>,
    /// Where `remedy` is `more_values`: about how many each side would need.
    pub needed: Option<u64>,
    /// Without a verdict: what would lead to one, were the difference what it seems; else null.
    pub remedy: Option<Remedy>,
}

/// What would lead to a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// More values of each side, as many as `needed` says.
    MoreValues,
    /// Longer runs: it came in too few stretches of one.
    LongerRuns,
    /// More runs of each side; more values of these would not do.
    MoreRuns,
    /// A load that does not saturate the generator: what the machine does to all requests hides what the target does
    /// to this one, however many values there are.
    LessLoad,
    /// Nothing but other limits: the change is about as large as the one that counts, and no number of values or runs
    /// in reason tells on which side of it.
    OtherLimits,
    /// Runs that scatter less, on a quieter machine or with a steadier target: no number of values or runs in reason would
    /// do.
    QuieterRuns,
}

impl Remedy {
    /// The remedy as reports spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Remedy::MoreValues => "more values",
            Remedy::LongerRuns => "longer runs",
            Remedy::MoreRuns => "more runs",
            Remedy::LessLoad => "less load",
            Remedy::OtherLimits => "other limits",
            Remedy::QuieterRuns => "quieter runs",
        }
    }
}
