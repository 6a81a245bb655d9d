//! `host test`: what a plugin does with answers that are scripted, by a clock that is fixed, without a network.
//!
//! * `sources`: the files of tests, `answers`: what stands in them of answers.
//! * `script`, `pattern`: which answer a request gets.
//! * `cases`: one test run, `seen`: what the plugin did in it, `judge`: beside what was expected.
//! * `record`: a file of tests from a real target.

mod answers;
mod cases;
mod document;
mod judge;
mod pattern;
mod record;
mod script;
mod seen;
mod sources;

use std::sync::Arc;

use outrider_capability::Redactor;
use outrider_engine::{CodeCache, PluginFile};
use outrider_plan::OutcomeName;
use outrider_session::{Breakdown, Exit, Preview, SessionError};

use super::inspect::describe_failure;
use super::on_runtime;
use super::plugin::{Opened, open};
use super::run::prepare_failure;
use crate::Env;
use crate::cli::{Format, TestArgs};
use crate::failure::{Failure, Fault};
use crate::terminal::describe_tests;
use cases::{Case, Kind};
use seen::Seen;
use sources::Source;

pub(crate) use document::{TestEntry, TestReport, json_schema};
pub(crate) use judge::Shortfall;

pub(crate) fn run(env: &mut Env, args: &TestArgs) -> Result<Exit, Failure> {
    if args.record {
        return record::run(env, args);
    }
    let (sources, mut faults) = read(args)?;
    keep_secrets(env, &sources, &mut faults);
    let opened = open(env, &args.plugin).map_err(|fault| faults.push(fault)).ok();
    let cases: Vec<Case<'_>> = sources.iter().flat_map(cases_of).collect();
    let chosen: Vec<Case<'_>> = cases.iter().filter(|case| is_chosen(case, args)).copied().collect();
    if chosen.is_empty() && faults.is_empty() {
        faults.push(nothing_chosen(&cases, args));
    }
    let Some(Opened { file, compilation, .. }) = opened else {
        return Err(Failure::all(Exit::Invalid, faults));
    };
    let kind = Kind::of(file.inspection().world);
    faults.extend(sources.iter().flat_map(|source| cases::misplaced_in_file(source, kind)));
    faults.extend(cases.iter().flat_map(|case| case.misplaced(kind)));
    let scenarios = if kind == Kind::Journey { scenarios(&file)? } else { Vec::new() };
    let bench = Bench { kind, file, scenarios };
    if let Some(compilation) = compilation {
        compilation.say_done();
    }
    let mut entries = Vec::with_capacity(chosen.len());
    let mut broke = false;
    // Also if something is wrong already: what only the plugin can judge, as its parameters, is said with it.
    for case in &chosen {
        match bench.run(case) {
            Ok(seen) => {
                let shortfalls = judge::judge(&case.test.value, &seen);
                broke |= !shortfalls.is_empty() && broke_unexpectedly(case, &seen);
                entries.push(TestEntry::new(case, &seen, shortfalls));
            }
            // A fault of what all tests have in common is said once.
            Err(SessionError::Invalid(found)) => {
                faults.extend(found.into_iter().filter(|fault| !faults.contains(fault)).collect::<Vec<_>>());
            }
            Err(error) => return Err(prepare_failure(error)),
        }
    }
    if !faults.is_empty() {
        return Err(Failure::all(Exit::Invalid, faults));
    }
    Ok(conclude(env, args, entries, broke))
}

/// All files, and what is wrong with them. One that is no TOML hides the rest.
fn read(args: &TestArgs) -> Result<(Vec<Source>, Vec<Fault>), Failure> {
    let paths = sources::find(&args.plugin, &args.files).map_err(Failure::invalid)?;
    let (mut sources, mut faults) = (Vec::new(), Vec::new());
    for path in paths {
        match Source::read(&path) {
            Ok(source) => {
                faults.extend(source.faults());
                sources.push(source);
            }
            Err(fault) => faults.push(fault),
        }
    }
    match sources.iter().any(|source| source.document.is_unreadable) {
        true => Err(Failure::all(Exit::Invalid, faults)),
        false => Ok((sources, faults)),
    }
}

/// From now on nothing that is said holds a secret of any file.
fn keep_secrets(env: &Env, sources: &[Source], faults: &mut Vec<Fault>) {
    let all =
        || sources.iter().flat_map(|source| &source.file().secrets).flat_map(|secrets| &secrets.value.0);
    let known = all().filter(|(_, value)| value.value.len() >= outrider_capability::MIN_SECRET_BYTES);
    env.keep_secret(&Redactor::new(known.map(|(name, value)| (name.as_str(), value.value.as_str()))));
    faults.extend(sources.iter().flat_map(|source| source.secrets().1));
    faults.extend(sources.iter().filter_map(|source| source.data().err()).flatten());
}

fn cases_of(source: &Source) -> impl Iterator<Item = Case<'_>> {
    source.tests().map(move |(number, test)| Case { source, number, test })
}

fn is_chosen(case: &Case<'_>, args: &TestArgs) -> bool {
    args.filter.as_ref().is_none_or(|filter| case.name().contains(filter.as_str()))
}

fn nothing_chosen(cases: &[Case<'_>], args: &TestArgs) -> Fault {
    let filter = args.filter.as_deref().unwrap_or_default();
    let names: Vec<String> = cases.iter().map(|case| format!("'{}'", case.name())).collect();
    Fault::new(format!("no test has '{filter}' in its name")).hint(format!("there is {}", names.join(", ")))
}

/// A plugin that is ready to be tested.
struct Bench {
    kind: Kind,
    file: PluginFile,
    /// Those of a journey.
    scenarios: Vec<String>,
}

/// The names of a journey's scenarios.
fn scenarios(file: &PluginFile) -> Result<Vec<String>, Failure> {
    let plugin = file.load(1, &CodeCache::for_user()).map_err(|error| Failure::invalid(error.into()))?;
    on_runtime(async {
        let described = plugin.describe(Arc::clone(Preview::new().shared())).await;
        let description =
            described.map_err(|fault| describe_failure("the journey", &Breakdown::from(fault)))?;
        Ok(description.scenarios.into_iter().map(|scenario| scenario.name).collect())
    })
}

impl Bench {
    /// Runs a test on a runtime of its own, whose time is paused: it goes on when everybody waits.
    fn run(&self, case: &Case<'_>) -> Result<Seen, SessionError> {
        let Bench { kind, file, scenarios } = self;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        let runtime = runtime.map_err(SessionError::Machine)?;
        runtime.block_on(async {
            match kind {
                Kind::Journey => Box::pin(case.run_journey(file, scenarios)).await,
                Kind::Pack => Box::pin(case.run_pack(file)).await,
                Kind::Transform => Box::pin(case.run_transform(file)).await,
                Kind::Channel => Box::pin(case.run_channel(file)).await,
            }
        })
    }
}

/// Whether the plugin broke in a test that expected something else.
fn broke_unexpectedly(case: &Case<'_>, seen: &Seen) -> bool {
    let expect = case.test.value.expect.as_ref();
    let wanted = expect.and_then(|expect| expect.value.outcome.as_ref()).map(|outcome| outcome.value);
    let is_own = seen.heard.unexpected.is_empty() && !seen.ending.is_machines;
    let broke = seen.ending.outcome == OutcomeName::Broke && is_own;
    broke && wanted != Some(OutcomeName::Broke)
}

fn conclude(env: &mut Env, args: &TestArgs, tests: Vec<TestEntry>, broke: bool) -> Exit {
    let failed = tests.iter().filter(|test| !test.passed).count();
    let exit = match (failed, broke) {
        (0, _) => Exit::Ok,
        (_, true) => Exit::PluginBroken,
        (_, false) => Exit::CheckFailed,
    };
    let report = TestReport {
        version: 1,
        plugin: args.plugin.display().to_string(),
        verdict: if failed == 0 { "pass" } else { "fail" },
        exit_code: exit.code(),
        passed: tests.len() - failed,
        failed,
        tests,
    };
    let text = match args.format {
        Format::Text => describe_tests(&report, env.style_out()),
        Format::Json => report.json(),
    };
    env.print(&text);
    exit
}
