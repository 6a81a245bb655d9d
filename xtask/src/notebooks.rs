//! `cargo xtask notebooks`: the notebooks of examples/notebooks, executed on two runs that are made for them, and the
//! SQL that guides show.
//!
//! The runs are of one load, before and after the shop has become slower, with errors, checks that fail, lateness and
//! a stall, so that every plot has something to show.

mod python;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{read, run_reading};
use crate::setup::{self, GuestSource};
use crate::shop::Shop;
use crate::steps::step;
use crate::workspace::Workspace;
use crate::{guests, programs};
pub(crate) use python::Python;

/// What is run, from the repository's root.
const LOAD: &str = "examples/notebooks/load.toml";
/// The notebooks, and the scripts that run them and the guides.
const FOLDER: &str = "examples/notebooks";
const NOTEBOOKS: [&str; 3] = ["duckdb.ipynb", "polars.ipynb", "pandas.ipynb"];
/// The guides whose SQL runs as it stands there.
const DUCKDB_GUIDE: &str = "docs/guides/your-own-questions.md";
const CLICKHOUSE_GUIDE: &str = "docs/guides/other-engines.md";

/// The shop as it was.
const BEFORE: [&str; 8] = [
    "--latency=20ms",
    "--latency-jitter=8ms",
    "--latency-law=lognormal",
    "--error-rate=0.01",
    "--slow-rate=0.02",
    "--slow-latency=180ms",
    "--route-latency=/api/checkout=60ms",
    "--seed=1",
];

/// The shop after a change that did it no good.
const AFTER: [&str; 10] = [
    "--latency=30ms",
    "--latency-jitter=12ms",
    "--latency-law=lognormal",
    "--error-rate=0.02",
    "--slow-rate=0.02",
    "--slow-latency=180ms",
    "--route-latency=/api/checkout=120ms",
    "--stall-after=5s",
    "--stall-for=700ms",
    "--seed=1",
];

/// The command: brings what is needed first.
pub(crate) fn run(workspace: &Workspace, clickhouse: bool) -> Result<()> {
    let toolchain = setup::ensure(workspace, GuestSource::Auto)?;
    step("host and demo shop", || programs::build(workspace))?;
    step("guests", || guests::build(workspace, &toolchain))?;
    step("notebooks", || test(workspace, clickhouse, |_| {}))
}

/// Runs all of it, with what the programs and guests are built as now; hands each printed line to `line`.
pub(crate) fn test(workspace: &Workspace, clickhouse: bool, mut line: impl FnMut(&str)) -> Result<()> {
    let python = Python::ensure(workspace, "notebooks", "requirements.txt")?;
    let out = make_runs(workspace)?;
    // Ends with an error, and the cell's words, when a cell fails.
    let mut execute = python.script("execute.py");
    execute.env("OUTRIDER_OUT", &out).arg(out.join("executed"));
    execute.args(NOTEBOOKS.map(|name| workspace.root().join(FOLDER).join(name)));
    run_reading(&mut execute, "mend the cell that is shown above", &mut line)?;
    let mut statements = python.script("statements.py");
    statements.current_dir(&out).arg("duckdb").arg(workspace.root().join(DUCKDB_GUIDE));
    run_reading(&mut statements, "mend the guide's statement that is shown above", &mut line)?;
    if clickhouse {
        let python = Python::ensure(workspace, "clickhouse", "clickhouse.txt")?;
        let mut statements = python.script("statements.py");
        statements.current_dir(&out).arg("clickhouse").arg(workspace.root().join(CLICKHOUSE_GUIDE));
        run_reading(&mut statements, "mend the guide's statement that is shown above", &mut line)?;
    }
    Ok(())
}

/// The two runs, in a folder of their own, where they and the executed notebooks can be looked at afterwards.
fn make_runs(workspace: &Workspace) -> Result<PathBuf> {
    let out = workspace.target().join("notebooks");
    if out.exists() {
        fs::remove_dir_all(&out).with_context(|| format!("cannot remove {}", out.display()))?;
    }
    fs::create_dir_all(&out).with_context(|| format!("cannot create {}", out.display()))?;
    for (name, faults) in [("before", &BEFORE[..]), ("after", &AFTER[..])] {
        step(&format!("a run for the notebooks: {name}"), || make_run(workspace, faults, &out))?;
    }
    Ok(out)
}

fn make_run(workspace: &Workspace, faults: &[&str], out: &Path) -> Result<()> {
    let shop = Shop::start(workspace, faults)?;
    let mut host = Command::new(workspace.program("host"));
    host.current_dir(workspace.root()).args(["run", LOAD, "--target", shop.url(), "--out"]).arg(out);
    // The report, on standard output, is of no use here.
    read(&mut host, "read what the program says above: its error names the cause")?;
    shop.end().map(drop).context("the demo shop did not end as it should")
}
