//! `cargo xtask demo`: the whole product once, in under half a minute when all is built.
//!
//! A TypeScript and a Rust journey load the demo shop through the sandbox; what was measured is reported, and the
//! number of requests is compared with the shop's own access log.

mod journey;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::setup::{self, GuestSource};
use crate::shop::Shop;
use crate::steps::{Stopwatch, plain, result, say, step};
use crate::workspace::Workspace;
use crate::{guests, programs};
use journey::{Dataset, Journey};

/// The closed model: ten users, each starting again when it is done.
const TYPESCRIPT: Journey = Journey {
    title: "TypeScript journey, 10 users for 8 s",
    path: "examples/checkout-ts/checkout.ts",
    load: &["-u", "10", "-d", "8s"],
};

/// The open model: fifty arrivals each second, whatever the shop does.
const RUST: Journey = Journey {
    title: "Rust journey, 50 arrivals each second for 8 s",
    path: "target/plugins/checkout.wasm",
    load: &["-r", "50/s", "-d", "8s"],
};

/// Slow and faulty enough that a report has something to show: about 20 ms an answer, one answer in a hundred a 503.
const FAULTS: [&str; 8] = [
    "--latency=20ms",
    "--latency-jitter=8ms",
    "--latency-law=lognormal",
    "--error-rate=0.01",
    "--slow-rate=0.02",
    "--slow-latency=120ms",
    "--route-latency=/api/checkout=60ms",
    "--seed=1",
];

/// The command.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let watch = Stopwatch::start();
    let toolchain = setup::ensure(workspace, GuestSource::Auto)?;
    step("host and demo shop", || programs::build(workspace))?;
    step("guests", || guests::build(workspace, &toolchain))?;

    let dataset = Dataset::in_checkout(workspace);
    let shop = step("demo shop", || Shop::start(workspace, &FAULTS))?;
    let (mut reported, mut pages) = (0, Vec::new());
    for journey in [TYPESCRIPT, RUST] {
        step(journey.title, || dataset.run(&journey, shop.url()))?;
        let latest = dataset.latest()?;
        reported += latest.requests;
        pages.push(dataset.write_page(&latest.id)?);
    }
    let logged = shop.end().context("the demo shop did not end as it should")?;
    compare(reported, logged)?;
    say_where_it_is(&dataset, &pages)?;
    say(&format!("demo: done in {}", plain(watch.elapsed())));
    Ok(())
}

/// The proof that nothing was lost or made up: two programs counted the same.
fn compare(reported: u64, logged: u64) -> Result<()> {
    if reported != logged {
        bail!("the reports count {reported} requests, the shop's access log {logged}: they must agree");
    }
    result(&format!("\nThe reports count {reported} requests, the shop's access log {logged}: they agree."));
    Ok(())
}

fn say_where_it_is(dataset: &Dataset, pages: &[PathBuf]) -> Result<()> {
    result("Every measurement is kept in runs/, as Parquet. DuckDB, for example, reads all runs at once:");
    result(
        "  duckdb -c \"SELECT run_id, name, count(*), median(duration_ns) / 1e6 AS p50_ms FROM \
         read_parquet('runs/*/data/requests/*/*.parquet') GROUP BY ALL ORDER BY ALL\"",
    );
    result("The reports as pages, with charts:");
    for page in pages {
        result(&format!("  {}", page.display()));
    }
    result("A report again, of the latest run or of any:");
    result(&format!("  {}", dataset.report_by_hand("")));
    result(&format!("  {}", dataset.report_by_hand(&dataset.latest()?.id)));
    Ok(())
}
