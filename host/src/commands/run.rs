//! `host run`.

mod annotations;
mod document;
mod dry_run;
mod last_scrape;
mod request;
mod watched;

use outrider_session::{
    Breakdown, EndReason, Exit, JourneyEnd, JsonlTarget, PackAccount, Session, SessionConfig, SessionEnd,
    SessionError, StopHandle,
};
use outrider_storage::DatasetStore;

use crate::Env;
use crate::cli::{RunArgs, RunFormat};
use crate::commands::report;
use crate::commands::watch::{self, Watching};
use crate::failure::{Failure, Fault};
use crate::signals::Signals;
use crate::terminal::{Live, Walk, describe_plan, log_listener};

use super::debug;
use super::inspect::describe_failure;
use super::plugin::Compilation;
use super::recover;
pub(super) use document::Document;
pub(crate) use dry_run::json_schema as dry_run_json_schema;
pub(super) use request::Request;

pub(crate) async fn run(env: &mut Env, args: &RunArgs, verbose: bool) -> Result<Exit, Failure> {
    match (args.watch, args.debug.debug || args.dry_run) {
        (false, _) => Box::pin(once(env, args, verbose, None)).await,
        (true, false) => Box::pin(watched::run(env, args, verbose)).await,
        (true, true) => {
            let once = async |env: &mut Env, watching: &mut Watching| {
                Box::pin(once(env, args, verbose, Some(watching))).await
            };
            watch::again(env, args, once).await
        }
    }
}

/// One run. What it is made of is watched by `watching`.
async fn once(
    env: &mut Env,
    args: &RunArgs,
    verbose: bool,
    watching: Option<&mut Watching>,
) -> Result<Exit, Failure> {
    let request = Request::of(env, args, debug::faults(args))?;
    if let Some(watching) = watching {
        watching.also(&request.sources)?;
        if watching.is_to_end().await {
            return Ok(Exit::Interrupted);
        }
    }
    if args.dry_run {
        return Box::pin(dry_run::run(env, args, request)).await;
    }
    let ending = Ending::of(&request);
    // A folder that is not there yet has nothing to recover.
    if let Ok(store) = DatasetStore::open(&ending.out) {
        recover::all_unasked(env, &store).await;
    }
    let walk = debug::walk(env, args)?;
    let ended = Box::pin(load(env, args, request, verbose, walk.as_ref())).await;
    if let Some(walk) = walk {
        env.give_back_output(walk.end());
    }
    conclude(env, args, &ending, &ended?).await
}

/// What is wanted of a run when it has ended.
#[derive(Clone, Debug)]
struct Ending {
    /// Where its rows are.
    out: String,
    /// Standard output carries rows: the report goes where the rest is said.
    has_rows_on_stdout: bool,
}

impl Ending {
    fn of(request: &Request) -> Ending {
        let jsonl = request.config.export.as_ref().ok().and_then(|export| export.jsonl.as_ref());
        let has_rows_on_stdout = matches!(jsonl, Some(JsonlTarget::Stream(_)));
        Ending { out: request.config.out.clone(), has_rows_on_stdout }
    }
}

/// Prepares the run and makes its load.
async fn load(
    env: &Env,
    args: &RunArgs,
    request: Request,
    verbose: bool,
    walk: Option<&Walk>,
) -> Result<SessionEnd, Failure> {
    let has_thresholds = !request.config.thresholds.is_empty();
    let session = prepare(env, args, request, verbose, walk).await?;
    // Before the plan is said: who reads it may press Ctrl-C at once.
    let signals = Signals::listen().map_err(|error| Failure::unexpected(&error))?;
    env.say(&describe_plan(&session, env.style_err()));
    if walk.is_some() && has_thresholds {
        debug::say_unjudged(env);
    }
    let stop = StopHandle::new();
    let heed = tokio::spawn(signals.end(stop.clone(), session.watch(), env.talk()));
    // Lines that are redrawn would be redrawn over a walk.
    let live = walk.is_none().then(|| Live::start(session.watch(), env.err_is_terminal(), env.talk()));
    let last = session.last_scrape();
    let ended = Box::pin(session.run(stop)).await;
    if let Some(live) = live {
        live.end().await;
    }
    heed.abort();
    let ended = ended.map_err(|error| Failure::unexpected(&error))?;
    if let Some(last) = last.filter(|_| ended.reason != EndReason::Aborted) {
        last_scrape::wait(env, &last).await;
    }
    Ok(ended)
}

/// Makes the run ready.
async fn prepare(
    env: &Env,
    args: &RunArgs,
    request: Request,
    verbose: bool,
    walk: Option<&Walk>,
) -> Result<Session, Failure> {
    // A walk has what is logged.
    let listener = (walk.is_none() && (verbose || request.is_a_try())).then(|| log_listener(env.talk()));
    let Request { config, compilations, .. } = request;
    let planned = config.annotations.clone();
    let config = SessionConfig { listener, debug: walk.map(|walk| debug::config(args, walk)), ..config };
    let session = Box::pin(Session::prepare(config)).await.map_err(prepare_failure)?;
    compilations.into_iter().for_each(Compilation::say_done);
    annotations::warn(env, &planned, session.plan());
    Ok(session)
}

/// What keeps a run from beginning.
pub(crate) fn prepare_failure(error: SessionError) -> Failure {
    match error {
        SessionError::Invalid(faults) => Failure::all(Exit::Invalid, faults),
        SessionError::Describe { journey, breakdown } => describe_failure(&journey, &breakdown),
        SessionError::DescribePack { name, breakdown } => {
            Failure::new(breakdown.exit(), breakdown.fault_of_pack(&name))
        }
        SessionError::Broke { who, call, breakdown } => {
            Failure::new(breakdown.exit(), breakdown.fault(format!("{} in {call}", breakdown.who(&who))))
        }
        SessionError::Storage(error) => report::storage_failure(error),
        SessionError::Machine(ref error) => Failure::unexpected(error),
    }
}

/// Says what was measured and why the run ended, and chooses the exit code.
async fn conclude(env: &mut Env, args: &RunArgs, ending: &Ending, end: &SessionEnd) -> Result<Exit, Failure> {
    if let Some(exit) = show(env, args, ending, end).await? {
        return Ok(exit);
    }
    if let Some(fault) = verdict(end, &ending.out) {
        Failure::new(end.exit(), fault).print(env);
    }
    Ok(end.exit())
}

/// Says what was measured, and what is worth knowing of it. The exit of a run that was well, where its report is not.
async fn show(
    env: &mut Env,
    args: &RunArgs,
    ending: &Ending,
    end: &SessionEnd,
) -> Result<Option<Exit>, Failure> {
    if end.is_left_here {
        say_left_here(env, ending, end);
        say_warnings(env, end);
        return Ok(None);
    }
    let summary = report::read(&ending.out, Some(end.run_id.as_str())).await;
    match &summary {
        Ok(summary) => match (args.debug.debug, args.format) {
            (true, _) => debug::say_where(env, summary),
            (false, RunFormat::Json) => env.print(&outrider_report::render_json(summary)),
            (false, _) if ending.has_rows_on_stdout => env.say(&report::text(env, summary)),
            (false, _) => env.print(&report::text(env, summary)),
        },
        Err(failure) => {
            failure.print(env);
            if end.exit() == Exit::Ok {
                return Ok(Some(failure.exit));
            }
        }
    }
    say_warnings(env, end);
    Ok(None)
}

/// There is no report: what it would be of is not in the bucket, which does not answer.
fn say_left_here(env: &Env, ending: &Ending, end: &SessionEnd) {
    let (style, out) = (env.style_err(), &ending.out);
    let (warning, hint) = (style.cyan("warning:"), style.cyan("hint:"));
    env.say(&format!(
        "{warning} not all of the run '{}' is in '{out}': the rest is on this machine",
        end.run_id
    ));
    env.say(&format!("{hint} `host recover --out {out}` puts it there; then `host report` shows the run"));
}

/// What is worth knowing of a run besides its report.
fn say_warnings(env: &Env, end: &SessionEnd) {
    let mut warnings = end.teardown.clone();
    if let EndReason::DataExhausted { reason } = &end.reason {
        warnings.push(format!("the run ended before its time: {reason}"));
    }
    warnings.extend(end.remarks.iter().chain(&end.unexported).cloned());
    let broken = end.packs.iter().filter(|pack| pack.broke > 0 && !pack.broke_always());
    warnings.extend(broken.map(broken_at_times));
    for warning in warnings {
        env.say(&format!("{} {warning}", env.style_err().cyan("warning:")));
    }
    for note in end.failures.iter().filter(|note| note.iteration.is_none()) {
        let label = env.style_err().cyan("warning:");
        env.say(&format!("{label} VU {}: {}: {}", note.vu, note.kind, note.message));
    }
}

/// Why the run is not simply well, if it is not.
fn verdict(end: &SessionEnd, out: &str) -> Option<Fault> {
    Some(match &end.reason {
        EndReason::Finished | EndReason::DataExhausted { .. } => return shortcoming(end),
        EndReason::ThresholdCrossed { threshold, value } => {
            Fault::new("a threshold ended the run").cause(format!("{threshold}: {value}"))
        }
        // Whoever asked for that has said so.
        EndReason::Replaced => return None,
        EndReason::Stopped => Fault::new("the run was stopped from outside"),
        EndReason::Aborted => Fault::new("the run was aborted from outside"),
        EndReason::AbortedByPlugin { journey, reason } => {
            Fault::new(format!("{journey} ended the run")).cause(reason.clone())
        }
        EndReason::SetupFailed { journey, breakdown } => {
            breakdown.fault(breakdown.who_in("setup", journey.as_deref()))
        }
        EndReason::VusFailed { scenario: None, breakdown } => {
            broken_users("users could not be started", breakdown)
        }
        EndReason::VusFailed { scenario: Some(scenario), breakdown } => {
            broken_users(&format!("users of scenario '{scenario}' could not be started"), breakdown)
        }
        EndReason::VusLost { scenario, breakdown } => {
            broken_users(&format!("all users of scenario '{scenario}' were lost"), breakdown)
        }
        EndReason::StorageFailed { message } => Fault::new("rows could not be kept; the run was stopped")
            .cause(message.clone())
            .hint(unkept_hint(out)),
    })
}

/// What to do about rows that could not be kept.
fn unkept_hint(out: &str) -> String {
    match DatasetStore::open(out).is_ok_and(|store| store.is_remote()) {
        true => format!(
            "what is not in the bucket is in the write-ahead log of this machine: `host recover --out {out}` puts it there \
             when the bucket takes it"
        ),
        false => {
            "what was written until then is readable; free some space, or choose another folder with --out"
                .to_owned()
        }
    }
}

/// Why a run that came to its end is not well, in the order of [`SessionEnd::exit`].
fn shortcoming(end: &SessionEnd) -> Option<Fault> {
    if let Some(journey) = end.broken_journey() {
        return Some(broken_in_every_iteration(end, journey));
    }
    let unanswered = end.unanswered().map(|nothing| nothing.fault("no request was answered"));
    unanswered.or_else(|| end.broken_pack().map(broken_in_every_call)).or_else(|| thresholds_not_passed(end))
}

fn broken_users(what: &str, breakdown: &Breakdown) -> Fault {
    breakdown.fault(format!("{what}: {}", breakdown.who("the journey")))
}

fn broken_in_every_iteration(end: &SessionEnd, journey: &JourneyEnd) -> Fault {
    let fault = Fault::new(format!("{} broke in every iteration", journey.title));
    let is_its_own = |scenario: &str| journey.scenarios.iter().any(|name| name == scenario);
    match end.failures.iter().find(|note| is_its_own(&note.scenario)) {
        Some(note) => fault.cause(format!("{}: {}", note.kind, note.message)).stack(note.stack.as_deref()),
        None => fault,
    }
}

/// `assertion pack 'x' broke in 3 of 120 calls …`.
fn broken_at_times(pack: &PackAccount) -> String {
    let fault = pack.first_fault.as_ref();
    let said = fault.map_or(String::new(), |fault| format!("; first: {}: {}", fault.kind, fault.message));
    let skipped = match pack.skipped {
        0 => String::new(),
        skipped => format!(", and was spared {skipped} more"),
    };
    format!("assertion pack '{}' broke in {} of {} calls{skipped}{said}", pack.name, pack.broke, pack.asked)
}

fn broken_in_every_call(pack: &PackAccount) -> Fault {
    let fault =
        Fault::new(format!("the assertion pack '{}' broke in every call: it judged nothing", pack.name));
    match &pack.first_fault {
        Some(first) => {
            fault.cause(format!("{}: {}", first.kind, first.message)).stack(first.stack.as_deref())
        }
        None => fault,
    }
}

/// `2 of 5 thresholds are not passed`, and what came of each of them.
fn thresholds_not_passed(end: &SessionEnd) -> Option<Fault> {
    let failed: Vec<_> = end.failed_thresholds().collect();
    let (count, all) = (failed.len(), end.thresholds.len());
    let words = match (count, all) {
        (0, _) => return None,
        (1, 1) => "the threshold is not passed".to_owned(),
        (1, _) => format!("1 of {all} thresholds is not passed"),
        _ => format!("{count} of {all} thresholds are not passed"),
    };
    let fault = failed.iter().fold(Fault::new(words), |fault, threshold| {
        fault.cause(format!("{}: {}", threshold.threshold, threshold.in_words()))
    });
    let without_data = failed.iter().any(|threshold| threshold.reason.as_deref() == Some("no data"));
    Some(fault.maybe_hint(without_data.then(|| {
        "no data: nothing was measured that fits the metric and all of its tags; the report has the names"
            .into()
    })))
}
