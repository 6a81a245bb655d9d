//! Which run a report is of: the one that is named, or the latest.

use std::path::Path;

use outrider_model::RunId;
use outrider_storage::{DatasetStore, RunHead, list_runs};

use super::place::{Place, no_runs_in};
use super::storage_failure;
use crate::failure::{Failure, Fault};

/// The run to report.
pub(crate) struct Found {
    pub(crate) store: DatasetStore,
    pub(crate) run_id: RunId,
    /// A newer run that goes on, where the latest was asked for.
    pub(super) newer: Option<RunId>,
}

/// Finds a run by its id or the start of it, or by a folder that leads to runs; without a name the latest.
pub(super) async fn find(out: &str, named: Option<&str>) -> Result<Found, Failure> {
    match named {
        Some(name) => self::named(out, name).await,
        None => in_place(Place::of_out(out)).await,
    }
}

/// The run that a name means.
pub(crate) async fn named(out: &str, named: &str) -> Result<Found, Failure> {
    if named.trim().is_empty() {
        return Err(Failure::invalid(nameless()));
    }
    if let Some(found) = by_id(out, named).await? {
        return Ok(found);
    }
    match Place::of_path(named) {
        Some(place) => in_place(place).await,
        None if Path::new(named).is_dir() => Err(Failure::invalid(no_runs_in(named))),
        None => Err(Failure::invalid(no_such_run(out, named))),
    }
}

/// The latest run, whether it goes on or not.
pub(crate) async fn latest_of_all(out: &str) -> Result<Found, Failure> {
    let found = find(out, None).await?;
    Ok(Found { run_id: found.newer.unwrap_or(found.run_id), store: found.store, newer: None })
}

/// An empty name: every id begins with it.
pub(crate) fn nameless() -> Fault {
    Fault::new("the name of the run is empty")
        .hint("`host runs` lists the runs; where a script names it by a variable, that one is not set")
}

fn no_such_run(out: &str, named: &str) -> Fault {
    let runs = Place::of_out(out).runs();
    Fault::new(format!(
        "there is no run '{named}': no id in '{runs}' begins with it, and there is no such folder"
    ))
    .hint("`host runs` lists the runs; --out names the folder whose folder `runs` keeps them")
}

/// The run whose id is `named` or, alone of all, begins with it.
async fn by_id(out: &str, named: &str) -> Result<Option<Found>, Failure> {
    // What is no part of an id can only be a path; then it does not matter whether `out` is there.
    if RunId::new(named).is_none() {
        return Ok(None);
    }
    let store = match Place::of_out(out).open() {
        Err(_) if Path::new(named).is_dir() => return Ok(None),
        opened => opened?,
    };
    let runs = list_runs(&store).await.map_err(storage_failure)?;
    let mut found: Vec<RunId> = runs.into_iter().filter(|id| id.as_str().starts_with(named)).collect();
    if found.len() > 1 && found.iter().all(|id| id.as_str() != named) {
        let ids: Vec<&str> = found.iter().map(RunId::as_str).collect();
        let fault = Fault::new(format!("'{named}' is the start of several runs")).hint(ids.join(", "));
        return Err(Failure::invalid(fault));
    }
    found.sort_by_key(|id| id.as_str().len());
    Ok(found.into_iter().next().map(|run_id| Found { store, run_id, newer: None }))
}

/// The run that a place names, or its latest one.
async fn in_place(place: Place) -> Result<Found, Failure> {
    let store = place.open()?;
    match place.run.clone() {
        Some(run_id) => Ok(Found { store, run_id, newer: None }),
        None => latest(store, &place).await,
    }
}

/// The latest run that has ended, however. One that goes on is no answer yet: it is taken only where there is
/// no other.
async fn latest(store: DatasetStore, place: &Place) -> Result<Found, Failure> {
    let mut newer = None;
    for run_id in list_runs(&store).await.map_err(storage_failure)?.into_iter().rev() {
        match RunHead::read(&store, &run_id).await {
            Ok(head) if head.is_running => newer = newer.or(Some(run_id)),
            // Killed before it wrote anything: there is nothing to say of it. One that has ended has lost its record: whoever
            // asks for the latest run is told so, and not shown the run before.
            Ok(head) if head.record.is_none() && head.outcome.is_none() => {}
            _ => return Ok(Found { store, run_id, newer }),
        }
    }
    let none = || {
        Failure::invalid(
            Fault::new(format!("there is no run in '{}'", place.runs()))
                .hint("`host run` makes one; --out names the folder whose folder `runs` keeps them"),
        )
    };
    newer.map(|run_id| Found { store, run_id, newer: None }).ok_or_else(none)
}
