//! The project's own commands, run as `cargo xtask NAME`.
//!
//! Each command is one module and says what it does step by step. This crate compiles before anything else does,
//! so it names none of the project's crates and few others; what it needs of the product it asks the binary for.

mod bench;
mod check;
mod command;
mod demo;
mod freeze;
mod generate;
mod guests;
mod notebooks;
mod programs;
mod references;
mod setup;
mod shop;
mod steps;
mod web;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::setup::GuestSource;
use crate::workspace::Workspace;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "The project's own commands")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Bring what building needs (C compiler, Node, wasm32-wasip2 target), and build the report's page and the guests
    Setup {
        /// Where the wasm32-wasip2 target comes from
        #[arg(long, value_enum, default_value_t)]
        guests_from: GuestSource,
    },
    /// Load the demo shop with a TypeScript and a Rust journey, and report what was measured
    Demo,
    /// Check everything that CI checks: format, lints, tests, documentation, generated files
    Test,
    /// Check format, lints, and dependencies where cargo-deny is installed
    Lint,
    /// Write docs/reference from the program itself, and the bindings of the Go and Rust SDKs from wit/
    Gen {
        /// Write nothing; fail when a generated file is not what would be written
        #[arg(long)]
        check: bool,
    },
    /// Write the SDKs' references, as rustdoc, TypeDoc and `go doc` make them, to one folder
    Docs,
    /// Execute the notebooks of examples/notebooks, and the SQL of the guides, on runs made for them
    Notebooks {
        /// Run the guide's statements for ClickHouse too, which is a download of 200 MB
        #[arg(long)]
        clickhouse: bool,
    },
    /// Keep plugins of every language as this version builds them, for the tests of later versions
    Freeze {
        /// Where the wasm32-wasip2 target comes from
        #[arg(long, value_enum, default_value_t)]
        guests_from: GuestSource,
    },
    /// Measure speed beside other tools; without a name, list what can be measured
    Bench {
        #[command(subcommand)]
        bench: Option<bench::Bench>,
    },
}

fn main() -> ExitCode {
    let task = Arguments::parse().task;
    match Workspace::find().and_then(|workspace| run(task, &workspace)) {
        Ok(code) => code,
        Err(fault) => {
            steps::say_fault(&fault);
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task, workspace: &Workspace) -> anyhow::Result<ExitCode> {
    match task {
        Task::Setup { guests_from } => set_up(workspace, guests_from)?,
        Task::Demo => demo::run(workspace)?,
        // It says its own faults, since the line with the counts comes last.
        Task::Test => return Ok(check::test(workspace)),
        Task::Lint => check::lint(workspace)?,
        Task::Gen { check: false } => generate::write(workspace)?,
        Task::Gen { check: true } => steps::step("generated files", || generate::check(workspace))?,
        Task::Docs => {
            let index = steps::step("the SDKs' references", || references::write(workspace))?;
            steps::result(&index.display().to_string());
        }
        Task::Notebooks { clickhouse } => notebooks::run(workspace, clickhouse)?,
        Task::Freeze { guests_from } => freeze::run_freeze(workspace, guests_from)?,
        Task::Bench { bench } => bench::run(workspace, bench)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Everything that `cargo test` by itself expects to find.
fn set_up(workspace: &Workspace, guests_from: GuestSource) -> anyhow::Result<()> {
    let toolchain = setup::ensure(workspace, guests_from)?;
    let components = steps::step("guests", || guests::build(workspace, &toolchain))?;
    steps::say(&format!("{} guests lie in {}", components.len(), workspace.components().display()));
    steps::say(&format!("a guest is built by hand with: {}", toolchain.by_hand()));
    if !workspace::on_path("go") {
        steps::say(&format!("journeys in Go, and their tests, need Go, which is not here: {}", setup::GO));
    }
    Ok(())
}
