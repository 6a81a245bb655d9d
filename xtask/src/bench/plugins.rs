//! `cargo xtask bench plugins`: what a plugin costs in each language, beside k6, which keeps an interpreter for each user
//! as a host of WebAssembly keeps an instance.
//!
//! The journey makes three calls of the host and no request, so that what is measured is the guest and its border.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Value, json};

use super::{tools, usage};
use crate::setup::{self, GuestSource};
use crate::steps::{result, say, step};
use crate::workspace::Workspace;
use crate::{command, guests};

/// How much and how long.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Users whose memory is measured, each after 1,000 iterations
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(10..=5_000))]
    users: u32,
    /// Seconds for the iterations per second, by two users
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
    /// Measure this program with the guests that are built already, instead of building both
    #[arg(long, value_name = "PATH")]
    host: Option<PathBuf>,
}

/// Iterations of each user before its memory counts.
const ITERATIONS: u32 = 1_000;

/// Nothing here takes longer on a machine that is not broken.
const LIMIT: Duration = Duration::from_secs(900);

/// What was measured of one language; k6 has no component.
#[derive(Debug, Default)]
struct Figures {
    component_bytes: Option<f64>,
    cold_load_ms: Option<f64>,
    cached_load_ms: Option<f64>,
    instantiate_ms: Option<f64>,
    memory_per_user_bytes: f64,
    iterations_per_s: f64,
}

pub(super) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let folder = workspace.target().join("bench");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let host = match &options.host {
        Some(host) => host.canonicalize().with_context(|| format!("there is no {}", host.display()))?,
        None => prepare(workspace)?,
    };
    let root = workspace.root();
    let journeys = [
        ("Rust", workspace.components().join("bench-calls.wasm")),
        ("TypeScript", root.join("examples/bench/calls.ts")),
        ("Go", root.join("examples/bench/calls.go")),
    ];
    let mut all = Vec::new();
    for (language, journey) in journeys {
        let host = Host { program: &host, journey: &journey, folder: &folder };
        all.push((language, step(language, || host.figures(options))?));
    }
    match step("k6", || of_k6(workspace, &folder, options)) {
        Ok(figures) => all.push(("k6", figures)),
        Err(fault) => say(&format!("measuring without k6: {fault:#}")),
    }
    show(&all, options, &folder)
}

fn prepare(workspace: &Workspace) -> Result<PathBuf> {
    let toolchain = setup::ensure(workspace, GuestSource::Auto)?;
    step("guests", || guests::build(workspace, &toolchain))?;
    step("host, as released", || {
        let mut cargo = workspace.cargo();
        cargo.args(["build", "--release", "--package", "outrider"]);
        command::run(&mut cargo, "mend what the compiler names")
    })?;
    Ok(workspace.target().join("release/host"))
}

/// Our own program with one journey.
struct Host<'a> {
    program: &'a Path,
    journey: &'a Path,
    folder: &'a Path,
}

impl Host<'_> {
    fn figures(&self, options: &Options) -> Result<Figures> {
        let mut inspect = Command::new(self.program);
        inspect.arg("inspect").arg(self.journey).args(["--format", "json"]);
        let inspected: Value = serde_json::from_str(&command::read(&mut inspect, "run it by hand")?)?;
        let number = |key: &str| inspected[key].as_f64();
        Ok(Figures {
            component_bytes: number("size_bytes"),
            cold_load_ms: number("cold_load_ms"),
            cached_load_ms: number("cached_load_ms"),
            instantiate_ms: number("instantiate_ms"),
            memory_per_user_bytes: per_user(options.users, |users| {
                let iterations = u64::from(options.users) * u64::from(ITERATIONS) / u64::from(users);
                let mut run = self.run();
                run.args(["--executor", "per-vu-iterations", "-u", &users.to_string()]);
                run.args(["-i", &iterations.to_string()]);
                Ok(usage::run(run.stdout(Stdio::null()).stderr(Stdio::null()), LIMIT)?.peak_bytes)
            })?,
            iterations_per_s: self.rate(options.seconds)?,
        })
    }

    fn rate(&self, seconds: u32) -> Result<f64> {
        let mut run = self.run();
        run.args(["-u", "2", "-d", &format!("{seconds}s"), "--format", "json"]);
        let report: Value =
            serde_json::from_str(&command::read(run.stderr(Stdio::null()), "run it by hand")?)?;
        let completed = report.pointer("/iterations/completed").and_then(Value::as_f64);
        Ok(completed.context("the report has no iterations")? / f64::from(seconds))
    }

    fn run(&self) -> Command {
        let mut run = Command::new(self.program);
        // The component of a Rust guest makes no request, and needs no target.
        run.arg("run").arg(self.journey).arg("--out").arg(self.folder);
        run
    }
}

/// What one user more takes: all users against a fifth of them who do the work of all, so that what is measured takes the
/// same. Not against one alone: a program that runs on all cores takes more than on one, whatever its users take.
fn per_user(users: u32, peak: impl Fn(u32) -> Result<u64>) -> Result<f64> {
    let few = users / 5;
    let (all, some) = (peak(users)?, peak(few)?);
    Ok((all as f64 - some as f64).max(0.0) / f64::from(users - few))
}

/// The same in k6's words: a group is a step, a counter a metric.
fn of_k6(workspace: &Workspace, folder: &Path, options: &Options) -> Result<Figures> {
    let k6 = tools::k6(workspace)?;
    let (script, summary) = (folder.join("calls.js"), folder.join("calls.json"));
    fs::write(
        &script,
        "import { group } from 'k6';\nimport { Counter } from 'k6/metrics';\nconst done = new Counter('work_done');\n\
         export default function () { group('work', () => { done.add(1); }); }\n",
    )?;
    let run = |arguments: &[&str]| {
        let mut run = Command::new(&k6);
        run.args(["run", "--quiet", "--no-usage-report"]).args(arguments);
        run.arg("--summary-export").arg(&summary).arg(&script);
        run.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        run
    };
    let memory_per_user_bytes = per_user(options.users, |users| {
        let iterations = (u64::from(options.users) * u64::from(ITERATIONS)).to_string();
        Ok(usage::run(&mut run(&["--vus", &users.to_string(), "--iterations", &iterations]), LIMIT)?
            .peak_bytes)
    })?;
    let seconds = format!("{}s", options.seconds);
    command::run(&mut run(&["--vus", "2", "--duration", &seconds]), "run it by hand")?;
    let report: Value = serde_json::from_str(&fs::read_to_string(&summary)?)?;
    let iterations_per_s = report.pointer("/metrics/iterations/rate").and_then(Value::as_f64);
    Ok(Figures {
        memory_per_user_bytes,
        iterations_per_s: iterations_per_s.context("k6's summary has no iterations")?,
        ..Figures::default()
    })
}

fn show(all: &[(&str, Figures)], options: &Options, folder: &Path) -> Result<()> {
    let Options { users, seconds, .. } = options;
    result(&format!(
        "\nthree calls of the host an iteration; memory of {users} users after {ITERATIONS} iterations each; rate of two users \
         over {seconds} s\n"
    ));
    let number = |value: Option<f64>, unit: f64| match value {
        Some(value) if value / unit >= 100.0 => format!("{:.0}", value / unit),
        Some(value) => format!("{:.2}", value / unit),
        None => "-".to_owned(),
    };
    let names: Vec<String> = all.iter().map(|(language, _)| format!("{language:>12}")).collect();
    result(&format!("{:<34}{}", "", names.concat()));
    type Of = fn(&Figures) -> Option<f64>;
    let rows: [(&str, Of, f64); 6] = [
        ("component, KiB", |one| one.component_bytes, 1024.0),
        ("first compile, ms", |one| one.cold_load_ms, 1.0),
        ("load from the cache, ms", |one| one.cached_load_ms, 1.0),
        ("instantiate, µs", |one| one.instantiate_ms, 0.001),
        ("memory for each user, KiB", |one| Some(one.memory_per_user_bytes), 1024.0),
        ("iterations/s", |one| Some(one.iterations_per_s), 1.0),
    ];
    for (what, of, unit) in rows {
        let values: Vec<String> =
            all.iter().map(|(_, one)| format!("{:>12}", number(of(one), unit))).collect();
        result(&format!("{what:<34}{}", values.concat()));
    }
    if let Some((_, k6)) = all.iter().find(|(language, _)| *language == "k6") {
        let ratios: Vec<String> = all
            .iter()
            .map(|(_, one)| format!("{:>12.2}", one.iterations_per_s / k6.iterations_per_s))
            .collect();
        result(&format!("{:<34}{}", "iterations/s, as a ratio to k6", ratios.concat()));
    }
    let path = folder.join("plugins.json");
    fs::write(&path, format!("{:#}\n", document(all, options)))
        .with_context(|| format!("cannot write {}", path.display()))?;
    result(&format!("\nas JSON: {}", path.display()));
    Ok(())
}

fn document(all: &[(&str, Figures)], options: &Options) -> Value {
    let languages: serde_json::Map<String, Value> = all
        .iter()
        .map(|(language, one)| {
            let figures = json!({
                "component_bytes": one.component_bytes,
                "cold_load_ms": one.cold_load_ms,
                "cached_load_ms": one.cached_load_ms,
                "instantiate_ms": one.instantiate_ms,
                "memory_per_user_bytes": one.memory_per_user_bytes,
                "iterations_per_s": one.iterations_per_s,
            });
            ((*language).to_owned(), figures)
        })
        .collect();
    json!({ "bench": "plugins", "users": options.users, "seconds": options.seconds, "languages": languages })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_users_memory_is_what_one_more_takes() {
        let peak = |users: u32| Ok(1_000 + 50 * u64::from(users));
        assert!((per_user(10, peak).unwrap() - 50.0).abs() < 1e-9);
        assert!(
            per_user(10, |users| Ok(100 - u64::from(users))).unwrap().abs() < 1e-9,
            "noise is no negative memory"
        );
    }
}
