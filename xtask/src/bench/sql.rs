//! `cargo xtask bench sql`: a run of very many requests, reported and asked, beside DuckDB on the same files.
//!
//! The run is made up, and written by the program's own writer (`fill`, an example of the crate `outrider-storage`): a hundred
//! million requests are there in minutes and not in hours. Both engines have all cores, and are whole processes: what
//! their start costs is the first row.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Value, json};

use super::programs::Programs;
use super::usage;
use crate::command;
use crate::notebooks::Python;
use crate::steps::{Stopwatch, result, say, step};
use crate::workspace::Workspace;

/// How many, and how often.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Requests in the run
    #[arg(long, default_value_t = 100_000_000, value_parser = clap::value_parser!(u64).range(1_000..=1_000_000_000))]
    rows: u64,
    /// Seconds that the run lasted, in made-up time
    #[arg(long, default_value_t = 3_600, value_parser = clap::value_parser!(u64).range(60..))]
    lasts: u64,
    /// Times that each question is asked, in turns; medians are over rounds
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    rounds: u32,
    /// Measure the programs of the development profile, which says nothing about speed
    #[arg(long)]
    dev: bool,
}

/// Nothing here takes longer on a machine that is not broken.
const LIMIT: Duration = Duration::from_secs(3_600);

/// The same question in both tongues; `{requests}` is DuckDB's name of the files.
struct Question {
    name: &'static str,
    ours: &'static str,
    duckdb: &'static str,
}

const QUESTIONS: [Question; 6] = [
    Question { name: "the start alone", ours: "select 1", duckdb: "select 1" },
    Question {
        name: "count and mean by name",
        ours: "select name, count(*), avg(duration_ns), sum(bytes_received) from requests group by name",
        duckdb: "select name, count(*), avg(duration_ns), sum(bytes_received) from {requests} group by name",
    },
    Question {
        name: "p95 by name",
        ours: "select name, p95(duration_ns) from requests group by name",
        duckdb: "select name, approx_quantile(duration_ns, 0.95) from {requests} group by name",
    },
    Question {
        name: "failures by second",
        ours: "select bucket('1s', started_at) as began, count(*) from requests where not ok group by began",
        duckdb: "select epoch_ns(started_at) // 1000000000 as began, count(*) from {requests} where not ok group by began",
    },
    Question {
        name: "one second of one name",
        ours: "select url, duration_ns from requests where name = 'GET /section-7' \
               and started_at >= timestamp '2026-01-31T12:00:20Z' and started_at < timestamp '2026-01-31T12:00:21Z'",
        duckdb: "select url, duration_ns from {requests} where name = 'GET /section-7' \
                 and started_at >= '2026-01-31T12:00:20Z' and started_at < '2026-01-31T12:00:21Z'",
    },
    Question {
        name: "the slowest hundred",
        ours: "select name, url, duration_ns from requests order by duration_ns desc limit 100",
        duckdb: "select name, url, duration_ns from {requests} order by duration_ns desc limit 100",
    },
];

/// What DuckDB has no like of: reports, from rows and from windows, and percentiles out of the sketches of windows.
const REPORTS: [(&str, &[&str]); 3] = [
    ("host report", &["report", "--format", "json"]),
    ("host report --quick", &["report", "--quick", "--format", "json"]),
    ("slowest_requests", &["report", "sql", "--format", "csv", "select * from slowest_requests"]),
];

const ASK_DUCKDB: &str = "import sys, duckdb; print(len(duckdb.connect().execute(sys.argv[1]).fetchall()))";

/// Seconds, and the peak of memory.
#[derive(Debug, Clone, Copy)]
struct Cost {
    seconds: f64,
    peak_bytes: u64,
}

/// What one question cost both.
struct Answered {
    name: &'static str,
    ours: Cost,
    duckdb: Option<Cost>,
}

pub(super) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let programs = Programs::build(workspace, options.dev)?;
    let out = workspace.target().join("bench/asked");
    let bytes = step(&format!("a run of {} requests", options.rows), || fill(&programs.fill, &out, options))?;
    let python = step("DuckDB", || Python::ensure(workspace, "notebooks", "requirements.txt"));
    let python = python.inspect_err(|fault| say(&format!("measuring without DuckDB: {fault:#}"))).ok();
    let mut answered = Vec::new();
    for (name, args) in REPORTS {
        let cost = || in_host(&programs.host, &out, args);
        let [ours, _] = step(name, || in_turns(options.rounds, [Some(&cost), None]))?;
        answered.extend(ours.map(|ours| Answered { name, ours, duckdb: None }));
    }
    for question in QUESTIONS {
        let ours = || in_host(&programs.host, &out, &["report", "sql", "--format", "csv", question.ours]);
        let theirs = python.as_ref().map(|python| move |out: &Path| in_duckdb(python, out, question.duckdb));
        let theirs = theirs.as_ref().map(|ask| || ask(&out));
        let theirs = theirs.as_ref().map(|ask| ask as &dyn Fn() -> Result<Cost>);
        let costs = step(question.name, || in_turns(options.rounds, [Some(&ours), theirs]))?;
        let [ours, duckdb] = costs;
        answered.extend(ours.map(|ours| Answered { name: question.name, ours, duckdb }));
    }
    show(&answered, options, bytes, &workspace.target().join("bench/sql.json"))
}

/// Medians of what each costs, one after the other in each round.
fn in_turns(rounds: u32, ask: [Option<&dyn Fn() -> Result<Cost>>; 2]) -> Result<[Option<Cost>; 2]> {
    let mut costs = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        for (ask, costs) in ask.iter().zip(&mut costs) {
            costs.extend(ask.map(|ask| ask()).transpose()?);
        }
    }
    Ok(costs.map(median))
}

/// The cost of which the time is the median.
fn median(mut costs: Vec<Cost>) -> Option<Cost> {
    costs.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    costs.get(costs.len() / 2).copied()
}

fn cost_of(command: &mut Command) -> Result<Cost> {
    let watch = Stopwatch::start();
    let used = usage::run(command.stdout(Stdio::null()), LIMIT)?;
    Ok(Cost { seconds: watch.elapsed().as_secs_f64(), peak_bytes: used.peak_bytes })
}

fn in_duckdb(python: &Python, out: &Path, sql: &str) -> Result<Cost> {
    let files = format!(
        "read_parquet('{}/runs/*/data/requests/*/*.parquet', hive_partitioning = true)",
        out.display()
    );
    cost_of(python.text(ASK_DUCKDB).arg(sql.replace("{requests}", &files)))
}

/// Fills an empty folder; the bytes of its Parquet files.
fn fill(program: &Path, out: &Path, options: &Options) -> Result<f64> {
    if out.exists() {
        fs::remove_dir_all(out).with_context(|| format!("cannot remove {}", out.display()))?;
    }
    let mut fill = Command::new(program);
    fill.args(["--rows", &options.rows.to_string(), "--seconds", &options.lasts.to_string()]);
    let said = command::read(fill.arg("--out").arg(out), "run it by hand")?;
    super::contender::number(&serde_json::from_str(&said)?, "/all_bytes")
}

fn in_host(host: &Path, out: &Path, args: &[&str]) -> Result<Cost> {
    cost_of(Command::new(host).args(args).arg("--out").arg(out).stderr(Stdio::null()))
}

fn show(answered: &[Answered], options: &Options, bytes: f64, path: &Path) -> Result<()> {
    let Options { rows, lasts, rounds, .. } = options;
    result(&format!("\n{rows} requests in {lasts} s, {:.2} GB; medians of {rounds} rounds\n", bytes / 1e9));
    let title =
        ["", "seconds", "peak MiB", "DuckDB: s", "peak MiB", "ratio"].map(|title| format!("{title:>10}"));
    result(&format!("{:<26}{}", "", title[1..].concat()));
    for one in answered {
        let cell = |cost: Option<Cost>| match cost {
            Some(cost) => format!("{:>10.2}{:>10.0}", cost.seconds, mebibytes(cost)),
            None => format!("{:>10}{:>10}", "-", "-"),
        };
        let ratio = one.ratio().map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"));
        result(&format!("{:<26}{}{}{ratio:>10}", one.name, cell(Some(one.ours)), cell(one.duckdb)));
    }
    let rows: Vec<Value> = answered.iter().map(Answered::document).collect();
    let document = json!({
        "bench": "sql", "requests": options.rows, "lasts_s": lasts, "bytes": bytes, "rounds": rounds, "questions": rows,
    });
    fs::write(path, format!("{document:#}\n")).with_context(|| format!("cannot write {}", path.display()))?;
    result(&format!("\nas JSON: {}", path.display()));
    Ok(())
}

impl Answered {
    fn ratio(&self) -> Option<f64> {
        Some(self.ours.seconds / self.duckdb?.seconds)
    }

    fn document(&self) -> Value {
        let cost = |cost: Cost| json!({"seconds": cost.seconds, "peak_mib": mebibytes(cost)});
        json!({
            "question": self.name, "outrider": cost(self.ours), "duckdb": self.duckdb.map(cost), "ratio": self.ratio(),
        })
    }
}

fn mebibytes(cost: Cost) -> f64 {
    cost.peak_bytes as f64 / f64::from(1 << 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_one_of_the_costs_and_nobody_has_none() {
        let cost = |seconds: f64| Cost { seconds, peak_bytes: seconds as u64 };
        let ask = || Ok(cost(2.0));
        let [ours, theirs] = in_turns(3, [Some(&ask), None]).unwrap();
        assert_eq!((ours.unwrap().peak_bytes, theirs.is_none()), (2, true));
        let costs = vec![cost(9.0), cost(1.0), cost(3.0)];
        assert_eq!(median(costs).unwrap().peak_bytes, 3);
    }
}
