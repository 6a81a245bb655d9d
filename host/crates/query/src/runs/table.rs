//! The table `runs`: what each run says of itself.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Int64Array, MapBuilder, MapFieldNames, RecordBatch, StringBuilder,
    StringViewArray, TimestampNanosecondArray, UInt32Array,
};
use arrow::datatypes::{Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::{MemTable, TableType};
use datafusion::error::Result;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;
use futures::StreamExt;
use outrider_model::{RunTag, Timestamp};
use outrider_storage::{Check, Outcome, RunReader, Totals};
use outrider_telemetry::{Column, ColumnKind, Table};

use super::OpenRuns;
use crate::table::field_of;

/// The table's name.
pub(crate) const RUNS_TABLE: &str = "runs";

/// What a row of it is.
pub(crate) const RUNS_DESCRIPTION: &str =
    "One row for each run, by its documents and the sizes of its parts.";

const fn column(
    name: &'static str,
    kind: ColumnKind,
    nullable: bool,
    unit: &'static str,
    description: &'static str,
) -> Column {
    Column { name, kind, nullable, unit, description }
}

/// The table's columns.
pub(crate) const RUNS_COLUMNS: &[Column] = &[
    column("run_id", ColumnKind::Text, false, "none", "The run. Ids sort by the time the runs started."),
    column(
        "name",
        ColumnKind::Text,
        false,
        "none",
        "What the run is called: by its name, else by its journeys.",
    ),
    column("started_at", ColumnKind::Time, false, "ns since 1970", "When it started."),
    column("ended_at", ColumnKind::Time, true, "ns since 1970", "When it ended; null if it did not say."),
    column("duration_ns", ColumnKind::Int64, true, "ns", "How long it took; null if it did not say."),
    column(
        "status",
        ColumnKind::Text,
        false,
        "none",
        "finished, interrupted, aborted or failed; running while it goes on, incomplete if it did not say how it ended.",
    ),
    column("verdict", ColumnKind::Text, true, "none", "pass or fail; null if it did not say."),
    column(
        "reason",
        ColumnKind::Text,
        true,
        "none",
        "Why it ended so, in a sentence; null if it simply finished.",
    ),
    column(
        "exit_code",
        ColumnKind::Int64,
        true,
        "none",
        "The exit code of the program; null if it did not say.",
    ),
    column("target", ColumnKind::Text, true, "none", "The base URL of relative paths; null without one."),
    column(
        "tags",
        ColumnKind::Tags,
        false,
        "none",
        "The run's tags: those without a value have null, so that tags['branch'] is a value and map_keys(tags) has all.",
    ),
    column("workers", ColumnKind::UInt32, false, "none", "How many workers shared it."),
    column(
        "complete",
        ColumnKind::Flag,
        false,
        "none",
        "Whether nothing is missing by its documents, and each part is there in its size.",
    ),
    column(
        "missing",
        ColumnKind::Text,
        true,
        "none",
        "What is missing by its documents and the sizes of its parts; null if nothing is.",
    ),
    column(
        "generator_saturated",
        ColumnKind::Flag,
        true,
        "none",
        "Whether a load generator was saturated at any time; null in runs of earlier versions, or without an end.",
    ),
    column("scheduled", ColumnKind::Int64, true, "none", "Iterations that were due; null of a killed run."),
    column(
        "completed",
        ColumnKind::Int64,
        true,
        "none",
        "Those that ran to their end without an error; null of a killed run.",
    ),
    column(
        "failed",
        ColumnKind::Int64,
        true,
        "none",
        "Those that ended with an error; null of a killed run.",
    ),
    column(
        "interrupted",
        ColumnKind::Int64,
        true,
        "none",
        "Those under way when their time was up; null of a killed run.",
    ),
    column(
        "dropped",
        ColumnKind::Int64,
        true,
        "none",
        "Those that found no VU when they were due; null of a killed run.",
    ),
    column(
        "lost_samples",
        ColumnKind::Int64,
        true,
        "none",
        "Samples that were lost because a queue was full; null of a killed run.",
    ),
];

/// Sixteen listings at a time: a far store takes some 50 ms for one, and answers many at once.
const LISTINGS_AT_ONCE: usize = 16;

/// What each run says of itself. Its parts are listed when it is asked.
#[derive(Debug)]
pub(crate) struct RunsTable {
    runs: Arc<OpenRuns>,
    schema: SchemaRef,
}

impl RunsTable {
    pub(crate) fn new(runs: Arc<OpenRuns>) -> RunsTable {
        let fields: Vec<_> = RUNS_COLUMNS.iter().map(field_of).collect();
        RunsTable { runs, schema: Arc::new(Schema::new(fields)) }
    }

    /// Parts are listed only for who asks what is missing.
    async fn rows(&self, projection: Option<&Vec<usize>>) -> Vec<Row<'_>> {
        let is_of_parts = |column: &usize| matches!(RUNS_COLUMNS[*column].name, "complete" | "missing");
        let lists_parts = projection.is_none_or(|columns| columns.iter().any(is_of_parts));
        let rows: Vec<_> = self.runs.iter().map(|run| Row::read(&run.reader, lists_parts)).collect();
        futures::stream::iter(rows).buffered(LISTINGS_AT_ONCE).collect().await
    }
}

#[async_trait]
impl TableProvider for RunsTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let rows = self.rows(projection).await;
        let columns = RUNS_COLUMNS.iter().map(|column| values(column.name, &rows)).collect();
        let batch = RecordBatch::try_new(self.schema.clone(), columns)?;
        let table = MemTable::try_new(self.schema.clone(), vec![vec![batch]])?;
        table.scan(state, projection, filters, limit).await
    }
}

struct Row<'a> {
    run: &'a RunReader,
    totals: Totals,
    missing: Vec<String>,
}

impl Row<'_> {
    async fn read(run: &RunReader, lists_parts: bool) -> Row<'_> {
        let tables: &[Table] = if lists_parts { &Table::ALL } else { &[] };
        let missing = run.completeness_of(tables, Check::Sizes).await.missing;
        Row { run, totals: Totals::of(run.manifests()), missing }
    }

    fn outcome<T>(&self, take: impl Fn(&Outcome) -> T) -> Option<T> {
        self.run.outcome().map(take)
    }

    fn duration_ns(&self) -> Option<i64> {
        self.outcome(|outcome| outcome.ended_at.0 - self.run.record().started_at.0)
    }
}

fn values(name: &str, rows: &[Row<'_>]) -> ArrayRef {
    let plan = |row: &Row<'_>| row.run.record().plan.clone();
    match name {
        "run_id" => text(rows, |row| Some(plan(row).run_id.to_string())),
        "name" => text(rows, |row| Some(plan(row).title())),
        "started_at" => times(rows, |row| Some(row.run.record().started_at)),
        "ended_at" => times(rows, |row| row.outcome(|outcome| outcome.ended_at)),
        "duration_ns" => numbers(rows, |row| row.duration_ns()),
        "status" => text(rows, |row| Some(row.run.status().as_str().to_owned())),
        "verdict" => text(rows, |row| row.outcome(|outcome| outcome.verdict.as_str().to_owned())),
        "reason" => text(rows, |row| row.outcome(|outcome| outcome.reason.clone()).flatten()),
        "exit_code" => numbers(rows, |row| row.outcome(|outcome| i64::from(outcome.exit_code))),
        "target" => text(rows, |row| plan(row).target),
        "tags" => tags(rows),
        "workers" => Arc::new(rows.iter().map(|row| Some(row.run.record().workers)).collect::<UInt32Array>()),
        "complete" => flags(rows, |row| Some(row.missing.is_empty())),
        "missing" => text(rows, |row| (!row.missing.is_empty()).then(|| row.missing.join("; "))),
        "generator_saturated" => {
            flags(rows, |row| row.outcome(|outcome| outcome.generator_saturated).flatten())
        }
        "scheduled" => counts(rows, |totals| totals.iterations.scheduled),
        "completed" => counts(rows, |totals| totals.iterations.completed),
        "failed" => counts(rows, |totals| totals.iterations.failed),
        "interrupted" => counts(rows, |totals| totals.iterations.interrupted),
        "dropped" => counts(rows, |totals| totals.iterations.dropped),
        "lost_samples" => counts(rows, |totals| totals.samples.lost),
        other => unreachable!("the table has no column '{other}'"),
    }
}

fn text(rows: &[Row<'_>], value: impl Fn(&Row<'_>) -> Option<String>) -> ArrayRef {
    Arc::new(rows.iter().map(value).collect::<StringViewArray>())
}

fn numbers(rows: &[Row<'_>], value: impl Fn(&Row<'_>) -> Option<i64>) -> ArrayRef {
    Arc::new(rows.iter().map(value).collect::<Int64Array>())
}

fn counts(rows: &[Row<'_>], value: impl Fn(&Totals) -> u64) -> ArrayRef {
    // A worker that was killed has not said what it counted.
    let has_said = |row: &Row<'_>| {
        let said = row.run.manifests().filter(|manifest| manifest.finished).count();
        u32::try_from(said) == Ok(row.run.record().workers)
    };
    numbers(rows, |row| has_said(row).then(|| i64::try_from(value(&row.totals)).ok()).flatten())
}

fn flags(rows: &[Row<'_>], value: impl Fn(&Row<'_>) -> Option<bool>) -> ArrayRef {
    Arc::new(rows.iter().map(value).collect::<BooleanArray>())
}

fn times(rows: &[Row<'_>], value: impl Fn(&Row<'_>) -> Option<Timestamp>) -> ArrayRef {
    let times: TimestampNanosecondArray = rows.iter().map(|row| value(row).map(|at| at.0)).collect();
    Arc::new(times.with_timezone("UTC"))
}

fn tags(rows: &[Row<'_>]) -> ArrayRef {
    let names = MapFieldNames { entry: "key_value".into(), key: "key".into(), value: "value".into() };
    let mut maps = MapBuilder::new(Some(names), StringBuilder::new(), StringBuilder::new());
    for row in rows {
        for tag in row.run.record().tags.iter().map(RunTag::as_str) {
            let (key, value) = tag.split_once('=').map_or((tag, None), |(key, value)| (key, Some(value)));
            maps.keys().append_value(key);
            maps.values().append_option(value);
        }
        maps.append(true).expect("each key has a value");
    }
    Arc::new(maps.finish())
}
