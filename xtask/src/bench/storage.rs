//! `cargo xtask bench storage`: what keeping rows costs. Rows per second into Parquet on one core, with the write-ahead log
//! and without; and bytes for each request beside k6's outputs of the same requests.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Value, json};

use super::contender::number;
use super::cores::Core;
use super::nginx::Nginx;
use super::programs::Programs;
use super::tools;
use crate::command;
use crate::guests;
use crate::setup::{self, GuestSource};
use crate::steps::{result, say, step};
use crate::workspace::Workspace;

/// How much and how often.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Rows of made-up requests in each round
    #[arg(long, default_value_t = 5_000_000, value_parser = clap::value_parser!(u64).range(1_000..=200_000_000))]
    rows: u64,
    /// Rounds, in which runs with the log and without take turns; medians are over rounds
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    rounds: u32,
    /// Requests that this program and k6 make for the comparison of sizes
    #[arg(long, default_value_t = 50_000, value_parser = clap::value_parser!(u64).range(100..=1_000_000))]
    requests: u64,
    /// Measure the programs of the development profile, which says nothing about speed
    #[arg(long)]
    dev: bool,
}

/// What `fill` said of one dataset.
#[derive(Debug, Clone, Copy)]
struct Filled {
    rows_per_s: f64,
    request_bytes: f64,
    all_bytes: f64,
}

/// Bytes for each request of one output.
type Sizes = Vec<(&'static str, f64)>;

pub(super) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let folder = workspace.target().join("bench");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let programs = prepare(workspace, options)?;
    let (mut with_log, mut without) = (Vec::new(), Vec::new());
    for round in 1..=options.rounds {
        for (log, all) in [(true, &mut with_log), (false, &mut without)] {
            let title = format!(
                "round {round} of {}: {}",
                options.rounds,
                if log { "with the log" } else { "without" }
            );
            all.push(step(&title, || filled(&programs.fill, &folder, options.rows, log))?);
        }
    }
    let sizes = match step("the same requests by this program and by k6", || {
        sizes(workspace, &programs, &folder, options.requests)
    }) {
        Ok(sizes) => sizes,
        Err(fault) => {
            say(&format!("no sizes: {fault:#}"));
            Sizes::new()
        }
    };
    show(&with_log, &without, &sizes, options, &folder)
}

fn prepare(workspace: &Workspace, options: &Options) -> Result<Programs> {
    let toolchain = setup::ensure(workspace, GuestSource::Auto)?;
    step("guests", || guests::build(workspace, &toolchain))?;
    Programs::build(workspace, options.dev)
}

/// Fills a dataset on one core, and removes it.
fn filled(fill: &Path, folder: &Path, rows: u64, log: bool) -> Result<Filled> {
    let out = folder.join("filled");
    let mut fill = Core::Tools.command(fill);
    fill.args(["--rows", &rows.to_string(), "--out"]).arg(&out);
    if !log {
        fill.arg("--no-log");
    }
    let said = command::read(&mut fill, "run it by hand")?;
    fs::remove_dir_all(&out).with_context(|| format!("cannot remove {}", out.display()))?;
    let said: Value = serde_json::from_str(&said)?;
    let seconds = number(&said, "/seconds")? - number(&said, "/generate_s")?;
    ensure!(seconds > 0.0, "making samples took longer than writing them too: {said}");
    Ok(Filled {
        rows_per_s: rows as f64 / seconds,
        request_bytes: number(&said, "/request_bytes")? / rows as f64,
        all_bytes: number(&said, "/all_bytes")? / rows as f64,
    })
}

/// What each output takes for each request: the same number of the same requests to the same nginx. k6 sends no trace ids.
fn sizes(workspace: &Workspace, programs: &Programs, folder: &Path, requests: u64) -> Result<Sizes> {
    let nginx = Nginx::start(workspace)?;
    let mut sizes = Sizes::new();
    for (trace, table, all) in [
        ("per-request", "Outrider, table requests", "Outrider, all tables"),
        ("off", "the same without trace ids", "all tables without them"),
    ] {
        let [of_table, of_all] = ours(workspace, programs, folder, &nginx, (trace, requests))?;
        sizes.extend([(table, of_table), (all, of_all)]);
    }
    let k6 = tools::k6(workspace)?;
    let script = folder.join("sizes.js");
    fs::write(
        &script,
        "import http from 'k6/http';\nexport default function () { http.get(__ENV.TARGET); }\n",
    )?;
    for (name, output, file) in [("k6, CSV", "csv", "k6.csv"), ("k6, JSON", "json", "k6.json")] {
        let written = folder.join(file);
        let mut run = Command::new(&k6);
        run.args([
            "run",
            "--quiet",
            "--no-usage-report",
            "--vus",
            "8",
            "--iterations",
            &requests.to_string(),
        ]);
        run.arg("--out").arg(format!("{output}={}", written.display())).arg(&script);
        run.env("TARGET", nginx.url()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command::run(&mut run, "run it by hand")?;
        sizes.push((name, fs::metadata(&written)?.len() as f64 / requests as f64));
        fs::remove_file(&written)?;
    }
    Ok(sizes)
}

/// Bytes for each request: of the table `requests`, and of all tables.
fn ours(
    workspace: &Workspace,
    programs: &Programs,
    folder: &Path,
    nginx: &Nginx,
    (trace, requests): (&str, u64),
) -> Result<[f64; 2]> {
    let (plan, out) = (folder.join("sizes.toml"), folder.join("sized"));
    let journey = workspace.components().join("bench-http.wasm");
    let text = format!(
        "[run]\ntarget = {:?}\n[http]\ntrace = {trace:?}\n[scenario.sizes]\nplugin = {:?}\n\
         executor = \"shared-iterations\"\nvus = 8\niterations = {requests}\n",
        nginx.url(),
        journey.display().to_string(),
    );
    fs::write(&plan, text).with_context(|| format!("cannot write {}", plan.display()))?;
    let mut host = Command::new(&programs.host);
    host.arg("run").arg(&plan).args(["--format", "json", "--out"]).arg(&out).stderr(Stdio::null());
    let report: Value = serde_json::from_str(&command::read(&mut host, "run it by hand")?)?;
    let made = number(&report, "/all_requests/count")?;
    let sizes = [bytes_in(&out, "requests")? as f64 / made, bytes_in(&out, "data")? as f64 / made];
    fs::remove_dir_all(&out)?;
    Ok(sizes)
}

/// The files below a folder of this name, wherever it is below another.
fn bytes_in(folder: &Path, name: &str) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let is_it = path.file_name().is_some_and(|found| found == name);
        bytes += match path.is_dir() {
            true if is_it => all_bytes(&path)?,
            true => bytes_in(&path, name)?,
            false => 0,
        };
    }
    Ok(bytes)
}

fn all_bytes(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        bytes +=
            if entry.file_type()?.is_dir() { all_bytes(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}

fn median(all: &[Filled], of: fn(&Filled) -> f64) -> f64 {
    let mut values: Vec<f64> = all.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn show(
    with_log: &[Filled],
    without: &[Filled],
    sizes: &Sizes,
    options: &Options,
    folder: &Path,
) -> Result<()> {
    let Options { rows, rounds, requests, .. } = options;
    let speed = |one: &Filled| one.rows_per_s;
    let (logged, bare) = (median(with_log, speed), median(without, speed));
    result(&format!("\n{rows} rows of requests into Parquet on one core, median of {rounds} rounds\n"));
    result(&format!("{:<34}{logged:>14.0}", "rows/s"));
    result(&format!("{:<34}{bare:>14.0}", "rows/s, without write-ahead log"));
    result(&format!("{:<34}{:>14.2}", "as a ratio", logged / bare));
    result(&format!(
        "{:<34}{:>14.1}",
        "bytes/row, table requests",
        median(with_log, |one| one.request_bytes)
    ));
    result(&format!("{:<34}{:>14.1}", "bytes/row, all tables", median(with_log, |one| one.all_bytes)));
    if !sizes.is_empty() {
        result(&format!("\nbytes for each of {requests} requests, the same to the same target\n"));
        let (_, ours) = sizes[0];
        for (name, bytes) in sizes {
            result(&format!("{name:<34}{bytes:>14.1}{:>10.1} times", bytes / ours));
        }
    }
    let path = folder.join("storage.json");
    let sizes: serde_json::Map<String, Value> =
        sizes.iter().map(|(name, bytes)| ((*name).to_owned(), json!(bytes))).collect();
    let document = json!({
        "bench": "storage", "rows": rows, "rounds": rounds, "rows_per_s": logged, "rows_per_s_without_log": bare,
        "bytes_per_row": median(with_log, |one| one.request_bytes), "requests": requests, "bytes_per_request": sizes,
    });
    fs::write(&path, format!("{document:#}\n"))
        .with_context(|| format!("cannot write {}", path.display()))?;
    result(&format!("\nas JSON: {}", path.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_a_table_are_those_of_its_folder_alone() {
        let folder = std::env::temp_dir().join(format!("outrider-bytes-{}", std::process::id()));
        let write = |path: &str, bytes: usize| {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, vec![0; bytes]).unwrap();
        };
        write("runs/a/data/requests/worker=0/part-0", 100);
        write("runs/a/data/steps/worker=0/part-0", 10);
        write("runs/a/requests.txt", 1_000);
        let found = ["requests", "data"].map(|name| bytes_in(&folder, name).unwrap());
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found, [100, 110]);
    }

    #[test]
    fn the_median_is_one_of_the_rounds() {
        let filled = |rows_per_s| Filled { rows_per_s, request_bytes: 1.0, all_bytes: 2.0 };
        assert_eq!(median(&[filled(3.0), filled(1.0), filled(2.0)], |one| one.rows_per_s), 2.0);
        assert!(median(&[], |one| one.rows_per_s).is_nan());
    }
}
