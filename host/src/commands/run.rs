//! `host run`.

use std::path::PathBuf;
use std::time::Duration;

use outrider_capability::{HttpConfig, HttpVersionPolicy, parse_target};
use outrider_engine::{CodeCache, Limits};
use outrider_session::{
    Asked, Breakdown, EndReason, Exit, ScenarioConfig, Session, SessionConfig, SessionEnd, SessionError,
    StopHandle,
};

use crate::Env;
use crate::cli::{Format, HttpVersion, RunArgs};
use crate::failure::{Failure, Fault};
use crate::load;
use crate::signals::Signals;
use crate::terminal::{Live, describe_plan};

use super::inspect::describe_failure;
use super::plugin::{self, Opened};
use super::report;

pub(crate) async fn run(env: &mut Env, args: &RunArgs) -> Result<Exit, Failure> {
    let opened = plugin::open(env, &args.plugin);
    let session = Session::prepare(configure(args, &opened)).await.map_err(prepare_failure)?;
    if let Some(compilation) = opened.ok().and_then(|opened| opened.compilation) {
        compilation.say_done();
    }
    // Before the plan is said: who reads it may press Ctrl-C at once.
    let signals = Signals::listen().map_err(|error| Failure::unexpected(&error))?;
    env.say(&describe_plan(&session, env.style_err()));
    let stop = StopHandle::new();
    let heed = tokio::spawn(signals.end(stop.clone(), session.watch(), env.talk()));
    let live = Live::start(session.watch(), env.err_is_terminal(), env.talk());
    let ended = Box::pin(session.run(stop)).await;
    live.end().await;
    heed.abort();
    let end = ended.map_err(|error| Failure::unexpected(&error))?;
    conclude(env, args, &end).await
}

/// What the command line asks for. What of it makes no sense is in its place: the session adds what it finds
/// itself, and refuses all of it at once.
fn configure(args: &RunArgs, opened: &Result<Opened, Fault>) -> SessionConfig {
    let makes_requests = opened.as_ref().is_ok_and(|opened| opened.file.inspection().makes_requests);
    let plugin = opened.as_ref().map(|opened| opened.file.clone());
    SessionConfig {
        plugin: plugin.map_err(|fault| vec![fault.clone()]),
        scenarios: vec![ScenarioConfig {
            name: args.scenario.clone().unwrap_or_else(|| "default".into()),
            plugin_scenario: args.scenario.clone(),
            start_time: Duration::ZERO,
            graceful_stop: args.load.graceful_stop,
            load: load::load(&args.load.flags()),
        }],
        allow_net: args.allow_net.clone(),
        parameters: args.set.clone(),
        data: args.data.iter().map(|(name, path)| (name.clone(), PathBuf::from(path))).collect(),
        seed: args.seed,
        http: http(args, makes_requests),
        limits: Limits {
            memory_bytes: args.max_memory,
            cpu_time: args.max_cpu,
            iteration_timeout: args.iteration_timeout,
            ..Limits::default()
        },
        out: args.out.clone(),
        cache: CodeCache::for_user(),
    }
}

fn http(args: &RunArgs, makes_requests: bool) -> Asked<HttpConfig> {
    if makes_requests && args.target.is_none() && args.allow_net.is_empty() {
        return Err(vec![nothing_to_reach()]);
    }
    let target = args.target.as_deref().map(parse_target).transpose();
    Ok(HttpConfig {
        base_url: target.map_err(|error| vec![Fault::of(&error).hint(error.hint())])?,
        insecure: args.insecure,
        version: match args.http {
            HttpVersion::Auto => HttpVersionPolicy::Negotiate,
            HttpVersion::Http1 => HttpVersionPolicy::Http1,
            HttpVersion::Http2 => HttpVersionPolicy::Http2,
        },
        ..HttpConfig::default()
    })
}

/// Each of its requests would fail.
fn nothing_to_reach() -> Fault {
    Fault::new("the journey makes requests, and there is no host that it may reach").hint(
        "--target URL names its site, for example --target http://127.0.0.1:8080; --allow-net HOST:PORT allows \
         whole URLs",
    )
}

fn prepare_failure(error: SessionError) -> Failure {
    match error {
        SessionError::Invalid(faults) => Failure::all(Exit::Invalid, faults),
        SessionError::Describe(breakdown) => describe_failure(&breakdown),
        SessionError::Storage(error) => report::storage_failure(error),
        SessionError::Machine(ref error) => Failure::unexpected(error),
    }
}

/// Says what was measured and why the run ended, and chooses the exit code.
async fn conclude(env: &mut Env, args: &RunArgs, end: &SessionEnd) -> Result<Exit, Failure> {
    let summary = report::read(&args.out, Some(end.run_id.as_str())).await;
    match &summary {
        Ok(summary) => {
            let text = match args.format {
                Format::Text => report::text(env, summary),
                Format::Json => outrider_report::render_json(summary),
            };
            env.print(&text);
        }
        Err(failure) => {
            failure.print(env);
            if end.exit() == Exit::Ok {
                return Ok(failure.exit);
            }
        }
    }
    if let Some(message) = &end.teardown {
        env.say(&format!("{} teardown failed: {message}", env.style_err().cyan("warning:")));
    }
    for note in end.failures.iter().filter(|note| note.iteration.is_none()) {
        let label = env.style_err().cyan("warning:");
        env.say(&format!("{label} VU {}: {}: {}", note.vu, note.kind, note.message));
    }
    if let Some(fault) = verdict(end) {
        Failure::new(end.exit(), fault).print(env);
    }
    Ok(end.exit())
}

/// Why the run is not simply well, if it is not.
fn verdict(end: &SessionEnd) -> Option<Fault> {
    Some(match &end.reason {
        EndReason::Finished if end.plugin_broke_always() => broken_in_every_iteration(end),
        EndReason::Finished => return end.unanswered().map(|nothing| nothing.fault("no request was answered")),
        EndReason::Stopped => Fault::new("the run was stopped from outside"),
        EndReason::Aborted => Fault::new("the run was aborted from outside"),
        EndReason::AbortedByPlugin { reason } => Fault::new("the journey ended the run").cause(reason.clone()),
        EndReason::SetupFailed(breakdown) => breakdown.fault(format!("{} in setup", breakdown.who())),
        EndReason::VusFailed(breakdown) => broken_users("users could not be started", breakdown),
        EndReason::VusLost { scenario, breakdown } => {
            broken_users(&format!("all users of scenario '{scenario}' were lost"), breakdown)
        }
        EndReason::StorageFailed { message } => Fault::new("rows could not be kept; the run was stopped")
            .cause(message.clone())
            .hint("what was written until then is readable; free some space, or choose another folder with --out"),
    })
}

fn broken_users(what: &str, breakdown: &Breakdown) -> Fault {
    breakdown.fault(format!("{what}: {}", breakdown.who()))
}

fn broken_in_every_iteration(end: &SessionEnd) -> Fault {
    let fault = Fault::new("the plugin broke in every iteration");
    match end.failures.first() {
        Some(note) => fault.cause(format!("{}: {}", note.kind, note.message)).stack(note.stack.as_deref()),
        None => fault,
    }
}
