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

use outrider_plan::PlanFile;
use outrider_session::{Exit, ParameterValue, Phase, Session, SessionEnd, StopHandle};

use super::{Ending, Request, conclude, debug, prepare, prepare_failure};
use crate::Env;
use crate::cli::RunArgs;
use crate::commands::watch::{self, Watching};
use crate::failure::Failure;
use crate::signals::Signals;
use crate::terminal::{Live, describe_plan};

/// How long iterations under way may go on when there is a new build: their author waits.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn run(env: &mut Env, args: &RunArgs, verbose: bool) -> Result<Exit, Failure> {
    let mut watching = Watching::of(args)?;
    let mut build = next(env, args);
    loop {
        let exit = match build {
            Err(failure) if failure.exit == Exit::Usage => return Err(failure),
            Err(failure) => watch::said(env, Err(failure)),
            // What is asked for during a build is heeded when it is done.
            Ok(_) if watching.is_to_end().await => return Ok(Exit::Interrupted),
            Ok(request) => {
                let ending = Ending::of(&request);
                let (ended, next) = Box::pin(one(env, args, request, verbose, &mut watching)).await;
                let concluded = match ended {
                    Ok(end) => conclude(env, args, &ending, &end).await,
                    Err(failure) => Err(failure),
                };
                let exit = watch::said(env, concluded);
                if watching.is_to_end().await {
                    return Ok(exit);
                }
                if let Some(next) = next {
                    build = Ok(next);
                    continue;
                }
                exit
            }
        };
        if !watching.wait(env).await {
            return Ok(exit);
        }
        build = next(env, args);
    }
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
    watching: &mut Watching,
) -> (Result<SessionEnd, Failure>, Option<Request>) {
    let build = Build::of(&request);
    // Before it is set up: that may take long.
    let signals = match watching.also(&request.sources).and_then(|()| listen()) {
        Ok(signals) => signals,
        Err(failure) => return (Err(failure), None),
    };
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
            () = watching.change(), if next.is_none() => next = swap(env, args, &build, &stop).await,
            () = tokio::time::sleep(PATIENCE), if next.is_some() && is_patient => {
                is_patient = false;
                // Teardown is left to finish: it cleans up at the target.
                if watch.phase() < Phase::Finishing {
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
async fn swap(env: &Env, args: &RunArgs, build: &Build, stop: &StopHandle) -> Option<Request> {
    match next_sound(env, args).await {
        Err(failure) => {
            failure.print(env);
            env.say("the run goes on with the last build that works");
            None
        }
        Ok(request) if Build::of(&request) == *build => {
            env.say("the same build: the run goes on");
            None
        }
        Ok(request) => {
            env.say("a new build: the run ends, and the next one begins");
            stop.replace();
            Some(request)
        }
    }
}

/// What tells one build from another: the components, what packs are given, and what the plan says. Where it says
/// that, and with which comments, makes no difference.
#[derive(Debug, PartialEq)]
struct Build {
    plan: Option<PlanFile>,
    components: Vec<String>,
    parameters: Vec<Vec<(String, ParameterValue)>>,
}

impl Build {
    fn of(request: &Request) -> Build {
        let config = &request.config;
        let journeys = config.journeys.iter().filter_map(|journey| journey.plugin.as_ref().ok());
        let packs = || config.packs.iter().filter_map(|pack| pack.as_ref().ok());
        let components = journeys.chain(packs().map(|pack| &pack.plugin));
        Build {
            plan: request.document.as_ref().map(|document| document.plan.file.clone()),
            components: components.map(|plugin| plugin.reference().digest).collect(),
            parameters: packs().map(|pack| pack.parameters.clone()).collect(),
        }
    }
}

fn listen() -> Result<Signals, Failure> {
    Signals::listen().map_err(|error| Failure::unexpected(&error))
}
