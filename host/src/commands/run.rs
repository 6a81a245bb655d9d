//! `host run`.

use std::collections::BTreeMap;
use std::time::Duration;

use outrider_capability::{HttpConfig, HttpVersionPolicy, Secrets, parse_target};
use outrider_engine::{CodeCache, Limits};
use outrider_session::{
    Asked, Breakdown, EndReason, Exit, JourneyConfig, JourneyEnd, PackAccount, ParameterValue,
    ScenarioConfig, Session, SessionConfig, SessionEnd, SessionError, StopHandle, read_thresholds,
};

use crate::Env;
use crate::cli::{HttpVersion, RunArgs, RunFormat};
use crate::failure::{Failure, Fault};
use crate::signals::Signals;
use crate::terminal::{Live, Walk, describe_plan, log_listener};

use super::inspect::describe_failure;
use super::plugin::{self, Opened};
use super::{debug, inputs, packs, report};

pub(crate) async fn run(env: &mut Env, args: &RunArgs, verbose: bool) -> Result<Exit, Failure> {
    // First of all: what is said of the rest holds no secret.
    let secrets = inputs::secrets(env, &args.secrets);
    let walk = debug::walk(env, args)?;
    let ended = Box::pin(load(env, args, secrets, verbose, walk.as_ref())).await;
    if let Some(walk) = walk {
        env.give_back_output(walk.end());
    }
    conclude(env, args, &ended?).await
}

/// Prepares the run and makes its load.
async fn load(
    env: &mut Env,
    args: &RunArgs,
    secrets: Asked<Secrets>,
    verbose: bool,
    walk: Option<&Walk>,
) -> Result<SessionEnd, Failure> {
    let opened = plugin::open(env, &args.plugin);
    let config = configure(args, secrets, &opened);
    // A walk has what is logged.
    let listener = (walk.is_none() && (verbose || is_a_try(&config))).then(|| log_listener(env.talk()));
    let config = SessionConfig { listener, debug: walk.map(|walk| debug::config(args, walk)), ..config };
    let session = Session::prepare(config).await.map_err(prepare_failure)?;
    if let Some(compilation) = opened.ok().and_then(|opened| opened.compilation) {
        compilation.say_done();
    }
    // Before the plan is said: who reads it may press Ctrl-C at once.
    let signals = Signals::listen().map_err(|error| Failure::unexpected(&error))?;
    env.say(&describe_plan(&session, env.style_err()));
    let stop = StopHandle::new();
    let heed = tokio::spawn(signals.end(stop.clone(), session.watch(), env.talk()));
    // Lines that are redrawn would be redrawn over a walk.
    let live = walk.is_none().then(|| Live::start(session.watch(), env.err_is_terminal(), env.talk()));
    let ended = Box::pin(session.run(stop)).await;
    if let Some(live) = live {
        live.end().await;
    }
    heed.abort();
    ended.map_err(|error| Failure::unexpected(&error))
}

/// What the command line asks for. What of it makes no sense is in its place: the session adds what it finds
/// itself, and refuses all of it at once.
pub(super) fn configure(
    args: &RunArgs,
    secrets: Asked<Secrets>,
    opened: &Result<Opened, Fault>,
) -> SessionConfig {
    let makes_requests = opened.as_ref().is_ok_and(|opened| opened.file.inspection().makes_requests);
    let plugin = opened.as_ref().map(|opened| opened.file.clone());
    let text = |value: &String| ParameterValue::Text(value.clone());
    SessionConfig {
        name: None,
        journeys: vec![JourneyConfig {
            plugin: plugin.map_err(|fault| vec![fault.clone()]),
            parameters: args.set.iter().map(|(key, value)| (key.clone(), text(value))).collect(),
            title: "the journey".to_owned(),
        }],
        scenarios: vec![ScenarioConfig {
            name: args.scenario.clone().unwrap_or_else(|| "default".into()),
            journey: 0,
            plugin_scenario: args.scenario.clone(),
            start_time: Duration::ZERO,
            graceful_stop: args.load.graceful_stop,
            tags: BTreeMap::new(),
            load: debug::load(args),
        }],
        packs: packs::open(&args.packs, &args.pack_settings),
        thresholds: read_thresholds(&args.thresholds, "--threshold"),
        allow_net: args.allow_net.clone(),
        data: inputs::data(&args.data),
        secrets,
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
        listener: None,
        debug: None,
    }
}

/// One iteration of one user: somebody tries the journey, and wants to see what it logs.
fn is_a_try(config: &SessionConfig) -> bool {
    let loads = config.scenarios.iter().filter_map(|scenario| scenario.load.as_ref().ok());
    let iterations: Vec<Option<u64>> = loads.map(|load| load.executor.counted_iterations()).collect();
    iterations == [Some(1)]
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

pub(super) fn prepare_failure(error: SessionError) -> Failure {
    match error {
        SessionError::Invalid(faults) => Failure::all(Exit::Invalid, faults),
        SessionError::Describe { journey, breakdown } => describe_failure(&journey, &breakdown),
        SessionError::DescribePack { name, breakdown } => {
            Failure::new(breakdown.exit(), breakdown.fault_of_pack(&name))
        }
        SessionError::Storage(error) => report::storage_failure(error),
        SessionError::Machine(ref error) => Failure::unexpected(error),
    }
}

/// Says what was measured and why the run ended, and chooses the exit code.
async fn conclude(env: &mut Env, args: &RunArgs, end: &SessionEnd) -> Result<Exit, Failure> {
    let summary = report::read(&args.out, Some(end.run_id.as_str())).await;
    match &summary {
        Ok(summary) => match (args.debug.debug, args.format) {
            (true, _) => debug::say_where(env, summary),
            (false, RunFormat::Json) => env.print(&outrider_report::render_json(summary)),
            (false, _) => env.print(&report::text(env, summary)),
        },
        Err(failure) => {
            failure.print(env);
            if end.exit() == Exit::Ok {
                return Ok(failure.exit);
            }
        }
    }
    let mut warnings = end.teardown.clone();
    if let EndReason::DataExhausted { reason } = &end.reason {
        warnings.push(format!("the run ended before its time: {reason}"));
    }
    warnings.extend(end.remarks.iter().cloned());
    let broken = end.packs.iter().filter(|pack| pack.broke > 0 && !pack.broke_always());
    warnings.extend(broken.map(broken_at_times));
    for warning in warnings {
        env.say(&format!("{} {warning}", env.style_err().cyan("warning:")));
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
        EndReason::Finished | EndReason::DataExhausted { .. } => return shortcoming(end),
        EndReason::ThresholdCrossed { threshold, value } => {
            Fault::new("a threshold ended the run").cause(format!("{threshold}: {value}"))
        }
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
            .hint("what was written until then is readable; free some space, or choose another folder with --out"),
    })
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
