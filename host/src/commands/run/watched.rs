//! `host run --watch`: a run goes on until there is a new build that is sound.
//!
//! ```text
//!            ┌───────────── sound: the run ends, and is reported ─────────────┐
//!            ▼                                                                │
//! build ─► run ── a change ─► build beside it ─┬──────────────────────────────┘
//!   ▲        └─ its end ─► wait for a change   └─ broken: said, and the run goes on
//!   └────────────────────────────┘
//! ```
//!
//! A run is of one build: what it measured is never a mixture of two.

use std::time::Duration;

use outrider_session::{Exit, Phase, Session, SessionEnd, StopHandle};

use super::{Request, conclude, debug, prepare, prepare_failure, show};
use crate::Env;
use crate::changes::Changes;
use crate::cli::RunArgs;
use crate::commands::watch;
use crate::failure::Failure;
use crate::signals::Signals;
use crate::terminal::{Live, describe_plan};

/// How long iterations under way may go on when there is a new build: their author waits.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn run(env: &mut Env, args: &RunArgs, verbose: bool) -> Result<Exit, Failure> {
    let mut signals = Signals::listen().map_err(|error| Failure::unexpected(&error))?;
    let mut changes = watch::of(args)?;
    // It hears what comes while the first build is made, and ends the run that it is for.
    let mut heard = listen()?;
    let mut build = next(env, args);
    loop {
        let exit = match build {
            Err(failure) if failure.exit == Exit::Usage => return Err(failure),
            Err(failure) => watch::said(env, Err(failure)),
            Ok(request) => {
                let out = request.config.out.clone();
                let (ended, next) = Box::pin(one(env, args, request, verbose, &mut changes, heard)).await;
                let concluded = match (ended, &next) {
                    (Ok(end), None) => conclude(env, args, &out, &end).await,
                    // Its end was no fault of anybody's.
                    (Ok(end), Some(_)) => show(env, args, &out, &end).await.map(|_| end.exit()),
                    (Err(failure), _) => Err(failure),
                };
                let exit = watch::said(env, concluded);
                if signals.has_come().await {
                    return Ok(exit);
                }
                if let Some(next) = next {
                    heard = listen()?;
                    build = Ok(next);
                    continue;
                }
                exit
            }
        };
        if !watch::wait(env, &mut changes, &mut signals).await {
            return Ok(exit);
        }
        heard = listen()?;
        build = next(env, args);
    }
}

fn listen() -> Result<Signals, Failure> {
    Signals::listen().map_err(|error| Failure::unexpected(&error))
}

/// Builds what the command line names. Meanwhile users go on, on the runtime's other threads.
fn next(env: &Env, args: &RunArgs) -> Result<Request, Failure> {
    tokio::task::block_in_place(|| Request::of(env, args, debug::faults(args)))
}

/// A build that a run may begin with.
async fn next_sound(env: &Env, args: &RunArgs) -> Result<Request, Failure> {
    let request = next(env, args)?;
    Session::dry_run(request.config.clone()).await.map_err(prepare_failure)?;
    Ok(request)
}

/// One run, and the build for the next one if a change ended it.
async fn one(
    env: &Env,
    args: &RunArgs,
    request: Request,
    verbose: bool,
    changes: &mut Changes,
    signals: Signals,
) -> (Result<SessionEnd, Failure>, Option<Request>) {
    let digests = digests(&request);
    if let Err(failure) = watch::also(changes, &request.sources) {
        return (Err(failure), None);
    }
    let session = match prepare(env, args, request, verbose, None).await {
        Ok(session) => session,
        Err(failure) => return (Err(failure), None),
    };
    env.say(&describe_plan(&session, env.style_err()));
    let stop = StopHandle::new();
    let heed = tokio::spawn(signals.end(stop.clone(), session.watch(), env.talk()));
    let live = Live::start(session.watch(), env.err_is_terminal(), env.talk());
    let watch = session.watch();
    // A task of its own, so that a build does not hold it up.
    let mut running = tokio::spawn(session.run(stop.clone()));
    let mut next: Option<Request> = None;
    let mut is_patient = true;
    let ended = loop {
        tokio::select! {
            ended = &mut running => break ended,
            () = changes.next(), if next.is_none() => next = swap(env, args, &digests, &stop).await,
            () = tokio::time::sleep(PATIENCE), if next.is_some() && is_patient => {
                is_patient = false;
                // Teardown is left to finish: it cleans up at the target.
                if watch.phase() != Phase::Finishing {
                    stop.abort();
                }
            }
        }
    };
    live.end().await;
    heed.abort();
    let ended = match ended {
        Ok(ended) => ended.map_err(|error| Failure::unexpected(&error)),
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    };
    (ended, next)
}

/// Builds anew after a change. A build that is sound and another one ends the run.
async fn swap(env: &Env, args: &RunArgs, digests: &[String], stop: &StopHandle) -> Option<Request> {
    match next_sound(env, args).await {
        Err(failure) => {
            failure.print(env);
            env.say("the run goes on with the last build that works");
            None
        }
        Ok(request) if self::digests(&request) == digests => None,
        Ok(request) => {
            env.say("a new build: the run ends, and the next one begins");
            stop.stop();
            Some(request)
        }
    }
}

/// What tells one build from another: the plan and the components.
fn digests(request: &Request) -> Vec<String> {
    let config = &request.config;
    let journeys = config.journeys.iter().filter_map(|journey| journey.plugin.as_ref().ok());
    let packs = config.packs.iter().filter_map(|pack| pack.as_ref().ok()).map(|pack| &pack.plugin);
    let components = journeys.chain(packs).map(|plugin| plugin.reference().digest);
    let plan = request.document.iter().map(|document| format!("{:?}", document.plan));
    plan.chain(components).collect()
}
