//! `host check`: a run's pre-flight.

pub(crate) mod alert;
mod channel;
mod document;
pub(crate) mod faults;
mod input;
mod plugins;
pub(crate) mod transform;
mod unread;

use outrider_engine::World;
use outrider_session::{Exit, Session, SessionConfig, StopHandle, Trial};

use super::plugin::Compilation;
use super::run::{Request, prepare_failure};
use super::watch::{self, Watching};
use crate::Env;
use crate::cli::{CheckArgs, RunArgs, RunFormat};
use crate::failure::{Failure, Fault};
use crate::signals::Signals;
use crate::terminal::{describe_check, log_listener};

pub(crate) use alert::alert_json_schema;
pub(crate) use channel::{ChannelReport, channel_json_schema};
pub(crate) use document::{
    CallEntry, CheckReport, DataEntry, EstimateEntry, IterationEntry, MachineEntry, MetricEntry,
    RequestEntry, SeenEntry, ThresholdEntry, json_schema, schema_of, verdict,
};

pub(crate) use input::MAX_INPUT_BYTES;
pub(crate) use transform::{OutcomeEntry, TransformReport, transform_json_schema};

pub(crate) async fn run(env: &mut Env, args: &CheckArgs) -> Result<Exit, Failure> {
    match args.run.watch {
        false => once(env, args, None).await,
        true => {
            watch::again(env, &args.run, async |env, watching| once(env, args, Some(watching)).await).await
        }
    }
}

/// One check. What it is made of is watched by `watching`.
async fn once(env: &mut Env, args: &CheckArgs, watching: Option<&mut Watching>) -> Result<Exit, Failure> {
    let run = &args.run;
    if let Some(fault) = not_for_a_check(run) {
        return Err(Failure::new(Exit::Usage, fault));
    }
    let Request { config, compilations, sources, document, .. } = Request::of(env, run, Vec::new())?;
    plugins::refuse_input(args, &config)?;
    if let Some(watching) = watching {
        watching.also(&sources)?;
        watching.also(args.input.as_slice())?;
        if watching.is_to_end().await {
            return Ok(Exit::Interrupted);
        }
    }
    let config = SessionConfig { listener: Some(log_listener(env.talk())), ..config };
    if let Some(world @ (World::Transform | World::AlertChannel)) = plugins::world(&config) {
        compilations.into_iter().for_each(Compilation::say_done);
        return Box::pin(plugins::run(env, args, config, document.as_ref(), world)).await;
    }
    let signals = Signals::listen().map_err(|error| Failure::unexpected(&error))?;
    let stop = StopHandle::new();
    let heed = tokio::spawn(signals.end_check(stop.clone(), env.talk()));
    let tried = Box::pin(Session::trial(config, &stop)).await;
    heed.abort();
    let trial = tried.map_err(prepare_failure)?;
    compilations.into_iter().for_each(Compilation::say_done);
    Ok(conclude(env, run.format, &trial))
}

/// A check takes the command line of a run, but for what makes it another kind of run.
fn not_for_a_check(args: &RunArgs) -> Option<Fault> {
    let (flag, hint) = match (args.debug.debug, args.dry_run, args.format) {
        (true, ..) => ("--debug", "host run --debug walks through one iteration and shows everything"),
        (_, true, _) => ("--dry-run", "host run --dry-run shows the plan and sends nothing"),
        (.., RunFormat::Jsonl) => ("--format jsonl", "--format json says the same in one document"),
        (false, false, RunFormat::Text | RunFormat::Json) => return None,
    };
    let fault =
        Fault::new(format!("host check takes no {flag}: it tries each scenario and says what it saw"));
    Some(fault.hint(hint))
}

/// Says what was seen, then what is wrong with it.
fn conclude(env: &mut Env, format: RunFormat, trial: &Trial) -> Exit {
    let (faults, warnings) = (faults::faults(trial), faults::warnings(trial));
    let report = CheckReport::of(trial, &faults, &warnings);
    let text = match format == RunFormat::Text {
        true => describe_check(&report, trial.end(), env.style_out()),
        false => report.json(),
    };
    env.print(&text);
    for warning in warnings {
        env.say(&format!("{} {warning}", env.style_err().cyan("warning:")));
    }
    let exit = trial.end().exit();
    Failure::all(exit, faults).print(env);
    exit
}
