//! The command line of `host report trend`.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
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
    #[arg(long, value_name = "MEASURE", default_value = TrendMeasure::default().as_str(), value_parser = measures())]
    pub(crate) by: TrendMeasure,
    /// What standard output carries
    #[arg(long, value_enum, default_value_t = TrendFormat::Text)]
    pub(crate) format: TrendFormat,
}

fn measures() -> impl TypedValueParser<Value = TrendMeasure> {
    let shown = |measure: TrendMeasure| PossibleValue::new(measure.as_str()).help(measure.meaning());
    PossibleValuesParser::new(TrendMeasure::ALL.map(shown))
        .map(|name| TrendMeasure::named(&name).expect("one of the possible values"))
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
