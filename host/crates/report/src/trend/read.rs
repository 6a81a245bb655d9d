//! From datasets to a trend: the summary of each run.

use std::collections::HashMap;

use futures::StreamExt;
use outrider_model::{Timestamp, with_causes};
use outrider_storage::RunHead;

use super::document::{TREND_VERSION, Trend, TrendPoint, TrendRow, TrendRowKind, TrendRun};
use crate::read::run_entry;
use crate::summary::{RunEntry, Summary};
use crate::{ReportError, RunPlace};

/// Four runs at a time: what waits for a far store is not the processor.
const RUNS_AT_ONCE: usize = 4;

impl Trend {
    /// Reads runs, the oldest first. `now` is how far those are that go on. One that cannot be read is said, and left out.
    pub async fn read(runs: &[RunPlace], now: Timestamp) -> Trend {
        let reads: Vec<_> = runs.iter().map(|run| summed_up(run, now)).collect();
        let mut reads = futures::stream::iter(reads).buffered(RUNS_AT_ONCE);
        let (mut read, mut left_out) = (Vec::new(), Vec::new());
        for place in runs {
            match reads.next().await {
                Some(Ok(run)) => read.push(run),
                Some(Err(error)) => {
                    left_out.push(format!("the run {} is left out: {}", place.run_id, with_causes(&error)));
                }
                None => break,
            }
        }
        let mut rows = Rows::default();
        for (index, (_, summary)) in read.iter().enumerate() {
            rows.add(index, summary);
        }
        let runs = read.iter().map(|(entry, summary)| trend_run(entry.clone(), summary)).collect();
        Trend { version: TREND_VERSION, rows: rows.finish(read.len()), runs, left_out }
    }
}

async fn summed_up(run: &RunPlace, now: Timestamp) -> Result<(RunEntry, Summary), ReportError> {
    let head = RunHead::read(&run.store, &run.run_id).await?;
    let summary = Summary::read(&run.store, &run.run_id, now).await?;
    Ok((run_entry(&run.run_id, head, now), summary))
}

fn trend_run(run: RunEntry, summary: &Summary) -> TrendRun {
    TrendRun {
        run,
        headline: summary.headline.clone(),
        complete: summary.completeness.complete,
        iterations: summary.iterations.started,
        failed_iterations: summary.iterations.failed,
        failed_checks: summary.checks.iter().map(|check| check.failed).sum(),
    }
}

/// Rows as runs bring them.
#[derive(Default)]
struct Rows {
    rows: Vec<TrendRow>,
    known: HashMap<(TrendRowKind, String), usize>,
}

impl Rows {
    fn add(&mut self, run: usize, summary: &Summary) {
        for request in summary.all_requests.iter().chain(&summary.requests) {
            self.put(run, TrendRowKind::Request, &request.name, request.into());
        }
        for step in &summary.steps {
            self.put(run, TrendRowKind::Step, &step.name, step.into());
        }
        for page in &summary.pages {
            self.put(run, TrendRowKind::Page, &page.name, page.into());
        }
    }

    fn put(&mut self, run: usize, kind: TrendRowKind, name: &str, point: TrendPoint) {
        let next = self.rows.len();
        let index = *self.known.entry((kind, name.to_owned())).or_insert(next);
        if index == next {
            self.rows.push(TrendRow { kind, name: name.to_owned(), points: Vec::new() });
        }
        let points = &mut self.rows[index].points;
        // A request that its journey calls `(all)` stands behind what has that name by right.
        if points.len() <= run {
            points.resize(run, None);
            points.push(Some(point));
        }
    }

    /// All rows, each with a point for each run.
    fn finish(mut self, runs: usize) -> Vec<TrendRow> {
        self.rows.iter_mut().for_each(|row| row.points.resize(runs, None));
        self.rows.sort_by_key(|row| row.kind);
        self.rows
    }
}
