//! `host runs rm`.

use std::time::Duration;

use outrider_model::{BYTE_UNITS, RunClock, RunId, Timestamp, in_unit};
use outrider_session::Exit;
use outrider_storage::{
    DatasetStore, RunHead, StorageError, list_removable_runs, list_runs, remove_run, rfc3339, sweep_removed,
};

use crate::Env;
use crate::cli::RemoveArgs;
use crate::commands::report::{Place, nameless, storage_failure};
use crate::failure::{Failure, Fault};

/// Removes the runs that are named, or that are too many or too old. Standard output has their ids. A run that goes on is
/// spared: with a word if it was named.
pub(super) async fn run(env: &mut Env, args: &RemoveArgs) -> Result<Exit, Failure> {
    if args.runs.is_empty() && args.keep.is_none() && args.older_than.is_none() {
        return Err(Failure::new(Exit::Usage, nothing_named()));
    }
    let place = Place::of_out(&args.out);
    let store = place.open()?;
    let chosen = match args.runs.as_slice() {
        [] => by_age(&store, args).await?,
        named => spare_running(&store, by_name(&store, &place, named).await?).await?,
    };
    if args.dry_run {
        chosen.iter().for_each(|run_id| env.print(run_id.as_str()));
        env.say(&format!("{} would be removed", runs(chosen.len())));
        return Ok(Exit::Ok);
    }
    let (mut removed, mut bytes, mut faults) = (0, 0, Vec::new());
    for run_id in &chosen {
        match remove_run(&store, run_id).await {
            Ok(run) => {
                env.print(run_id.as_str());
                (removed, bytes) = (removed + 1, bytes + run.bytes);
                if run.was_gone {
                    let place = store.place();
                    env.say(&format!(
                        "note: '{run_id}' was no longer in '{place}': what this machine kept of it is removed"
                    ));
                }
            }
            // It began after the runs were chosen, or another command was faster.
            Err(StorageError::GoesOn { .. } | StorageError::NoSuchRun { .. }) if args.runs.is_empty() => {}
            Err(error) => {
                if matches!(error, StorageError::Left { .. }) {
                    env.print(run_id.as_str());
                    removed += 1;
                }
                faults.push(Fault::of(&error).maybe_hint(error.hint()));
            }
        }
    }
    if faults.is_empty()
        && let Err(error) = sweep_removed(&store).await
    {
        let runs = place.runs();
        env.say(&format!(
            "note: what is left of runs that were removed before still lies in '{runs}': {error}"
        ));
    }
    let (size, unit) = in_unit(bytes as f64, 3, &BYTE_UNITS);
    env.say(&format!("removed {}, {size} {unit}", runs(removed)));
    if faults.is_empty() { Ok(Exit::Ok) } else { Err(Failure::all(Exit::Invalid, faults)) }
}

fn nothing_named() -> Fault {
    Fault::new("nothing says which runs to remove").hint(
        "name some, as `host runs` lists them, or give --keep N (all but the latest N), --older-than 30d, or both",
    )
}

fn runs(count: usize) -> String {
    format!("{count} {}", if count == 1 { "run" } else { "runs" })
}

/// All that are named, or every fault of the names. A run that is no longer in its bucket, while this machine still keeps
/// something of it, can be named.
pub(crate) async fn by_name(
    store: &DatasetStore,
    place: &Place,
    named: &[String],
) -> Result<Vec<RunId>, Failure> {
    let runs = list_removable_runs(store).await.map_err(storage_failure)?;
    let (mut chosen, mut faults) = (Vec::new(), Vec::new());
    for name in named {
        if name.trim().is_empty() {
            faults.push(nameless());
            continue;
        }
        let found: Vec<&RunId> = match runs.iter().find(|run_id| run_id.as_str() == name) {
            Some(exact) => vec![exact],
            None => runs.iter().filter(|run_id| run_id.as_str().starts_with(name)).collect(),
        };
        match found.as_slice() {
            [run_id] if chosen.contains(*run_id) => {}
            [run_id] => chosen.push((*run_id).clone()),
            [] => faults.push(
                Fault::new(format!("there is no run '{name}' in '{}'", place.runs()))
                    .hint("see `host runs` for the runs there are"),
            ),
            several => {
                let ids: Vec<&str> = several.iter().map(|run_id| run_id.as_str()).collect();
                faults
                    .push(Fault::new(format!("'{name}' is the start of several runs")).hint(ids.join(", ")));
            }
        }
    }
    if faults.is_empty() { Ok(chosen) } else { Err(Failure::all(Exit::Invalid, faults)) }
}

/// What was named must have ended.
async fn spare_running(store: &DatasetStore, chosen: Vec<RunId>) -> Result<Vec<RunId>, Failure> {
    let mut faults = Vec::new();
    for run_id in &chosen {
        if RunHead::read(store, run_id).await.is_ok_and(|head| head.is_running) {
            let error = StorageError::GoesOn { run_id: run_id.clone() };
            faults.push(Fault::of(&error).maybe_hint(error.hint()));
        }
    }
    if faults.is_empty() { Ok(chosen) } else { Err(Failure::all(Exit::Invalid, faults)) }
}

/// Those that `--keep` and `--older-than` let go: both must, where both are given.
async fn by_age(store: &DatasetStore, args: &RemoveArgs) -> Result<Vec<RunId>, Failure> {
    let there = list_runs(store).await.map_err(storage_failure)?;
    let mut runs = there.clone();
    if args.keep.is_none() && args.older_than.is_none() {
        // Nothing was asked for: that is said before, and no slip there may cost a dataset.
        runs.clear();
    }
    runs.truncate(runs.len().saturating_sub(args.keep.unwrap_or(0)));
    if args.older_than.is_some() {
        // Those that are gone from a bucket count as none of those to keep.
        runs.extend(store.spooled_runs().into_iter().filter(|run_id| !there.contains(run_id)));
    }
    let now = RunClock::start_now().now();
    let mut chosen = Vec::new();
    for run_id in runs {
        // One that cannot be read is as old as its id says.
        let head = RunHead::read(store, &run_id).await.ok();
        let is_running = head.as_ref().is_some_and(|head| head.is_running);
        let started = head.and_then(|head| head.record).map(|record| record.started_at);
        let old = args.older_than.is_none_or(|age| {
            started.or_else(|| second_of(&run_id)).is_some_and(|started| is_older(started, age, now))
        });
        if old && !is_running {
            chosen.push(run_id);
        }
    }
    Ok(chosen)
}

fn is_older(started: Timestamp, age: Duration, now: Timestamp) -> bool {
    let age = i64::try_from(age.as_nanos()).unwrap_or(i64::MAX);
    now.0.saturating_sub(started.0) > age
}

/// The second that an id tells: `20260131T120000Z-4f2a9c`.
fn second_of(run_id: &RunId) -> Option<Timestamp> {
    let text = run_id.as_str();
    let part = |from: usize, to: usize| text.get(from..to);
    let (date, time) =
        ([part(0, 4)?, part(4, 6)?, part(6, 8)?], [part(9, 11)?, part(11, 13)?, part(13, 15)?]);
    rfc3339::parse(&format!("{}T{}Z", date.join("-"), time.join(":"))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_when_its_run_began() {
        let second = |id: &str| second_of(&RunId::new(id).unwrap()).map(rfc3339::text);
        assert_eq!(
            second("20260131T120000Z-4f2a9c").unwrap(),
            rfc3339::text(rfc3339::parse("2026-01-31T12:00:00Z").unwrap())
        );
        assert_eq!(second("mine"), None);
    }

    #[test]
    fn what_is_as_old_as_the_limit_stays() {
        let hour = Duration::from_secs(3_600);
        let now = Timestamp(10_000_000_000_000);
        assert!(!is_older(Timestamp(now.0 - 3_600_000_000_000), hour, now));
        assert!(is_older(Timestamp(now.0 - 3_600_000_000_001), hour, now));
    }
}
