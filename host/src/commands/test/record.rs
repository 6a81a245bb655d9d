//! `host test --record`: a file of tests from what a real target answers.

mod text;

use std::path::Path;
use std::time::Duration;

use outrider_capability::{HttpConfig, Secrets, parse_target};
use outrider_engine::{CodeCache, Limits, PluginFile, World};
use outrider_model::IterationIndex;
use outrider_plan::OutcomeName;
use outrider_session::{
    Asked, DebugConfig, Exit, JourneyConfig, JourneyTest, ParameterValue, Places, Session, SessionConfig,
};

use super::cases::{Events, one_iteration};
use super::script::Heard;
use super::seen::{CheckSeen, Ending, Seen};
use super::sources::for_recording;
use crate::Env;
use crate::cli::TestArgs;
use crate::commands::inputs::{self, WantedSecret};
use crate::commands::on_runtime;
use crate::commands::plugin::{Opened, open};
use crate::commands::run::prepare_failure;
use crate::commands::whole_file::{folder_fault, write_whole};
use crate::failure::{Failure, Fault};
use crate::terminal::shown;

/// 4 MiB of each body are recorded: more than a page or an answer of an API has.
const RECORDED_BODY_BYTES: usize = 4 << 20;

/// Five checks are said with a failure; the file has all of them.
const MAX_CHECKS: usize = 5;

/// What is recorded.
struct Recording {
    plugin: PluginFile,
    http: HttpConfig,
    secrets: Secrets,
    parameters: Vec<(String, ParameterValue)>,
}

/// Goes through one iteration of each scenario with the real target, and writes what was asked and answered.
pub(super) fn run(env: &mut Env, args: &TestArgs) -> Result<Exit, Failure> {
    let path = match &args.files[..] {
        [only] => only.clone(),
        _ => for_recording(&args.plugin),
    };
    let (recording, compilation) = prepared(env, args, &path)?;
    let scenarios = super::scenarios(&recording.plugin)?;
    if let Some(compilation) = compilation {
        compilation.say_done();
    }
    let mut recorded = Vec::with_capacity(scenarios.len());
    for scenario in scenarios {
        let seen = on_runtime(Box::pin(recording.record(&scenario)))?;
        recorded.push((scenario, seen));
    }
    let failures: Vec<(Exit, Fault)> = recorded.iter().flat_map(failures).collect();
    if let Some((exit, fault)) = failures.iter().find(|(exit, _)| *exit == Exit::Unexpected) {
        // What this machine did says nothing of either side.
        return Err(Failure::new(*exit, fault.clone()));
    }
    let parts = text::Parts {
        target: &recording.http,
        secrets: recording.secrets.names().collect(),
        parameters: &args.set,
        recorded: &recorded,
    };
    let text = recording.secrets.redactor().redact(&parts.text()).into_owned();
    write(args, &path, &text).map_err(|error| {
        let fault = Fault::new(format!("cannot write '{}'", path.display()));
        Failure::invalid(fault.cause(error.to_string()))
    })?;
    env.print(&path.display().to_string());
    if let Some((exit, _)) = failures.first() {
        let exit = failures.iter().fold(*exit, |worst, (exit, _)| worse(worst, *exit));
        Failure::all(exit, failures.into_iter().map(|(_, fault)| fault).collect()).print(env);
        env.say(&format!(
            "{} holds the failure: its tests pass when it happens again. Mend what failed and record with --force, or \
             keep it",
            path.display()
        ));
        return Ok(exit);
    }
    let file = if args.files.is_empty() { String::new() } else { format!(" --file {}", path.display()) };
    env.say(&format!("next: host test {}{file}", args.plugin.display()));
    Ok(Exit::Ok)
}

/// The folder of a project's tests is made, one that somebody names is there.
fn write(args: &TestArgs, path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|_| args.files.is_empty() && args.plugin.is_dir()) {
        std::fs::create_dir_all(folder)?;
    }
    write_whole(path, text.as_bytes())
}

/// What went wrong in a scenario, and the exit that goes with it.
fn failures((scenario, seen): &(String, Seen)) -> Vec<(Exit, Fault)> {
    let Ending { outcome, place, message, stack, is_machines, .. } = &seen.ending;
    let place = match place.is_empty() {
        true => format!("scenario '{scenario}'"),
        false => format!("{place} for scenario '{scenario}'"),
    };
    let (exit, what) = match outcome {
        _ if *is_machines => (Exit::Unexpected, "this machine failed"),
        OutcomeName::Completed => return checks_that_failed(seen, &place),
        OutcomeName::Failed => (Exit::TargetFailed, "the target failed the journey"),
        OutcomeName::Broke => (Exit::PluginBroken, "the journey broke"),
        OutcomeName::Aborted => (Exit::AbortedByPlugin, "the journey asked for the run to end"),
    };
    let fault = Fault::new(format!("{what} in {place}")).cause(message.clone()).stack(stack.as_deref());
    [vec![(exit, fault)], checks_that_failed(seen, &place)].concat()
}

fn checks_that_failed(seen: &Seen, place: &str) -> Vec<(Exit, Fault)> {
    let failed: Vec<&CheckSeen> = seen.checks.iter().filter(|check| !check.passed).collect();
    if failed.is_empty() {
        return Vec::new();
    }
    let fault = Fault::new(match seen.checks.len() {
        1 => format!("the only check failed in {place}"),
        all => format!("{} of {all} checks failed in {place}", failed.len()),
    });
    let cause = |check: &CheckSeen| match check.why.as_str() {
        "" => shown(&check.name),
        why => shown(&format!("{}: {why}", check.name)),
    };
    vec![(Exit::CheckFailed, failed.into_iter().take(MAX_CHECKS).map(cause).fold(fault, Fault::cause))]
}

/// Of what went wrong, what says least of the target, as `host check` has it.
fn worse(a: Exit, b: Exit) -> Exit {
    let order = [Exit::PluginBroken, Exit::AbortedByPlugin, Exit::TargetFailed, Exit::CheckFailed];
    order.into_iter().find(|exit| *exit == a || *exit == b).unwrap_or(a)
}

/// The plugin and everything that it is given, or all that is wrong with them.
fn prepared(
    env: &Env,
    args: &TestArgs,
    path: &Path,
) -> Result<(Recording, Option<crate::commands::plugin::Compilation>), Failure> {
    let wanted = args.secrets.iter();
    let wanted: Vec<WantedSecret> =
        wanted.map(|text| WantedSecret { text: text.clone(), table: None, place: None }).collect();
    let mut faults = Vec::new();
    let secrets = inputs::secrets(env, &wanted).map_err(|found| faults.extend(found)).ok();
    if path.exists() && !args.force {
        let fault = Fault::new(format!("there is a file '{}' already", path.display()));
        faults.push(fault.hint("--file FILE names another, --force writes over it"));
    }
    if let [file] = &args.files[..] {
        faults.extend(folder_fault(file));
    }
    if args.files.len() > 1 {
        faults.push(Fault::new("--record writes one file").hint("name it with one --file"));
    }
    let http = target(args).map_err(|fault| faults.push(fault)).ok();
    let opened = open(env, &args.plugin).map_err(|fault| faults.push(fault)).ok();
    let is_journey = |world| matches!(world, World::Journey | World::JourneyAsync);
    if opened.as_ref().is_some_and(|opened| !is_journey(opened.file.inspection().world)) {
        let fault = Fault::new("only a journey is recorded: other plugins make no requests by themselves");
        faults.push(fault.hint("`host new NAME --world transform`, as of each other world, makes a project with tests of its kind"));
    }
    let (Some(Opened { file, compilation, .. }), Some(http), Some(secrets), true) =
        (opened, http, secrets, faults.is_empty())
    else {
        return Err(Failure::all(Exit::Invalid, faults));
    };
    let text = |(key, value): &(String, String)| (key.clone(), ParameterValue::Text(value.clone()));
    let parameters = args.set.iter().map(text).collect();
    Ok((Recording { plugin: file, http, secrets, parameters }, compilation))
}

fn target(args: &TestArgs) -> Result<HttpConfig, Fault> {
    let Some(target) = &args.target else {
        return Err(Fault::new("--record needs a target to record").hint("--target http://127.0.0.1:8080"));
    };
    let base_url = parse_target(target).map_err(|error| Fault::of(&error).hint(error.hint()))?;
    Ok(HttpConfig { base_url: Some(base_url), ..HttpConfig::default() })
}

impl Recording {
    /// One iteration of a scenario, the first.
    async fn record(&self, scenario: &str) -> Result<Seen, Failure> {
        let events = Events::default();
        let sound: Asked<Secrets> = Ok(self.secrets.clone());
        let config = SessionConfig {
            faults: Vec::new(),
            name: None,
            tags: Vec::new(),
            annotations: Vec::new(),
            journeys: vec![JourneyConfig {
                plugin: Ok(self.plugin.clone()),
                parameters: self.parameters.clone(),
                title: "the journey".to_owned(),
                places: Places::default(),
            }],
            set: Vec::new(),
            scenarios: vec![one_iteration(scenario, Duration::ZERO)],
            packs: Vec::new(),
            thresholds: Vec::new(),
            allow_net: Vec::new(),
            data: Vec::new(),
            secrets: sound,
            seed: Some(text::SEED),
            http: Ok(self.http.clone()),
            limits: Limits::default(),
            export: Ok(outrider_session::ExportConfig::default()),
            out: ".".to_owned(),
            cache: CodeCache::for_user(),
            listener: None,
            debug: Some(DebugConfig {
                listener: events.listener(),
                body_bytes: RECORDED_BODY_BYTES,
                skips_waits: false,
            }),
            answerer: None,
            now: None,
            places: Places::default(),
        };
        let test = JourneyTest { first: IterationIndex(0), iterations: 1 };
        let tested = Box::pin(Session::test(&config, test)).await.map_err(prepare_failure)?;
        Ok(Seen::of_journey(tested, events.take(), Heard::default()))
    }
}
