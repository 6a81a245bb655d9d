//! What is wrong with a trial, in words: all of it at once.

use crate::terminal::shown;
use outrider_model::{CheckSample, FailureCause, IterationFailure, RequestSample};
use outrider_session::{
    Breakdown, CallEnd, DataTrial, Fault, IterationEnd, IterationTrial, JourneyTrial, PackAccount, Seen,
    Trial, UserCall, UserTrial,
};

/// Five requests or checks of an iteration are said with its fault; the page has all of them.
const MAX_EXAMPLES: usize = 5;

/// Everything that makes a check fail.
pub(super) fn faults(trial: &Trial) -> Vec<Fault> {
    let several = trial.journeys.len() > 1;
    let calls = trial.journeys.iter().flat_map(|journey| of_calls(journey, several));
    let users = trial.users.iter().flat_map(of_user);
    let iterations = trial.iterations.iter().flat_map(of_iteration);
    let packs = trial.packs.iter().filter(|pack| pack.broke > 0).map(of_pack);
    let thresholds = trial.unseen_thresholds.iter().filter(|one| one.is_certain());
    let thresholds = thresholds.map(|one| one.fault.clone());
    calls.chain(users).chain(iterations).chain(packs).chain(thresholds).collect()
}

/// What makes no check fail, and is worth knowing before a run.
pub(super) fn warnings(trial: &Trial) -> Vec<String> {
    let thresholds = trial.unseen_thresholds.iter().filter(|one| !one.is_certain());
    let thresholds = thresholds.map(|one| match &one.fault.hint {
        Some(hint) => format!("{} ({hint})", one.fault.message),
        None => one.fault.message.clone(),
    });
    let data = trial.data.iter().filter(|data| data.is_exhausted()).map(exhausted);
    let untried = trial.journeys.iter().flat_map(|journey| not_tried(trial, journey));
    untried.chain(thresholds).chain(data).collect()
}

fn of_calls(journey: &JourneyTrial, several: bool) -> Vec<Fault> {
    let title = several.then_some(journey.title.as_str());
    let calls = [("setup", &journey.setup), ("teardown", &journey.teardown)];
    let faults = calls.into_iter().filter_map(|(name, call)| Some((name, call.as_ref()?)));
    faults
        .flat_map(|(name, call)| {
            let place = match title {
                Some(title) => format!("{name} of {title}"),
                None => name.to_owned(),
            };
            let end = match &call.end {
                CallEnd::Done => None,
                CallEnd::GivenUp => Some(Fault::new(format!("{place} was given up, as asked from outside"))),
                CallEnd::Abort(reason) => Some(
                    Fault::new(format!("{} ended the run in {name}", journey.title)).cause(reason.clone()),
                ),
                CallEnd::Broke(breakdown) => Some(breakdown.fault(breakdown.who_in(name, title))),
            };
            end.into_iter().chain(of_seen(&place, &call.seen))
        })
        .collect()
}

fn of_user(user: &UserTrial) -> Vec<Fault> {
    let call = match user.call {
        UserCall::Start => "start",
        UserCall::Stop => "stop",
    };
    let place = format!("the {call} of a user of scenario '{}'", user.scenario);
    let end = match &user.end {
        CallEnd::Done => None,
        CallEnd::GivenUp => Some(Fault::new(format!("{place} was given up, as asked from outside"))),
        CallEnd::Abort(reason) => {
            Some(Fault::new(format!("the journey ended the run in {place}")).cause(reason.clone()))
        }
        CallEnd::Broke(breakdown) => {
            Some(breakdown.fault(format!("{} in {place}", breakdown.who("the journey"))))
        }
    };
    end.into_iter().chain(of_seen(&place, &user.seen)).collect()
}

fn of_iteration(trial: &IterationTrial) -> Vec<Fault> {
    let place = place(trial);
    let end = match &trial.end {
        IterationEnd::Completed => None,
        IterationEnd::Interrupted => {
            Some(Fault::new(format!("{place} was interrupted, as asked from outside")))
        }
        IterationEnd::Abort(reason) => {
            Some(Fault::new(format!("the journey ended the run in {place}")).cause(reason.clone()))
        }
        IterationEnd::Failed(failure) => Some(of_failure(failure, &place)),
    };
    end.into_iter().chain(of_seen(&place, &trial.seen)).collect()
}

/// `scenario 'default'`, of a mix with the way: `scenario 'default' (browse)`.
fn place(trial: &IterationTrial) -> String {
    match trial.scenario == trial.plugin_scenario || trial.share >= 1.0 {
        true => format!("scenario '{}'", trial.scenario),
        false => format!("scenario '{}' ({})", trial.scenario, trial.plugin_scenario),
    }
}

fn of_failure(failure: &IterationFailure, place: &str) -> Fault {
    let IterationFailure { cause, kind, message, stack } = failure;
    let stack = stack.as_deref().map(str::to_owned);
    let (message, said) = (message.clone(), Vec::new());
    let breakdown = Breakdown { cause: *cause, message, stack, said, pack: None };
    let title = format!("{} in {place}", breakdown.who("the journey"));
    match *cause {
        // What a journey says of the target has no better kind.
        FailureCause::Target => breakdown.fault(title),
        FailureCause::Plugin | FailureCause::Generator => {
            let message = format!("{kind}: {}", breakdown.message);
            Breakdown { message, ..breakdown }.fault(title)
        }
    }
}

/// Requests and checks that failed.
fn of_seen(place: &str, seen: &Seen) -> Vec<Fault> {
    let requests: Vec<&RequestSample> = seen.requests().collect();
    let failed = requests
        .iter()
        .filter(|request| !request.ok && !request.interrupted)
        .map(|request| request_text(request));
    let checks: Vec<&CheckSample> = seen.checks().collect();
    let missed = checks.iter().filter(|check| !check.passed).map(|check| check_text(check));
    let requests = group(failed.collect(), requests.len(), "request", place);
    requests.into_iter().chain(group(missed.collect(), checks.len(), "check", place)).collect()
}

/// `2 of 3 requests failed in scenario 'default'`, and which.
fn group(failed: Vec<String>, all: usize, noun: &str, place: &str) -> Option<Fault> {
    let count = failed.len();
    let what = match (count, all) {
        (0, _) => return None,
        (1, 1) => format!("the only {noun} failed in {place}"),
        _ => format!("{count} of {all} {noun}s failed in {place}"),
    };
    let more = count.saturating_sub(MAX_EXAMPLES);
    let further = (more > 0).then(|| format!("… and {more} more"));
    Some(failed.into_iter().take(MAX_EXAMPLES).chain(further).fold(Fault::new(what), Fault::cause))
}

fn request_text(request: &RequestSample) -> String {
    let why = request.error.as_deref().or(request.error_kind.as_deref()).unwrap_or("no answer");
    format!("{} {}: {why}", request.method, request.name)
}

/// `assert-http: status is 200: expected 200, was 503`, `status is 200: expected 200, was 503 (at src/lib.rs:12:5)`.
pub(super) fn check_text(check: &CheckSample) -> String {
    let pack = if check.pack.is_empty() { String::new() } else { format!("{}: ", check.pack) };
    let at = check.source_location.as_ref().map_or(String::new(), |at| format!(" (at {at})"));
    shown(&match verdict_text(check) {
        why if why.is_empty() => format!("{pack}{}{at}", check.name),
        why => format!("{pack}{}: {why}{at}", check.name),
    })
}

/// `expected 200, was 503`; nothing where a check says no more than that it failed.
pub(crate) fn verdict_text(check: &CheckSample) -> String {
    let expected = check.expected.as_deref().map(|expected| format!("expected {expected}"));
    let actual = check.actual.as_deref().map(|actual| format!("was {actual}"));
    let message = check.message.as_deref().map(str::to_owned);
    let words: Vec<String> = [expected, actual, message].into_iter().flatten().collect();
    words.join(", ")
}

fn of_pack(pack: &PackAccount) -> Fault {
    let title = format!("assertion pack '{}' broke in {} of {} calls", pack.name, pack.broke, pack.asked);
    match &pack.first_fault {
        Some(first) => Fault::new(title)
            .cause(format!("{}: {}", first.kind, first.message))
            .stack(first.stack.as_deref()),
        None => Fault::new(title),
    }
}

/// `data 'users' has 3 rows, and 300 iterations would ask for one: …`.
fn exhausted(data: &DataTrial) -> String {
    let then = match data.file.policy.as_str() {
        "unique:stop" => "the run would end before its time",
        "unique:drop" => "iterations would be dropped",
        _ => "rows would be used again",
    };
    let about = if data.is_estimated { "about " } else { "" };
    format!(
        "data '{}' has {}, and the plan needs {about}{}: {then}",
        data.file.name,
        outrider_model::units::counted(data.file.rows as f64, "row"),
        data.needed_rows.unwrap_or_default(),
    )
}

/// Scenarios that nothing is known of because their journey was not set up.
fn not_tried(trial: &Trial, journey: &JourneyTrial) -> Option<String> {
    let is_set_up = journey.setup.as_ref().is_some_and(|setup| setup.end == CallEnd::Done);
    let scenarios = trial.dry_run.plan.scenarios.iter().filter(|one| one.journey == journey.name);
    let names: Vec<String> = scenarios.map(|one| format!("'{}'", one.name)).collect();
    let noun = if names.len() == 1 { "scenario" } else { "scenarios" };
    (!is_set_up && !names.is_empty())
        .then(|| format!("{noun} {} not tried: nothing was set up", names.join(", ")))
}
