//! `host recover`, and what other commands do by themselves: runs that were killed get their last rows back.

use std::collections::BTreeMap;

use outrider_model::units::counted;
use outrider_model::{RunClock, RunId};
use outrider_session::Exit;
use outrider_storage::{
    DatasetStore, RecoveredRun, RecoveredWorker, RunHead, StorageError, needs_recovery, recover_run, rfc3339,
    runs_to_recover,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::Env;
use crate::cli::{RecoverArgs, RecoverFormat};
use crate::commands::check::schema_of;
use crate::commands::report::{Place, storage_failure};
use crate::commands::runs;
use crate::failure::{Failure, Fault};

/// What `host recover --format json` prints.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct Document {
    /// The runs of which something was recovered, the oldest first.
    runs: Vec<RecoveredRows>,
    /// Runs that lacked nothing but their outcome in the bucket, which is there now.
    ended: Vec<String>,
    /// Runs that are no longer in the bucket, while this machine still keeps something of them: `host runs rm` removes it.
    gone: Vec<String>,
}

/// A run of which something was recovered.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RecoveredRun")]
struct RecoveredRows {
    /// Its id.
    id: String,
    /// Its workers of which something was recovered.
    workers: Vec<Worker>,
}

/// A worker that was killed, or could not write its rows.
#[derive(Debug, Serialize, JsonSchema)]
struct Worker {
    /// Its number, from 0.
    worker: u32,
    /// Whether all its rows are there: it was not killed, but could not write them.
    complete: bool,
    /// Up to when its rows are there, in RFC 3339; later ones are lost, unless it is complete.
    until: String,
    /// Rows that were recovered, by table.
    rows: BTreeMap<String, u64>,
    /// Why its write-ahead log could not be read to its end; null if it could.
    damage: Option<String>,
}

/// The JSON Schema of [`Document`].
pub(crate) fn json_schema() -> String {
    schema_of::<Document>()
}

/// Recovers the runs that are named, or all of the folder.
pub(crate) async fn run(env: &mut Env, args: &RecoverArgs) -> Result<Exit, Failure> {
    let place = Place::of_out(&args.out);
    let store = place.open()?;
    let chosen = match args.runs.as_slice() {
        [] => runs_to_recover(&store).await.map_err(storage_failure)?,
        named => runs::by_name(&store, &place, named).await?,
    };
    let are_named = !args.runs.is_empty();
    let (mut document, mut faults) = (Document::default(), Vec::new());
    for run_id in chosen {
        match recover_run(&store, &run_id, args.killed, RunClock::start_now().now()).await {
            Ok(RecoveredRun { workers, .. }) if !workers.is_empty() => {
                document.runs.push(RecoveredRows::of(&run_id, &workers));
            }
            Ok(RecoveredRun { outcome: true, .. }) => document.ended.push(run_id.to_string()),
            Ok(_) => {
                if RunHead::read(&store, &run_id).await.is_ok_and(|head| head.is_running) {
                    env.say(&format!("the run '{run_id}' goes on"));
                }
            }
            // What was to be done is nothing, unless it was asked for.
            Err(error @ StorageError::Gone { .. }) if !are_named => {
                say_why_not(env, &run_id, &error);
                document.gone.push(run_id.to_string());
            }
            Err(error) => faults.push(fault(&run_id, &error)),
        }
    }
    match args.format {
        RecoverFormat::Json => env.print(&serde_json::to_string_pretty(&document).expect("text keys only")),
        RecoverFormat::Text => {
            document.runs.iter().for_each(|run| env.print(&run.text()));
            document.ended.iter().for_each(|run| env.print(&of_outcome(run)));
        }
    }
    let has_found = !(document.runs.is_empty() && document.ended.is_empty() && document.gone.is_empty());
    if !has_found && faults.is_empty() {
        env.say("there is nothing to recover");
    }
    if faults.is_empty() { Ok(Exit::Ok) } else { Err(Failure::all(Exit::Unexpected, faults)) }
}

/// Recovers this run if it was killed; says that it did, or why it cannot.
pub(super) async fn unasked(env: &Env, store: &DatasetStore, run_id: &RunId) {
    if !needs_recovery(store, run_id) {
        return;
    }
    match recover_run(store, run_id, false, RunClock::start_now().now()).await {
        Ok(RecoveredRun { workers, outcome }) => {
            let said = match workers.is_empty() {
                false => RecoveredRows::of(run_id, &workers).text(),
                true if outcome => of_outcome(run_id.as_str()),
                true => return,
            };
            env.say(&format!("{} recovered {said}", env.style_err().cyan("note:")));
        }
        Err(error) => say_why_not(env, run_id, &error),
    }
}

/// What was recovered of a run that had all its rows.
fn of_outcome(run_id: &str) -> String {
    format!("{run_id}: its outcome, which was all that it lacked")
}

/// Why the last rows of a run are not recovered, as a note.
fn say_why_not(env: &Env, run_id: &RunId, error: &StorageError) {
    let fault = fault(run_id, error);
    let because = fault.causes.first().map(|cause| format!(": {cause}")).unwrap_or_default();
    env.say(&format!("{} {}{because}", env.style_err().cyan("note:"), fault.message));
    if let Some(hint) = &fault.hint {
        env.say(&format!("{} {hint}", env.style_err().cyan("hint:")));
    }
}

/// Recovers all runs of a dataset that were killed.
pub(super) async fn all_unasked(env: &Env, store: &DatasetStore) {
    // What cannot be listed is said by whoever reads it.
    for run_id in runs_to_recover(store).await.unwrap_or_default() {
        unasked(env, store, &run_id).await;
    }
}

fn fault(run_id: &RunId, error: &StorageError) -> Fault {
    let fault = Fault::of(error);
    let message = format!("the last rows of the run '{run_id}' cannot be recovered: {}", fault.message);
    let stays = || {
        "they stay in the folder `wal` of the run: call `host recover` when that folder can be written to"
            .to_owned()
    };
    let hint = match error {
        _ if error.is_of_far_store() => Some(far_hint(error)),
        StorageError::Put { .. } | StorageError::Get { .. } | StorageError::Log { .. } => None,
        _ => error.hint(),
    };
    Fault { message, ..fault }.hint(hint.unwrap_or_else(stays))
}

/// What to do where the bucket does not take them.
fn far_hint(error: &StorageError) -> String {
    let stays = "they stay on this machine until `host recover` can put them into the bucket";
    error.hint().map_or_else(|| stays.to_owned(), |hint| format!("{hint}; {stays}"))
}

impl RecoveredRows {
    fn of(run_id: &RunId, workers: &[RecoveredWorker]) -> RecoveredRows {
        let worker = |RecoveredWorker { worker, recovery, is_whole }: &RecoveredWorker| Worker {
            worker: *worker,
            complete: *is_whole,
            until: rfc3339::text(recovery.until),
            rows: recovery.rows.iter().map(|(table, rows)| (table.to_string(), *rows)).collect(),
            damage: recovery.damage.clone(),
        };
        RecoveredRows { id: run_id.to_string(), workers: workers.iter().map(worker).collect() }
    }

    fn text(&self) -> String {
        let workers: Vec<String> = self.workers.iter().map(Worker::text).collect();
        format!("{}: {}", self.id, workers.join("; "))
    }
}

impl Worker {
    fn text(&self) -> String {
        let Worker { worker, complete, until, rows, damage } = self;
        let rows = counted(rows.values().sum::<u64>() as f64, "row");
        let damage = damage.as_ref().map(|damage| format!(" ({damage})")).unwrap_or_default();
        match complete {
            true => format!("{rows} of worker {worker}, which could not write them; all are there"),
            false => {
                format!("{rows} of worker {worker}, which was killed; those after {until} are lost{damage}")
            }
        }
    }
}
