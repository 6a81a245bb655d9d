//! `host check` of a transform: the lines of a file in, rows out.

use outrider_engine::{ColumnValue, RawRecord, RecordOutcome, Row};
use outrider_model::{RunClock, Timestamp};
use outrider_session::{Breakdown, Fault, Session, SessionConfig, TransformTrial, TrialEnd};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::document::{FaultEntry, MetricEntry, metric, schema_of, verdict};
use super::input::Input;
use super::plugins::{Conclusion, path};
use crate::commands::run::prepare_failure;
use crate::failure::Failure;
use crate::terminal::describe_transform_check;

/// The version of the document, as that of a check of a run.
const VERSION: u32 = 1;

/// What a transform made of a file's lines. Times are in milliseconds.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TransformReport {
    /// The version of this document's layout: 1.
    version: u32,
    /// `pass`; `check failed` where a record was rejected; `plugin broke`.
    pub(crate) verdict: &'static str,
    /// The exit code that goes with it.
    exit_code: u8,
    /// Everything that is wrong.
    faults: Vec<FaultEntry>,
    /// The transform's name.
    pub(crate) name: String,
    /// The path of its component or source, as the user wrote it.
    pub(crate) path: String,
    /// The table that its rows are for.
    pub(crate) table: String,
    /// How many records there were.
    pub(crate) records: usize,
    /// How many rows were made of them.
    pub(crate) rows: usize,
    /// How many records were left out on purpose.
    pub(crate) skipped: usize,
    /// How many records were not understood.
    pub(crate) rejected: usize,
    /// How many records broke the transform.
    pub(crate) broke: usize,
    /// How long it took, without loading the transform.
    pub(crate) duration_ms: f64,
    /// Its metrics by name.
    pub(crate) metrics: Vec<MetricEntry>,
    /// What became of each record, in their order.
    pub(crate) outcomes: Vec<OutcomeEntry>,
}

/// What became of a record.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OutcomeEntry {
    /// The line of the file, from 1.
    pub(crate) line: usize,
    /// `rows`, `skipped`, `rejected` or `broke`.
    pub(crate) outcome: &'static str,
    /// The rows: values by column, times in RFC 3339, durations in nanoseconds.
    pub(crate) rows: Vec<Map<String, Value>>,
    /// Why it was rejected, or how the transform broke; null otherwise.
    pub(crate) reason: Option<String>,
}

/// Has the transform work on the lines of a file.
pub(super) async fn check(config: SessionConfig, input: Option<Input>) -> Result<Conclusion, Failure> {
    let input = input.ok_or_else(|| {
        Failure::invalid(
            Fault::new("a transform is tried with records, and there are none")
                .hint("--input FILE: each line is a record; - is standard input"),
        )
    })?;
    let records = records(&input);
    let path = path(&config);
    let trial = Session::trial_of_transform(config, &records).await.map_err(prepare_failure)?;
    let faults = faults(&trial, &input.shown);
    let end = end(&trial);
    let report = report(&trial, path, &faults, end);
    Ok(Conclusion {
        end,
        faults,
        json: serde_json::to_string_pretty(&report).expect("the document has text keys only"),
        text: Box::new(move |style| describe_transform_check(&report, end, style)),
    })
}

/// The JSON Schema of the document.
pub(crate) fn transform_json_schema() -> String {
    schema_of::<TransformReport>()
}

/// The lines of what is given, without their ends.
fn records(Input { shown, data }: &Input) -> Vec<RawRecord> {
    let received = RunClock::start_now().now();
    let lines = data.strip_suffix(b"\n").unwrap_or(data).split(|byte| *byte == b'\n');
    let lines = lines.filter(|_| !data.is_empty()).zip(0..);
    let record = |(line, position): (&[u8], u64)| RawRecord {
        source: shown.clone(),
        position,
        received,
        data: line.strip_suffix(b"\r").unwrap_or(line).to_vec(),
    };
    lines.map(record).collect()
}

/// Ten records are said; the document has all.
const MAX_FAULTS: usize = 10;

fn faults(trial: &TransformTrial, input: &str) -> Vec<Fault> {
    let wrong = (1..).zip(&trial.outcomes).filter_map(|(line, outcome)| {
        let place = format!("{input}:{line}");
        match outcome {
            RecordOutcome::Rows(_) | RecordOutcome::Skipped => None,
            RecordOutcome::Rejected(why) => {
                Some(Fault::new(format!("{place}: the record was rejected")).cause(why.clone()))
            }
            RecordOutcome::Broke(fault) => {
                Some(Breakdown::from(fault.clone()).fault(format!("{place}: the transform broke")))
            }
        }
    });
    let mut faults: Vec<Fault> = wrong.collect();
    let more = faults.len().saturating_sub(MAX_FAULTS);
    faults.truncate(MAX_FAULTS);
    if more > 0 {
        faults.push(Fault::new(format!("and {more} more records; --format json says which")));
    }
    faults
}

fn end(trial: &TransformTrial) -> TrialEnd {
    let ends = trial.outcomes.iter().map(|outcome| match outcome {
        RecordOutcome::Rows(_) | RecordOutcome::Skipped => TrialEnd::Well,
        RecordOutcome::Rejected(_) => TrialEnd::CheckFailed,
        RecordOutcome::Broke(_) => TrialEnd::PluginBroke,
    });
    ends.min().unwrap_or(TrialEnd::Well)
}

fn report(trial: &TransformTrial, path: String, faults: &[Fault], end: TrialEnd) -> TransformReport {
    let outcomes: Vec<OutcomeEntry> =
        (1..).zip(&trial.outcomes).map(|(line, outcome)| entry(line, outcome)).collect();
    let count = |kind| outcomes.iter().filter(|entry| entry.outcome == kind).count();
    TransformReport {
        version: VERSION,
        verdict: verdict(end),
        exit_code: end.exit().code(),
        faults: faults.iter().map(FaultEntry::of).collect(),
        name: trial.description.name.clone(),
        path,
        table: trial.description.table.clone(),
        records: outcomes.len(),
        rows: outcomes.iter().map(|entry| entry.rows.len()).sum(),
        skipped: count("skipped"),
        rejected: count("rejected"),
        broke: count("broke"),
        duration_ms: trial.duration.as_secs_f64() * 1000.0,
        metrics: trial.seen.metrics.iter().map(metric).collect(),
        outcomes,
    }
}

/// An outcome as documents have it.
pub(crate) fn entry(line: usize, outcome: &RecordOutcome) -> OutcomeEntry {
    let (outcome, rows, reason) = match outcome {
        RecordOutcome::Rows(rows) => ("rows", rows.iter().map(row).collect(), None),
        RecordOutcome::Skipped => ("skipped", Vec::new(), None),
        RecordOutcome::Rejected(why) => ("rejected", Vec::new(), Some(why.clone())),
        RecordOutcome::Broke(fault) => ("broke", Vec::new(), Some(fault.message.clone())),
    };
    OutcomeEntry { line, outcome, rows, reason }
}

fn row(row: &Row) -> Map<String, Value> {
    row.iter().map(|(column, value)| (column.clone(), json_of(value))).collect()
}

fn json_of(value: &ColumnValue) -> Value {
    match value {
        ColumnValue::Boolean(value) => json!(value),
        ColumnValue::Integer(value) => json!(value),
        ColumnValue::Float(value) => json!(value),
        ColumnValue::Text(value) => json!(value),
        ColumnValue::Time(Timestamp(nanoseconds)) => {
            json!(outrider_storage::rfc3339::text(Timestamp(*nanoseconds)))
        }
        ColumnValue::Duration(value) => json!(u64::try_from(value.as_nanos()).unwrap_or(u64::MAX)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(content: &str) -> Vec<Vec<u8>> {
        let input = Input { shown: "access.log".to_owned(), data: content.as_bytes().to_vec() };
        records(&input).into_iter().map(|record| record.data).collect()
    }

    #[test]
    fn a_line_is_a_record_without_its_end() {
        assert_eq!(lines("a\nb\r\n\nc"), [&b"a"[..], b"b", b"", b"c"]);
        assert_eq!(lines("a\n"), [b"a"]);
        assert!(lines("").is_empty());
    }
}
