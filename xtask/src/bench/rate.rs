//! `cargo xtask bench rate`: the same offered rate by our program, by k6 and by tsung, against a target that knows
//! how long each request took. What the tools report is held against what the target wrote down.

mod figures;
mod served;
mod target;
mod tool;
mod tsung;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};

pub(crate) use target::{TargetOptions, serve};

use super::{tools, usage};
use crate::setup::{self, GuestSource};
use crate::steps::{result, say, step};
use crate::workspace::Workspace;
use crate::{command, guests};
use figures::{Figure, Truth};
use served::Target;
use target::Law;
use tool::{Kind, Tool};

/// How much, how long, and what is measured.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Iterations a second that are offered, one GET each; repeatable
    #[arg(long = "rate", default_values_t = [500_u32, 2_000], value_parser = clap::value_parser!(u32).range(10..=20_000))]
    rates: Vec<u32>,
    /// Seconds that each tool runs
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(5..=600))]
    seconds: u32,
    /// Measure this program with the guests that are built already, instead of building both
    #[arg(long, value_name = "PATH")]
    host: Option<PathBuf>,
}

/// A load.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    rate: u32,
    seconds: u32,
}

impl Load {
    fn time(self) -> Duration {
        Duration::from_secs(u64::from(self.seconds))
    }

    /// Users made beforehand: five times as many as are busy on average, by Little's law with the 20 ms that the
    /// target takes on average.
    fn users(self) -> u32 {
        (self.rate / 10).max(1)
    }

    /// The ceiling, where a tool has one: enough for ten times the latency, and not for a stall.
    fn max_users(self) -> u32 {
        2 * self.users()
    }
}

/// What the target does.
#[derive(Debug)]
pub(super) struct Scenario {
    name: &'static str,
    law: Law,
}

impl Scenario {
    fn all(options: &Options) -> [Scenario; 2] {
        let stall = Law { stall_after_s: f64::from(options.seconds) / 2.0, stall_s: 2.0, ..Law::STEADY };
        [Scenario { name: "steady", law: Law::STEADY }, Scenario { name: "stall", law: stall }]
    }

    /// What is offered and how the target takes it.
    fn title(&self, load: Load) -> String {
        let Law { shortest_ms, mean_ms, stall_after_s, stall_s } = self.law;
        let stall = match stall_s > 0.0 {
            true => format!("; after {stall_after_s} s it answers nothing for {stall_s} s"),
            false => String::new(),
        };
        format!(
            "\n{}: {} iterations/s for {} s, one GET each, {} to {} users; the target takes {shortest_ms} ms and an \
             exponential time of {mean_ms} ms{stall}",
            self.name,
            load.rate,
            load.seconds,
            load.users(),
            load.max_users(),
        )
    }
}

pub(super) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    if std::thread::available_parallelism().map_or(1, usize::from) < 2 {
        bail!("this benchmark needs two cores: one for the target, one for the tools");
    }
    let folder = workspace.target().join("bench/rate");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let tools = prepare(workspace, options)?;
    step("journeys are compiled", || warm_up(workspace, &tools, &folder))?;
    let mut measured = Vec::new();
    for rate in &options.rates {
        let load = Load { rate: *rate, seconds: options.seconds };
        for scenario in Scenario::all(options) {
            let figures = measure(workspace, &tools, &scenario, load, &folder);
            measured
                .push((figures::text(&scenario, load, &figures), figures::json(&scenario, load, &figures)));
        }
    }
    show(&measured, &folder)
}

fn warm_up(workspace: &Workspace, tools: &[Tool], folder: &Path) -> Result<()> {
    let target = Target::start(&workspace.program("xtask"), Law::STEADY, folder)?;
    tools.iter().try_for_each(|tool| tool.warm_up(&target, folder))?;
    forget_runs(folder)
}

/// Every tool, one after the other; one that fails is left out, with the reason.
fn measure(
    workspace: &Workspace,
    tools: &[Tool],
    scenario: &Scenario,
    load: Load,
    folder: &Path,
) -> Vec<Figure> {
    let mut figures = Vec::new();
    for tool in tools {
        let title = format!("{} at {}/s: {}", scenario.name, load.rate, tool.name);
        match step(&title, || measure_one(workspace, tool, scenario, load, folder)) {
            Ok(figure) => figures.push(figure),
            Err(fault) => say(&format!("no figure: {fault:#}")),
        }
    }
    figures
}

fn measure_one(
    workspace: &Workspace,
    tool: &Tool,
    scenario: &Scenario,
    load: Load,
    folder: &Path,
) -> Result<Figure> {
    let target = Target::start(&workspace.program("xtask"), scenario.law, folder)?;
    let said = tool.put(load, &target, folder)?;
    let log = target.finish()?;
    forget_runs(folder)?;
    Ok(Figure { tool: tool.name, said, truth: Truth::of(&log) })
}

/// What our own program kept of a run is of no use once its report was read.
fn forget_runs(folder: &Path) -> Result<()> {
    let runs = folder.join("runs");
    match fs::remove_dir_all(&runs) {
        Err(fault) if runs.is_dir() => {
            Err(fault).with_context(|| format!("cannot remove {}", runs.display()))
        }
        _ => Ok(()),
    }
}

fn show(measured: &[(String, Value)], folder: &Path) -> Result<()> {
    for (text, _) in measured {
        result(text);
    }
    result(
        "\nrequests and their rate are the target's; in brackets, by how much a tool is off from what the target wrote \
         down; 'Rust, waits' has iterations wait for busy users, and its durations count from the schedule; tsung's \
         percentiles are from its log of requests, since its own report has none",
    );
    let scenarios: Vec<&Value> = measured.iter().map(|(_, figures)| figures).collect();
    let path = folder.with_extension("json");
    fs::write(&path, format!("{:#}\n", json!({ "bench": "rate", "scenarios": scenarios })))
        .with_context(|| format!("cannot write {}", path.display()))?;
    result(&format!("as JSON: {}", path.display()));
    Ok(())
}

fn prepare(workspace: &Workspace, options: &Options) -> Result<Vec<Tool>> {
    let program = match &options.host {
        Some(program) => program.clone(),
        None => build(workspace)?,
    };
    let host = |name, journey: &str, waits| Tool {
        name,
        program: program.clone(),
        kind: Kind::Host { journey: workspace.root().join(journey), waits },
    };
    let rust = "target/plugins/bench-http.wasm";
    let mut tools = vec![
        host("Rust", rust, false),
        host("Rust, waits", rust, true),
        host("TypeScript", "examples/bench/get.ts", false),
    ];
    let others = [
        ("k6", step("k6", || tools::k6(workspace)), Kind::K6),
        ("tsung", step("tsung", tools::tsung), Kind::Tsung),
    ];
    for (name, program, kind) in others {
        match program {
            Ok(program) => tools.push(Tool { name, program, kind }),
            Err(fault) => say(&format!("measuring without {name}: {fault:#}")),
        }
    }
    Ok(tools)
}

/// Guests, and our program as it is released.
fn build(workspace: &Workspace) -> Result<PathBuf> {
    let toolchain = setup::ensure(workspace, GuestSource::Auto)?;
    step("guests", || guests::build(workspace, &toolchain))?;
    step("host, as released", || {
        let mut cargo = workspace.cargo();
        let build = cargo.args(["build", "--release", "--package", "outrider"]);
        command::run(build, "mend what the compiler names")
    })?;
    Ok(workspace.target().join("release/host"))
}
