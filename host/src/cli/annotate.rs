//! The command line of `host annotate`.

use std::path::PathBuf;

use clap::Args;
use outrider_model::AnnotationText;

pub(super) const EXAMPLES: &str = "\
Examples:
  host annotate 'deployed v2.1'                          now, in the run that goes on
  host annotate 'deployed v2.1' --at 2026-01-31T12:00:30Z --run 20260131T12
  host annotate 'cache off' --at 5m --until 7m           by the time after the start
  host annotate --file deployments.csv                   many: columns time, text and, if it lasted, until
  deploy-log --json | host annotate --file -             JSON lines with the same fields";

#[derive(Debug, Args)]
pub(crate) struct AnnotateArgs {
    /// What happened, in a line
    #[arg(value_name = "TEXT", required_unless_present = "file", conflicts_with = "file")]
    pub(crate) text: Option<AnnotationText>,
    /// When: RFC 3339, or a duration after the start of the run. Without it, now
    #[arg(long, value_name = "TIME", conflicts_with = "file")]
    pub(crate) at: Option<String>,
    /// When it was over, if it lasted
    #[arg(long, value_name = "TIME", conflicts_with = "file")]
    pub(crate) until: Option<String>,
    /// A file of many: CSV with a head, or JSON; - is standard input. Those that did not happen during the run are left out
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The run's id or the start of it, or its folder; without it, the latest run, whether it goes on or has ended
    #[arg(long, value_name = "RUN")]
    pub(crate) run: Option<String>,
    /// Folder whose folder `runs` keeps the runs, or a bucket: s3://BUCKET/PREFIX
    #[arg(short, long, value_name = "DIR", default_value = ".", env = "OUTRIDER_OUT")]
    pub(crate) out: String,
}
