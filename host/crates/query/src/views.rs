//! Views: questions that are asked of every run, ready to be asked on.

use std::sync::Arc;

use datafusion::datasource::ViewTable;
use datafusion::error::Result;
use datafusion::execution::context::SessionContext;
use outrider_telemetry::{Column, ColumnKind, Table};

use crate::runs::RUNS_TABLE;

/// A view, documented.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) sql: &'static str,
    pub(crate) columns: &'static [Column],
}

const fn column(
    name: &'static str,
    kind: ColumnKind,
    unit: &'static str,
    description: &'static str,
) -> Column {
    Column { name, kind, nullable: true, unit, description }
}

const RUN_ID: Column = column("run_id", ColumnKind::Text, "none", "The run.");

/// Of requests and steps alike.
const SLOWEST_COLUMNS: &[Column] = &[
    RUN_ID,
    column("name", ColumnKind::Text, "none", "The name."),
    column(
        "count",
        ColumnKind::Int64,
        "none",
        "How many ended; those that were interrupted are not among them.",
    ),
    column("failed", ColumnKind::Int64, "none", "How many of them failed."),
    column("interrupted", ColumnKind::Int64, "none", "How many were interrupted, besides count."),
    column("min_ms", ColumnKind::Float64, "ms", "The shortest duration."),
    column("mean_ms", ColumnKind::Float64, "ms", "The mean duration."),
    column("p50_ms", ColumnKind::Float64, "ms", "The median."),
    column("p90_ms", ColumnKind::Float64, "ms", "The 90th percentile."),
    column("p95_ms", ColumnKind::Float64, "ms", "The 95th percentile."),
    column("p99_ms", ColumnKind::Float64, "ms", "The 99th percentile."),
    column("max_ms", ColumnKind::Float64, "ms", "The longest duration."),
];

/// The views, in the order of the reference.
pub(crate) const VIEWS: &[View] = &[
    View {
        name: "slowest_requests",
        description: "Requests by run and name with the report's figures; `order by p95_ms desc` has the slowest first. Read from `windows`: quick \
                      whatever the number of requests.",
        sql: include_str!("views/slowest_requests.sql"),
        columns: SLOWEST_COLUMNS,
    },
    View {
        name: "slowest_steps",
        description: "Steps by run and name with the report's figures; `order by p95_ms desc` has the slowest first. Read from `windows`.",
        sql: include_str!("views/slowest_steps.sql"),
        columns: SLOWEST_COLUMNS,
    },
    View {
        name: "errors_by_cause",
        description: "What failed or was dropped, by run, kind and cause: iterations, requests and checks.",
        sql: include_str!("views/errors_by_cause.sql"),
        columns: &[
            RUN_ID,
            column("kind", ColumnKind::Text, "none", "iteration, request or check."),
            column(
                "name",
                ColumnKind::Text,
                "none",
                "The request's or the check's name; of an iteration its scenario's.",
            ),
            column(
                "cause",
                ColumnKind::Text,
                "none",
                "Whose fault it was: target, plugin or generator. Null of checks.",
            ),
            column(
                "error_kind",
                ColumnKind::Text,
                "none",
                "The short name of what went wrong, as `timeout` or `status 503`; of checks the pack, empty for the journey's own.",
            ),
            column("status", ColumnKind::UInt16, "none", "Of requests that were answered: the status code."),
            column("count", ColumnKind::Int64, "none", "How often."),
            column("example", ColumnKind::Text, "none", "What was said of one of them."),
            column("first_at", ColumnKind::Time, "ns since 1970", "When the first of them began."),
            column("last_at", ColumnKind::Time, "ns since 1970", "When the last of them began."),
        ],
    },
    View {
        name: "timeline",
        description: "Runs second by second: what ended in each. Read from `windows` and `system`.",
        sql: include_str!("views/timeline.sql"),
        columns: &[
            RUN_ID,
            column("second", ColumnKind::Int64, "s", "The second of the run, from 0."),
            column("started_at", ColumnKind::Time, "ns since 1970", "When the second began."),
            column("requests", ColumnKind::Int64, "none", "Requests that ended."),
            column("failed_requests", ColumnKind::Int64, "none", "Those of them that failed."),
            column("p50_ms", ColumnKind::Float64, "ms", "The median of their durations."),
            column("p95_ms", ColumnKind::Float64, "ms", "The 95th percentile."),
            column("p99_ms", ColumnKind::Float64, "ms", "The 99th percentile."),
            column("bytes_received", ColumnKind::Int64, "bytes", "What requests received."),
            column("iterations", ColumnKind::Int64, "none", "Iterations that ended."),
            column("failed_iterations", ColumnKind::Int64, "none", "Those of them that failed."),
            column(
                "dropped_iterations",
                ColumnKind::Int64,
                "none",
                "Iterations that never started, besides.",
            ),
            column("failed_checks", ColumnKind::Int64, "none", "Checks that failed."),
            column(
                "active_vus",
                ColumnKind::Int64,
                "none",
                "VUs that were running an iteration, over all workers; null where none was measured.",
            ),
        ],
    },
    View {
        name: "apdex",
        description: "The Apdex score of requests by run and name for a target time of 500 ms. For another time \
                      there is the function: `select name, apdex(duration_ns, ok, 200) from requests group by name`.",
        sql: include_str!("views/apdex.sql"),
        columns: &[
            RUN_ID,
            column("name", ColumnKind::Text, "none", "The request's name."),
            column("count", ColumnKind::Int64, "none", "Requests that were not interrupted."),
            column("satisfied", ColumnKind::Int64, "none", "Those that went well within 500 ms."),
            column(
                "tolerating",
                ColumnKind::Int64,
                "none",
                "Those that went well within 2 s, but not within 500 ms.",
            ),
            column("frustrated", ColumnKind::Int64, "none", "Those that took longer, or failed."),
            column("apdex", ColumnKind::Float64, "none", "(satisfied + tolerating / 2) / count."),
        ],
    },
];

/// Makes them known.
pub(crate) async fn register(context: &SessionContext) -> Result<()> {
    for view in VIEWS {
        let plan = context.state().create_logical_plan(view.sql).await?;
        context.register_table(view.name, Arc::new(ViewTable::new(plan, Some(view.sql.to_owned()))))?;
    }
    Ok(())
}

/// The names of all tables and views.
pub(crate) fn table_names() -> Vec<String> {
    let tables = Table::ALL.into_iter().map(Table::as_str);
    let views = VIEWS.iter().map(|view| view.name);
    tables.chain([RUNS_TABLE]).chain(views).map(str::to_owned).collect()
}
