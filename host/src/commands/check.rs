//! `host check`: a run's pre-flight.

mod document;
mod faults;

use outrider_session::{Exit, Session, SessionConfig, StopHandle, Trial};

use super::run::{configure, prepare_failure};
use super::{inputs, plugin};
use crate::Env;
use crate::cli::{RunArgs, RunFormat};
use crate::failure::{Failure, Fault};
use crate::signals::Signals;
use crate::terminal::{describe_check, log_listener};

pub(crate) use document::{
    CallEntry, CheckReport, DataEntry, EstimateEntry, IterationEntry, MachineEntry, RequestEntry, SeenEntry,
    ThresholdEntry, json_schema, verdict,
};

pub(crate) async fn run(env: &mut Env, args: &RunArgs) -> Result<Exit, Failure> {
    if args.debug.debug {
        return Err(Failure::new(Exit::Usage, walks_nobody()));
    }
    // First of all: what is said of the rest holds no secret.
    let secrets = inputs::secrets(env, &args.secrets);
    let opened = plugin::open(env, &args.plugin);
    let config = configure(args, secrets, &opened);
    let config = SessionConfig { listener: Some(log_listener(env.talk())), ..config };
    let signals = Signals::listen().map_err(|error| Failure::unexpected(&error))?;
    let stop = StopHandle::new();
    let heed = tokio::spawn(signals.end_check(stop.clone(), env.talk()));
    let tried = Box::pin(Session::trial(config, &stop)).await;
    heed.abort();
    let trial = tried.map_err(prepare_failure)?;
    if let Some(compilation) = opened.ok().and_then(|opened| opened.compilation) {
        compilation.say_done();
    }
    Ok(conclude(env, args.format, &trial))
}

fn walks_nobody() -> Fault {
    Fault::new("host check takes no --debug: it says what each request did, and keeps no walk")
        .hint("host run --debug walks through one iteration and shows everything")
}

/// Says what was seen, then what is wrong with it.
fn conclude(env: &mut Env, format: RunFormat, trial: &Trial) -> Exit {
    let (faults, warnings) = (faults::faults(trial), faults::warnings(trial));
    let report = CheckReport::of(trial, &faults, &warnings);
    let text = match format {
        RunFormat::Text => describe_check(&report, trial.end(), env.style_out()),
        RunFormat::Json | RunFormat::Jsonl => report.json(),
    };
    env.print(&text);
    for warning in warnings {
        env.say(&format!("{} {warning}", env.style_err().cyan("warning:")));
    }
    let exit = trial.end().exit();
    Failure::all(exit, faults).print(env);
    exit
}
