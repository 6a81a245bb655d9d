//! The command line of `host report compare`.

use std::time::Duration;

use clap::{Args, ValueEnum};
use outrider_model::RunTag;
use outrider_model::units::parse_duration;

use crate::settings::parse_share;

pub(super) const EXAMPLES: &str = "Runs are named as for `host report`: the start of an id, a folder. Several runs are joined by commas, or named by a tag:
what differs between runs of one side is known then, and is not taken for a change.

Examples:
  host report compare 20260131T12 20260131T14             the second against the first
  host report compare 20260131T12                         the latest against that one
  host report compare --baseline main                     the latest against the runs with the tag main
  host report compare tag:main tag:branch=faster-cart     several against several
  host report compare --baseline main --fail-on worse --format md >> \"$GITHUB_STEP_SUMMARY\"

Exit codes:
  0 compared · 99 what --fail-on names was found · 2 usage · 104 there is no such run, or it cannot be read, or has nothing to compare";

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// What is compared with, and what is compared: two runs, or several joined by commas, or tag:TAG. Without the
    /// second one, the latest run that has ended; with --baseline, the first one is what is compared
    #[arg(value_name = "RUNS", num_args = 0..=2)]
    pub(crate) runs: Vec<String>,
    /// Compare with the runs that have this tag, or this key of a tag: the latest that finished
    #[arg(long, value_name = "TAG")]
    pub(crate) baseline: Option<RunTag>,
    /// How many runs a tag stands for at most: the latest
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) tagged_runs: u32,
    /// End with exit code 99 if it is so
    #[arg(long, value_enum, value_name = "VERDICT")]
    pub(crate) fail_on: Option<FailOn>,
    /// Folder whose folder `runs` keeps the runs, or a bucket: s3://BUCKET/PREFIX
    #[arg(short, long, value_name = "DIR", default_value = ".", env = "OUTRIDER_OUT")]
    pub(crate) out: String,
    /// What standard output carries
    #[arg(long, value_enum, default_value_t = CompareFormat::Text)]
    pub(crate) format: CompareFormat,

    /// The least difference of a time that counts, as a share of it
    #[arg(long, value_name = "PERCENT", value_parser = parse_share, default_value = "10%", help_heading = "Rules")]
    pub(crate) relative_limit: f64,
    /// The least difference of a time that counts; both limits must be exceeded
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, default_value = "2ms", help_heading = "Rules")]
    pub(crate) absolute_limit: Duration,
    /// The least difference of a share of failures that counts, in percentage points
    #[arg(long, value_name = "PERCENT", value_parser = parse_share, default_value = "1%", help_heading = "Rules")]
    pub(crate) failure_limit: f64,
    /// How sure a verdict must be
    #[arg(long, value_name = "PERCENT", value_parser = parse_confidence, default_value = "95%", help_heading = "Rules")]
    pub(crate) confidence: f64,
    /// Leave out the beginning of each run's load
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, default_value = "0s", help_heading = "Rules")]
    pub(crate) skip: Duration,
}

/// Between a half and one: less is no confidence, and one is certainty.
fn parse_confidence(text: &str) -> Result<f64, String> {
    match parse_share(text) {
        Ok(share) if (0.5..1.0).contains(&share) => Ok(share),
        _ => Err(format!("'{text}' is no confidence: write 50% or more, and less than 100%")),
    }
}

/// What makes a comparison fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Something is worse
    Worse,
    /// Something is worse, or there is not enough data to tell
    Undecided,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    /// For people
    Text,
    /// For programs: docs/reference/compare.schema.json
    Json,
    /// Markdown, for a pull request
    Md,
    /// For browsers: one file that needs no network
    Html,
}
