//! The runs of a folder, by their first and last documents.

use outrider_model::{RunId, Timestamp};
use outrider_storage::{DatasetStore, RunHead, RunRecord, RunStatus, StorageError, Verdict, list_runs};

use super::rfc3339;
use crate::ReportError;
use crate::summary::{RUN_LIST_VERSION, RunEntry, RunList, RunVerdict, ScenarioSummary};

impl RunList {
    /// Reads what each run of a folder says of itself. `now` is how long those run that go on.
    ///
    /// # Errors
    ///
    /// If the folder cannot be listed. A run that cannot be read is in the list as such.
    pub async fn read(store: &DatasetStore, now: Timestamp) -> Result<RunList, ReportError> {
        let heads = RunHead::read_all(store, list_runs(store).await?).await.into_iter();
        let runs = heads.map(|(run_id, head)| match head {
            // What ended was to do something: who it was is lost.
            Ok(RunHead { record: None, outcome: Some(_), .. }) => {
                let place = store.place().to_owned();
                unreadable(&run_id, &StorageError::NoRecord { run_id: run_id.clone(), place })
            }
            Ok(head) => entry(&run_id, head, now),
            Err(error) => unreadable(&run_id, &error),
        });
        Ok(RunList { version: RUN_LIST_VERSION, runs: runs.collect() })
    }
}

pub(crate) fn entry(run_id: &RunId, head: RunHead, now: Timestamp) -> RunEntry {
    let RunHead { record, outcome, is_running } = head;
    let verdict = match outcome.as_ref().map(|outcome| outcome.verdict) {
        Some(Verdict::Pass) => RunVerdict::Pass,
        Some(Verdict::Fail) => RunVerdict::Fail,
        None if is_running => RunVerdict::Running,
        None => RunVerdict::Incomplete,
    };
    let end = outcome.as_ref().map(|outcome| outcome.ended_at).or(is_running.then_some(now));
    let unended = if is_running { RunStatus::Running } else { RunStatus::Incomplete };
    let status = outcome.as_ref().map_or(unended, |outcome| outcome.status);
    let generator_saturated = outcome.as_ref().and_then(|outcome| outcome.generator_saturated);
    let blank = blank(run_id, verdict, outcome.and_then(|outcome| outcome.reason));
    let blank = RunEntry { status: Some(status), generator_saturated, ..blank };
    match record {
        Some(record) => described(blank, record, end),
        None => blank,
    }
}

fn described(entry: RunEntry, record: RunRecord, end: Option<Timestamp>) -> RunEntry {
    let RunRecord { plan, started_at, tags, .. } = record;
    RunEntry {
        load: plan.scenarios.iter().map(|scenario| ScenarioSummary::from(scenario).load).collect(),
        journey: Some(plan.title()),
        tags: tags.iter().map(ToString::to_string).collect(),
        target: plan.target,
        started_at: Some(rfc3339(started_at)),
        duration_ms: end.map(|end| end.since(started_at).as_secs_f64() * 1e3),
        ..entry
    }
}

fn unreadable(run_id: &RunId, error: &StorageError) -> RunEntry {
    blank(run_id, RunVerdict::Unreadable, Some(outrider_model::with_causes(error)))
}

fn blank(run_id: &RunId, verdict: RunVerdict, reason: Option<String>) -> RunEntry {
    RunEntry {
        id: run_id.to_string(),
        verdict,
        status: None,
        generator_saturated: None,
        reason,
        journey: None,
        tags: Vec::new(),
        target: None,
        load: Vec::new(),
        started_at: None,
        duration_ms: None,
    }
}
