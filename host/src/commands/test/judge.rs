//! What a plugin did beside what was expected of it.

use outrider_capability::Happening;
use outrider_model::{MetricKind, nearest};
use outrider_plan::{
    DeliveryName, ExpectTable, ExpectedRecord, Named, Numbers, OutcomeName, RequestTable, TestTable, Written,
};
use serde_json::Value;

use super::answers;
use super::pattern::{Asked, difference, shortened};
use super::seen::{CheckSeen, Ending, Seen};
use crate::commands::check::OutcomeEntry;

/// Something that is not as it was expected.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct Shortfall {
    /// What: `request without an answer`, `outcome`, `check`, `request 3`, `steps`, `metric 'orders'`, `logs` or `duration`.
    pub(crate) about: String,
    /// What was expected.
    pub(crate) expected: String,
    /// What there was.
    pub(crate) actual: String,
    /// What else helps: a stack, or which answer comes nearest.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<String>,
}

impl Shortfall {
    fn new(about: &str, expected: impl Into<String>, actual: impl Into<String>) -> Shortfall {
        Shortfall {
            about: about.to_owned(),
            expected: expected.into(),
            actual: actual.into(),
            notes: Vec::new(),
        }
    }
}

/// Thirty requests are listed with one that is not as expected: a screen of them.
const MAX_LISTED: usize = 30;

/// Everything that is not as expected.
pub(super) fn judge(test: &TestTable, seen: &Seen) -> Vec<Shortfall> {
    let nothing = ExpectTable::default();
    let expect = test.expect.as_ref().map_or(&nothing, |expect| &expect.value);
    let mut all = Vec::new();
    // First, since the rest follows from it.
    all.extend(seen.heard.unexpected.iter().map(|unexpected| {
        let notes = unexpected.nearest.iter().map(|nearest| format!("nearest is {nearest}")).collect();
        Shortfall {
            notes,
            ..Shortfall::new("request without an answer", "none", unexpected.request.as_str())
        }
    }));
    all.extend(outcome(expect, &seen.ending));
    all.extend(seen.delivery.and_then(|delivery| delivered(expect, delivery, &seen.ending.message)));
    all.extend(records(&expect.records, &seen.records));
    all.extend(checks(&expect.checks, &seen.checks));
    if let Some(wanted) = &expect.requests {
        let wanted: Vec<&RequestTable> = wanted.value.iter().map(|request| &request.value.0).collect();
        all.extend(requests(&wanted, &seen.heard.asked));
    }
    if let Some(wanted) = &expect.steps {
        let wanted: Vec<&str> = wanted.value.iter().map(|step| step.value.as_str()).collect();
        all.extend(steps(&wanted, &steps_of(seen)));
    }
    all.extend(metrics(&expect.metrics, seen));
    if let Some(wanted) = &expect.logs {
        all.extend(logs(wanted.value.iter().map(|text| text.value.as_str()), &seen.logs));
    }
    if let Some(wanted) = &expect.duration
        && milliseconds(wanted.value) != milliseconds(seen.duration)
    {
        let (wanted, found) = (milliseconds(wanted.value), milliseconds(seen.duration));
        all.push(Shortfall::new("duration", format!("{wanted} ms"), format!("{found} ms")));
    }
    all
}

/// Timers go on in whole milliseconds.
fn milliseconds(duration: std::time::Duration) -> u128 {
    duration.as_millis()
}

fn outcome(expect: &ExpectTable, ending: &Ending) -> Option<Shortfall> {
    let wanted = expect.outcome.as_ref().map_or(OutcomeName::Completed, |outcome| outcome.value);
    let message = expect.message.as_ref().map(|message| message.value.as_str());
    let has_message = message.is_none_or(|message| ending.message.contains(message));
    if wanted == ending.outcome && has_message {
        return None;
    }
    let expected = match message {
        Some(message) => format!("{}, with '{message}' in its message", wanted.name()),
        None => wanted.name().to_owned(),
    };
    let actual = match ending.message.is_empty() {
        true => ending.outcome.name().to_owned(),
        false => format!("{}: {}", in_words(ending), ending.message),
    };
    let notes = ending.stack.iter().flat_map(|stack| stack.lines()).map(str::to_owned);
    let said = ending.said.iter().map(|line| format!("it said before: {line}"));
    let machine = ending.is_machines.then(|| "this machine failed, and not the plugin".to_owned());
    Some(Shortfall {
        notes: machine.into_iter().chain(notes).chain(said).collect(),
        ..Shortfall::new("outcome", expected, actual)
    })
}

/// What became of an alert.
fn delivered(expect: &ExpectTable, delivery: DeliveryName, why: &str) -> Option<Shortfall> {
    let wanted = expect.delivery.as_ref().map_or(DeliveryName::Delivered, |delivery| delivery.value);
    let actual = match why.is_empty() {
        true => delivery.name().to_owned(),
        false => format!("{}: {why}", delivery.name()),
    };
    (wanted != delivery).then(|| Shortfall::new("delivery", wanted.name(), actual))
}

/// What became of each record. Without a word of it, none is rejected and none breaks the transform.
fn records(wanted: &Option<Written<Vec<Written<ExpectedRecord>>>>, seen: &[OutcomeEntry]) -> Vec<Shortfall> {
    let about = |number: usize| format!("record {number}");
    let Some(wanted) = wanted else {
        let bad = seen.iter().filter(|entry| matches!(entry.outcome, "rejected" | "broke"));
        let shortfall =
            |entry: &OutcomeEntry| Shortfall::new(&about(entry.line), "rows", outcome_text(entry));
        return bad.map(shortfall).collect();
    };
    let mut all = Vec::new();
    if wanted.value.len() != seen.len() {
        let counted = |count: usize| outrider_model::units::counted(count as f64, "record");
        all.push(Shortfall::new("records", counted(wanted.value.len()), counted(seen.len())));
    }
    for (wanted, entry) in wanted.value.iter().zip(seen) {
        all.extend(
            unlike(&wanted.value, entry)
                .map(|(expected, actual)| Shortfall::new(&about(entry.line), expected, actual)),
        );
    }
    all
}

/// What a record was to become and what it became, if that is something else.
fn unlike(wanted: &ExpectedRecord, entry: &OutcomeEntry) -> Option<(String, String)> {
    let has = |text: &Option<String>| {
        let reason = entry.reason.as_deref().unwrap_or_default();
        text.as_ref().is_none_or(|text| reason.contains(text.as_str()))
    };
    let with = |word: &str, text: &Option<String>| match text {
        Some(text) => format!("{word}, with '{text}' in why"),
        None => word.to_owned(),
    };
    let rows = Value::Array(entry.rows.iter().cloned().map(Value::Object).collect());
    let (is_so, expected) = match wanted {
        ExpectedRecord::Rows(wanted) => {
            let wanted = Value::Array(wanted.clone());
            let difference = difference(&wanted, &rows, "");
            if entry.outcome == "rows"
                && let Some(difference) = difference
            {
                let actual = format!("{}: {difference}", shortened(&rows.to_string()));
                return Some((format!("the rows {wanted}"), actual));
            }
            (entry.outcome == "rows", format!("the rows {wanted}"))
        }
        ExpectedRecord::Skipped => (entry.outcome == "skipped", "skipped".to_owned()),
        ExpectedRecord::Rejected(why) => (entry.outcome == "rejected" && has(why), with("rejected", why)),
        ExpectedRecord::Broke(how) => (entry.outcome == "broke" && has(how), with("broke", how)),
    };
    (!is_so).then(|| (expected, outcome_text(entry)))
}

fn outcome_text(entry: &OutcomeEntry) -> String {
    match &entry.reason {
        Some(reason) => format!("{}: {reason}", entry.outcome),
        None if entry.outcome == "rows" => {
            let rows = Value::Array(entry.rows.iter().cloned().map(Value::Object).collect());
            format!("the rows {}", shortened(&rows.to_string()))
        }
        None => entry.outcome.to_owned(),
    }
}

/// `failed in setup`.
fn in_words(ending: &Ending) -> String {
    match ending.place.is_empty() {
        true => ending.outcome.name().to_owned(),
        false => format!("{} in {}", ending.outcome.name(), ending.place),
    }
}

fn checks(wanted: &Option<Written<Named<bool>>>, seen: &[CheckSeen]) -> Vec<Shortfall> {
    let wanted = || wanted.iter().flat_map(|checks| &checks.value.0);
    let mut all = Vec::new();
    for (name, passes) in wanted() {
        let mut of_name = seen.iter().filter(|check| check.name == *name).peekable();
        if of_name.peek().is_none() {
            let names = seen.iter().map(|check| check.name.as_str());
            let mut shortfall = Shortfall::new("check", format!("'{name}'"), "it was not made");
            shortfall.notes.extend(nearest(name, names).map(|near| format!("did you mean '{near}'?")));
            all.push(shortfall);
        } else if !passes.value && of_name.all(|check| check.passed) {
            all.push(Shortfall::new("check", format!("'{name}' does not pass"), "it passed"));
        }
    }
    let may_fail = |check: &CheckSeen| wanted().any(|(name, passes)| *name == check.name && !passes.value);
    let failed = seen.iter().filter(|check| !check.passed && !may_fail(check));
    all.extend(failed.map(|check| {
        let actual = match check.why.is_empty() {
            true => "it did not".to_owned(),
            false => check.why.clone(),
        };
        let notes = check.at.iter().map(|at| format!("at {at}")).collect();
        Shortfall { notes, ..Shortfall::new("check", format!("'{}' passes", check.name), actual) }
    }));
    all
}

/// The first place where the requests are others.
fn requests(wanted: &[&RequestTable], asked: &[Asked]) -> Option<Shortfall> {
    let list = || {
        let shown = asked.iter().enumerate().take(MAX_LISTED);
        let lines = shown.map(|(at, asked)| format!("{:>3}  {}", at + 1, shortened(&asked.name())));
        let more = asked.len().saturating_sub(MAX_LISTED);
        lines.chain((more > 0).then(|| format!("… and {more} more"))).collect::<Vec<_>>()
    };
    let differs = |at: usize, expected: String, actual: String| {
        let about = format!("request {}", at + 1);
        Some(Shortfall { notes: list(), ..Shortfall::new(&about, expected, actual) })
    };
    for at in 0..wanted.len().max(asked.len()) {
        let pattern = wanted.get(at).and_then(|wanted| Some((*wanted, &wanted.request.as_ref()?.value)));
        match (pattern, asked.get(at)) {
            (Some((_, pattern)), None) => {
                return differs(at, pattern.to_string(), "no more were made".into());
            }
            (None, Some(asked)) => return differs(at, "no more".into(), asked.name()),
            (Some((_, pattern)), Some(asked)) if !asked.has_method(pattern) || !asked.has_target(pattern) => {
                return differs(at, pattern.to_string(), asked.name());
            }
            (Some((table, pattern)), Some(asked)) => {
                if let Some((expected, actual)) = answers::expected(table).unmet(asked) {
                    return differs(at, format!("{pattern} with {expected}"), actual);
                }
            }
            (None, None) => {}
        }
    }
    None
}

/// The steps in the order in which they began.
pub(super) fn steps_of(seen: &Seen) -> Vec<&str> {
    let begun = seen.events.iter().filter_map(|event| match &event.what {
        Happening::StepBegin { step, .. } => Some(step.as_str()),
        _ => None,
    });
    begun.collect()
}

fn steps(wanted: &[&str], seen: &[&str]) -> Option<Shortfall> {
    let list = |steps: &[&str]| match steps.is_empty() {
        true => "none".to_owned(),
        false => steps.join(", "),
    };
    (wanted != seen).then(|| Shortfall::new("steps", list(wanted), list(seen)))
}

fn metrics(wanted: &Option<Written<Named<Numbers>>>, seen: &Seen) -> Vec<Shortfall> {
    let wanted = wanted.iter().flat_map(|metrics| &metrics.value.0);
    let unmet = wanted.filter_map(|(name, numbers)| {
        let about = format!("metric '{name}'");
        let values: Vec<_> = seen.metrics.iter().filter(|metric| metric.name == *name).collect();
        let all: Vec<f64> = values.iter().map(|metric| metric.value).collect();
        let Some(last) = values.last() else {
            let mut shortfall = Shortfall::new(&about, shown(numbers), "it was not recorded");
            let names = seen.metrics.iter().map(|metric| metric.name.as_str());
            shortfall.notes.extend(nearest(name, names).map(|near| format!("did you mean '{near}'?")));
            return Some(shortfall);
        };
        let found = match (&numbers.value, last.kind) {
            (Numbers::All(_), _) => Numbers::All(all),
            (Numbers::One(_), MetricKind::Counter) => Numbers::One(all.iter().sum()),
            (Numbers::One(_), _) => Numbers::One(last.value),
        };
        (!are_equal(&numbers.value, &found)).then(|| Shortfall::new(&about, shown(numbers), in_text(&found)))
    });
    unmet.collect()
}

/// Sums of decimals are off by a rounding: 0.1 + 0.2.
fn are_equal(a: &Numbers, b: &Numbers) -> bool {
    let near = |a: &f64, b: &f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0);
    match (a, b) {
        (Numbers::One(a), Numbers::One(b)) => near(a, b),
        (Numbers::All(a), Numbers::All(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| near(a, b)),
        _ => false,
    }
}

fn shown(numbers: &Written<Numbers>) -> String {
    in_text(&numbers.value)
}

fn in_text(numbers: &Numbers) -> String {
    match numbers {
        Numbers::One(number) => number.to_string(),
        Numbers::All(all) => {
            let all: Vec<String> = all.iter().map(f64::to_string).collect();
            format!("[{}]", all.join(", "))
        }
    }
}

/// Each text is in a line, further down than the one before it.
fn logs<'a>(wanted: impl Iterator<Item = &'a str>, lines: &[String]) -> Option<Shortfall> {
    let mut rest = lines.iter();
    for text in wanted {
        if !rest.any(|line| line.contains(text)) {
            let notes = lines.iter().take(MAX_LISTED).map(|line| format!("logged: {}", shortened(line)));
            let expected = format!("a line with '{text}'");
            let shortfall = Shortfall::new("logs", expected, "no such line, or not in this order");
            return Some(Shortfall { notes: notes.collect(), ..shortfall });
        }
    }
    None
}
