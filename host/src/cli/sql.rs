//! The command line of `host report sql`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use outrider_model::RunTag;
use outrider_model::units::parse_size;
use outrider_query::{AnswerFormat, MIN_MEMORY_BYTES};

pub(super) const EXAMPLES: &str = "Tables: iterations, steps, requests, checks, metrics, logs, windows, system and runs. Views: slowest_requests,
slowest_steps, errors_by_cause, timeline and apdex. --tables lists their columns, and the functions there are.

Examples:
  host report sql 'select * from slowest_requests order by p95_ms desc limit 10'
  host report sql 'select name, count(*), p95(ms(duration_ns)) from requests group by name'
  host report sql --all \"select run_id, verdict, ms(p99(sketch)) as p99_ms from windows join runs using (run_id)
      where kind = 'request' group by 1, 2\"
  host report sql -f slow.sql --tag branch=main --format csv > slow.csv
  host report sql 'select * from requests where not ok' --output failed.parquet
  host report sql --tables=requests

Exit codes:
  0 answered · 1 not enough memory, or rows that cannot be read or written · 2 the query or the command line is not valid
  104 there is no such run, or it cannot be read · 105 ended from outside";

#[derive(Debug, Args)]
pub(crate) struct SqlArgs {
    /// The query; - reads it from standard input
    #[arg(
        value_name = "QUERY",
        required_unless_present_any = ["file", "tables"],
        allow_hyphen_values = true,
        value_parser = parse_query
    )]
    pub(crate) query: Option<String>,
    /// Read the query from a file; - is standard input
    #[arg(short, long, value_name = "FILE", conflicts_with = "query")]
    pub(crate) file: Option<PathBuf>,
    /// List tables, views, their columns and the functions, or say what the columns of one table mean. As text, or with
    /// --format json
    #[arg(
        long,
        value_name = "NAME",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        conflicts_with_all = ["query", "file", "runs", "all", "tags", "output"]
    )]
    pub(crate) tables: Option<String>,

    /// Ask this run: its id or the start of it, its folder, or a folder of runs, which stands for its latest; repeatable. Without it, the latest run that
    /// has ended
    #[arg(long = "run", value_name = "RUN", help_heading = "Runs")]
    pub(crate) runs: Vec<String>,
    /// Ask all runs
    #[arg(long, conflicts_with_all = ["runs", "tags"], help_heading = "Runs")]
    pub(crate) all: bool,
    /// Ask the runs with this tag, or with this key of a tag; repeatable: those that have all of them
    #[arg(long = "tag", value_name = "KEY[=VALUE]", conflicts_with = "runs", help_heading = "Runs")]
    pub(crate) tags: Vec<RunTag>,
    /// Folder whose folder `runs` keeps the runs
    #[arg(short, long, value_name = "DIR", default_value = ".", env = "OUTRIDER_OUT", help_heading = "Runs")]
    pub(crate) out: String,

    /// The form of the answer. Without it, what the ending of the file that --output names stands for (.csv, .json, .jsonl, .parquet, .arrow); without
    /// both, table
    #[arg(long, value_enum, help_heading = "Answer")]
    format: Option<SqlFormat>,
    /// Write the answer to a file, which appears when it is whole, in a folder that is there
    #[arg(long, value_name = "FILE", help_heading = "Answer")]
    pub(crate) output: Option<PathBuf>,
    /// What sorting, joining and grouping may keep in memory; what is more goes to a temporary folder
    #[arg(long, value_name = "SIZE", value_parser = parse_memory, default_value = "1GiB", help_heading = "Answer")]
    pub(crate) memory: usize,
    /// Compare all bytes of the parts that are read with the digests of what was written; what differs is left out, and said. Without it that is done if
    /// they lie in a folder and are 256 MiB of a table at most; else their sizes and footers are compared
    #[arg(long, help_heading = "Answer")]
    pub(crate) verify: bool,
}

impl SqlArgs {
    /// The form of the answer: as it is said, or else as the file is named that it goes to. `None` if the name says nothing.
    pub(crate) fn format(&self) -> Option<SqlFormat> {
        match (&self.output, self.format) {
            (_, Some(format)) => Some(format),
            (None, None) => Some(SqlFormat::Table),
            (Some(path), None) => SqlFormat::from_str(path.extension()?.to_str()?, true).ok(),
        }
    }
}

/// A query may begin with a comment, `-- so`; what begins as a flag is none that there is.
fn parse_query(text: &str) -> Result<String, String> {
    let is_comment = text.strip_prefix("--").is_some_and(|rest| rest.starts_with(char::is_whitespace));
    match text.starts_with('-') && text != "-" && !is_comment {
        true => Err(format!("'{text}' is neither a query nor a flag; --help lists the flags")),
        false => Ok(text.to_owned()),
    }
}

fn parse_memory(text: &str) -> Result<usize, String> {
    match parse_size(text).map_err(|error| error.to_string())? {
        bytes if bytes >= MIN_MEMORY_BYTES => Ok(bytes),
        _ => Err(format!("'{text}' is too little: a query needs at least {}MiB", MIN_MEMORY_BYTES >> 20)),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SqlFormat {
    /// For people: at most 1,000 rows
    Table,
    /// For spreadsheets
    Csv,
    /// For programs, one document: docs/reference/sql.schema.json
    Json,
    /// For programs, an object a line
    #[value(alias = "ndjson")]
    Jsonl,
    /// A Parquet file
    Parquet,
    /// An Arrow IPC file (Feather)
    #[value(alias = "feather")]
    Arrow,
}

impl SqlFormat {
    pub(crate) fn meant(self) -> AnswerFormat {
        match self {
            SqlFormat::Table => AnswerFormat::Table,
            SqlFormat::Csv => AnswerFormat::Csv,
            SqlFormat::Json => AnswerFormat::Json,
            SqlFormat::Jsonl => AnswerFormat::Jsonl,
            SqlFormat::Parquet => AnswerFormat::Parquet,
            SqlFormat::Arrow => AnswerFormat::Arrow,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_may_begin_with_a_comment_and_a_flag_is_none() {
        for query in ["-", "select 1", "-- slow ones\nselect 1", "--\nselect 1"] {
            assert_eq!(parse_query(query).as_deref(), Ok(query));
        }
        assert!(parse_query("--formt").is_err() && parse_query("-q").is_err());
    }

    #[test]
    fn a_query_gets_memory_to_work_with() {
        assert_eq!(parse_memory("1GiB"), Ok(outrider_query::DEFAULT_MEMORY_BYTES));
        assert_eq!(parse_memory("1KiB").unwrap_err(), "'1KiB' is too little: a query needs at least 16MiB");
        assert!(parse_memory("much").is_err());
    }
}
