//! `cargo xtask bench`: speed beside other tools, in rounds that take turns so that a busy machine is fair to all.

mod contender;
mod cores;
mod figures;
mod http;
mod nginx;
mod plugins;
mod programs;
mod rate;
mod sql;
mod storage;
mod tools;
mod usage;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::steps::result;
use crate::workspace::Workspace;

/// What can be measured.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// HTTP requests per second from one core, beside oha, wrk and k6
    Http(Options),
    /// Rate, percentiles and cost at the same offered rate, beside k6 and tsung, against a target that knows the truth
    Rate(rate::Options),
    /// What a plugin costs in each language, beside k6: size, loading, memory of each user, iterations per second
    Plugins(plugins::Options),
    /// What keeping rows costs: rows per second into Parquet, the write-ahead log, and bytes beside k6's outputs
    Storage(storage::Options),
    /// Reports and questions about a hundred million requests, beside DuckDB on the same files
    Sql(sql::Options),
    /// The target of `rate`, which calls this itself
    #[command(hide = true)]
    Target(rate::TargetOptions),
}

/// How long and how often.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Options {
    /// Rounds; each tool runs once in each, and medians are over rounds
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Seconds that each tool runs in a round
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Users, or connections, at once
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..))]
    users: u32,
}

/// Runs a benchmark, or lists them.
pub(crate) fn run(workspace: &Workspace, bench: Option<Bench>) -> Result<()> {
    match bench {
        Some(Bench::Http(options)) => http::run(workspace, options),
        Some(Bench::Rate(options)) => rate::run(workspace, &options),
        Some(Bench::Plugins(options)) => plugins::run(workspace, &options),
        Some(Bench::Storage(options)) => storage::run(workspace, &options),
        Some(Bench::Sql(options)) => sql::run(workspace, &options),
        Some(Bench::Target(options)) => rate::serve(&options),
        None => {
            result("cargo xtask bench http   HTTP requests per second from one core, beside oha, wrk and k6");
            result(
                "cargo xtask bench rate   what is measured at one rate, beside k6, tsung and the target's own log",
            );
            result("cargo xtask bench plugins   what a plugin costs in each language, beside k6");
            result("cargo xtask bench storage   what keeping rows costs, and bytes beside k6's outputs");
            result("cargo xtask bench sql   a hundred million requests, reported and asked, beside DuckDB");
            Ok(())
        }
    }
}
