//! `host run`.

use std::path::PathBuf;

use outrider_capability::{HttpConfig, HttpVersionPolicy, parse_target};
use outrider_engine::{CodeCache, Limits};
use outrider_scheduler::StopHandle;
use outrider_session::{EndReason, ScenarioConfig, Session, SessionConfig, SessionEnd, SessionError};

use crate::Env;
use crate::cli::{Format, HttpVersion, RunArgs};
use crate::failure::{Failure, Fault};
use crate::load;
use crate::terminal::{Live, describe_plan};
use outrider_session::Exit;

use super::{plugin, report};

pub(crate) async fn run(env: &mut Env, args: &RunArgs) -> Result<Exit, Failure> {
    let config = configure(env, args).await?;
    let session = Session::prepare(config).await.map_err(prepare_failure)?;
    let style = env.style_err();
    env.say(&describe_plan(session.plan(), session.description(), session.location(), style));
    let stop = StopHandle::new();
    let signals = tokio::spawn(stop_on_signals(stop.clone()));
    let end = {
        let _live = Live::start(session.watch(), env.err_is_terminal(), plain_line);
        Box::pin(session.run(stop)).await
    }
    .map_err(|error| Failure::unexpected(&error))?;
    signals.abort();
    conclude(env, args, &end).await
}

/// Gathers every fault of the command line before anything is touched.
async fn configure(env: &mut Env, args: &RunArgs) -> Result<SessionConfig, Failure> {
    let mut faults = Vec::new();
    let executor = load::executor(&args.load.flags()).map_err(|found| faults.extend(found)).ok();
    let target = args.target.as_deref().and_then(|text| {
        parse_target(text).map_err(|error| faults.push(Fault::of(&error).hint(error.hint()))).ok()
    });
    let Some(executor) = executor.filter(|_| faults.is_empty()) else {
        return Err(Failure::all(Exit::Invalid, faults));
    };
    let plugin = plugin::open(env, &args.plugin).await?;
    Ok(SessionConfig {
        plugin,
        scenarios: vec![ScenarioConfig {
            name: args.scenario.clone().unwrap_or_else(|| "default".into()),
            plugin_scenario: args.scenario.clone(),
            start_time: std::time::Duration::ZERO,
            graceful_stop: args.load.graceful_stop,
            executor,
        }],
        allow_net: args.allow_net.clone(),
        parameters: args.set.clone(),
        data: args.data.iter().map(|(name, path)| (name.clone(), PathBuf::from(path))).collect(),
        seed: args.seed,
        http: HttpConfig {
            base_url: target,
            insecure: args.insecure,
            version: match args.http {
                HttpVersion::Auto => HttpVersionPolicy::Negotiate,
                HttpVersion::Http1 => HttpVersionPolicy::Http1,
                HttpVersion::Http2 => HttpVersionPolicy::Http2,
            },
            ..HttpConfig::default()
        },
        limits: Limits {
            memory_bytes: args.max_memory,
            cpu_time: args.max_cpu,
            iteration_timeout: args.iteration_timeout,
            ..Limits::default()
        },
        out: args.out.clone(),
        cache: CodeCache::for_user(),
    })
}

fn prepare_failure(error: SessionError) -> Failure {
    match error {
        SessionError::Plugin(error) => plugin::engine_failure(error),
        SessionError::Describe(fault) => {
            let stack = fault.stack.clone();
            let mut words = Fault::new("the plugin broke in describe").cause(fault.message);
            if let Some(stack) = stack {
                words = words.cause(format!("stack\n{stack}"));
            }
            Failure::new(Exit::PluginBroken, words)
        }
        SessionError::Invalid(faults) => Failure::all(
            Exit::Invalid,
            faults
                .into_iter()
                .map(|fault| {
                    let mut words = Fault::new(fault.message).maybe_hint(fault.hint);
                    words.causes = fault.causes;
                    words
                })
                .collect(),
        ),
        SessionError::Storage(ref error) => report::storage_failure(error),
        SessionError::Machine(ref error) => Failure::unexpected(error),
    }
}

/// The first Ctrl-C (or SIGTERM) stops the run and reports, the second one aborts it.
async fn stop_on_signals(stop: StopHandle) {
    let mut count = 0;
    while wait_for_signal().await {
        count += 1;
        if count == 1 {
            plain_line("stopping: iterations under way may finish; once more to abort");
            stop.stop();
        } else {
            plain_line("aborting");
            stop.abort();
        }
    }
}

#[cfg(unix)]
async fn wait_for_signal() -> bool {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return false };
    tokio::select! {
        ctrl_c = tokio::signal::ctrl_c() => ctrl_c.is_ok(),
        signal = terminate.recv() => signal.is_some(),
    }
}

#[cfg(not(unix))]
async fn wait_for_signal() -> bool {
    tokio::signal::ctrl_c().await.is_ok()
}

#[expect(clippy::print_stderr, reason = "talk while the run goes on, when the environment is lent out")]
fn plain_line(line: &str) {
    eprintln!("{line}");
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
    if end.unstarted > 0 {
        let label = env.style_err().cyan("warning:");
        env.say(&format!("{label} {} iterations of the plan never started", end.unstarted));
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
        EndReason::Finished => return end.plugin_broke_always().then(|| broken_in_every_iteration(end)),
        EndReason::Stopped => Fault::new("the run was stopped from outside"),
        EndReason::Aborted => Fault::new("the run was aborted from outside"),
        EndReason::AbortedByPlugin { reason } => Fault::new("the journey ended the run").cause(reason.clone()),
        EndReason::SetupFailed { message, stack, target } => {
            let who = if *target { "the target failed in setup" } else { "the plugin broke in setup" };
            with_stack(Fault::new(who).cause(message.clone()), stack.as_deref())
        }
        EndReason::VusFailed { message, stack, .. } => {
            with_stack(Fault::new("users could not be started").cause(message.clone()), stack.as_deref())
        }
        EndReason::StorageFailed { message } => Fault::new("rows could not be kept; the run was stopped")
            .cause(message.clone())
            .hint("what was written until then is readable; free some space, or choose another folder with --out"),
    })
}

fn broken_in_every_iteration(end: &SessionEnd) -> Fault {
    let fault = Fault::new("the plugin broke in every iteration");
    match end.failures.first() {
        Some(note) => {
            with_stack(fault.cause(format!("{}: {}", note.kind, note.message)), note.stack.as_deref())
        }
        None => fault,
    }
}

fn with_stack(fault: Fault, stack: Option<&str>) -> Fault {
    match stack {
        Some(stack) => fault.cause(format!("stack\n{stack}")),
        None => fault,
    }
}
