//! The command line of `host report trend`.

use clap::{Args, ValueEnum};
use outrider_model::RunTag;
use outrider_report::TrendMeasure;

pub(super) const EXAMPLES: &str = "The median is that of all runs but the last; change is the last run against it, of failures in percentage points.
`host report compare` says whether a change is more than chance.

Examples:
  host report trend                                       the latest twenty runs
  host report trend --tag nightly --last 60               the latest sixty with a tag
  host report trend 20260131T12 20260131T14 --by p99      some runs, by another measure
  host report trend --tag nightly --format html > nightly.html

Exit codes:
  0 shown · 2 usage · 104 there is no such run, or none can be read";

#[derive(Debug, Args)]
pub(crate) struct TrendArgs {
    /// Which runs: ids or the starts of them, or the folders of runs. Without any, the latest that have ended
    #[arg(value_name = "RUN", conflicts_with_all = ["tags", "last"])]
    pub(crate) runs: Vec<String>,
    /// Only runs with this tag, or with this key of a tag; repeatable: those that have all of them
    #[arg(long = "tag", value_name = "KEY[=VALUE]")]
    pub(crate) tags: Vec<RunTag>,
    /// How many runs at most: the latest
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) last: u32,
    /// Folder whose folder `runs` keeps the runs, or a bucket: s3://BUCKET/PREFIX
    #[arg(short, long, value_name = "DIR", default_value = ".", env = "OUTRIDER_OUT")]
    pub(crate) out: String,
    /// The figure that is followed from run to run; JSON and CSV have all of them
    #[arg(long, value_enum, value_name = "MEASURE", default_value_t = TrendBy::P95)]
    pub(crate) by: TrendBy,
    /// What standard output carries
    #[arg(long, value_enum, default_value_t = TrendFormat::Text)]
    pub(crate) format: TrendFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TrendBy {
    /// The mean duration
    Mean,
    /// The median duration
    P50,
    /// The 90th percentile of durations
    P90,
    /// The 95th percentile of durations
    P95,
    /// The 99th percentile of durations
    P99,
    /// The longest duration
    Max,
    /// The share that failed
    Failed,
    /// How many per second
    Rate,
}

impl TrendBy {
    pub(crate) fn meant(self) -> TrendMeasure {
        match self {
            TrendBy::Mean => TrendMeasure::Mean,
            TrendBy::P50 => TrendMeasure::P50,
            TrendBy::P90 => TrendMeasure::P90,
            TrendBy::P95 => TrendMeasure::P95,
            TrendBy::P99 => TrendMeasure::P99,
            TrendBy::Max => TrendMeasure::Max,
            TrendBy::Failed => TrendMeasure::Failed,
            TrendBy::Rate => TrendMeasure::Rate,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TrendFormat {
    /// For people
    Text,
    /// For programs: docs/reference/trend.schema.json
    Json,
    /// Markdown, for a wiki or a ticket
    Md,
    /// For spreadsheets: a line for each request, step and page of each run
    Csv,
    /// For browsers: one file with charts that needs no network
    Html,
}
