//! A rule that is ready to judge.

use outrider_sdk::assertions::Exchange;
use outrider_sdk::serde_json::Value;
use outrider_sdk::{Verdict, http};

use crate::answer::{Answer, HostAnswer};
use crate::comparison::Test;
use crate::filter::Filter;
use crate::found::{Found, shown};
use crate::rules::{Matching, RuleConfig, SourceKind};
use crate::source::Source;

/// A rule that is ready to judge.
#[derive(Debug)]
pub(crate) struct Rule {
    name: String,
    filter: Filter,
    judge: Judge,
}

#[derive(Debug)]
enum Judge {
    Part {
        source: Source,
        test: Test,
        matching: Matching,
        expected: String,
    },
    Schema {
        schema: String,
    },
    /// One of them must pass.
    Any(Vec<Judge>),
}

impl Rule {
    /// A rule, or why it makes no sense.
    pub(crate) fn new(config: RuleConfig) -> Result<Self, String> {
        let filter = Filter::new(config.on.clone())?;
        let name = config.name.clone();
        let judge = Judge::new(config)?;
        Ok(Self { name: name.unwrap_or_else(|| judge.words()), filter, judge })
    }

    /// The verdict about an exchange, if the rule is for it.
    pub(crate) fn judge(
        &self,
        exchange: &Exchange,
        outcome: &Result<HostAnswer<'_>, &http::Error>,
    ) -> Option<Verdict> {
        self.filter.takes(exchange).then(|| match outcome {
            Ok(answer) => self.judge_answer(answer),
            Err(error) => self.judge_error(error),
        })
    }

    fn judge_answer(&self, answer: &impl Answer) -> Verdict {
        self.named(self.judge.answer(answer))
    }

    fn judge_error(&self, error: &http::Error) -> Verdict {
        self.named(self.judge.error(error))
    }

    fn named(&self, judgement: Judgement) -> Verdict {
        let Judgement { passed, actual, message } = judgement;
        let verdict = Verdict::new(self.name.as_str(), passed).expected(self.judge.expected()).actual(actual);
        Verdict { message, ..verdict }
    }
}

/// What came of judging.
#[derive(Debug)]
struct Judgement {
    passed: bool,
    /// What was found.
    actual: String,
    message: Option<String>,
}

impl Judgement {
    /// What cannot be read does not pass.
    fn unread(why: String) -> Self {
        Self { passed: false, actual: why, message: None }
    }
}

impl Judge {
    fn new(config: RuleConfig) -> Result<Self, String> {
        match (config.source, config.any_of.is_empty()) {
            (Some(SourceKind::JsonSchema), true) => schema(config),
            (Some(source), true) => part(source, config),
            (None, false) => any_of(config),
            (Some(_), false) => Err("it has a source or any_of, not both".into()),
            (None, true) => Err("it needs a source, or any_of".into()),
        }
    }

    fn answer(&self, answer: &impl Answer) -> Judgement {
        match self {
            Self::Schema { schema } => {
                answer.schema_faults(schema).map_or_else(Judgement::unread, |f| fitting(&f))
            }
            Self::Part { source, test, matching, .. } => {
                source.read(answer).map_or_else(Judgement::unread, |found| compared(test, *matching, &found))
            }
            Self::Any(judges) => any(judges.iter().map(|judge| judge.answer(answer))),
        }
    }

    /// Without an answer there is one part alone: why.
    fn error(&self, error: &http::Error) -> Judgement {
        match self {
            Self::Part { source: Source::Error, test, matching, .. } => {
                compared(test, *matching, &[Found::text(error.to_string())])
            }
            Self::Any(judges) => any(judges.iter().map(|judge| judge.error(error))),
            Self::Part { .. } | Self::Schema { .. } => Judgement::unread(format!("no answer: {error}")),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Part { source, expected, .. } => format!("{} {expected}", source.words()),
            Self::Schema { .. } => "body fits its JSON Schema".to_owned(),
            Self::Any(judges) => judges.iter().map(Self::words).collect::<Vec<_>>().join(" or "),
        }
    }

    fn expected(&self) -> String {
        match self {
            Self::Part { expected, .. } => expected.clone(),
            Self::Schema { .. } => "fits the JSON Schema".to_owned(),
            Self::Any(_) => self.words(),
        }
    }
}

fn compared(test: &Test, matching: Matching, found: &[Found]) -> Judgement {
    let values: Vec<Option<&Found>> = match found {
        [] => vec![None],
        found => found.iter().map(Some).collect(),
    };
    let judged: Vec<Result<bool, String>> = values.iter().map(|value| test.passes(*value)).collect();
    let holds = |judgement: &Result<bool, String>| *judgement == Ok(true);
    let (passed, decides): (bool, fn(bool) -> bool) = match matching {
        Matching::Every => (judged.iter().all(holds), |holds| !holds),
        Matching::Any => (judged.iter().any(holds), |holds| holds),
        // What cannot be compared is no proof that nothing is as it must not be.
        Matching::None => (judged.iter().all(|judgement| *judgement == Ok(false)), |holds| holds),
    };
    // The value that decided, else the first one.
    let shows = judged.iter().position(|judgement| decides(holds(judgement))).unwrap_or(0);
    let passing = judged.iter().filter(|judgement| holds(judgement)).count();
    let count = (values.len() > 1).then(|| format!("{passing} of {} values pass", values.len()));
    let why = judged.iter().find_map(|judgement| judgement.as_ref().err()).filter(|_| !passed);
    let message: Vec<&str> = why.map(String::as_str).into_iter().chain(count.as_deref()).collect();
    Judgement {
        passed,
        actual: values[shows].map_or_else(|| "nothing".to_owned(), |found| shown(&found.value)),
        message: (!message.is_empty()).then(|| message.join("; ")),
    }
}

/// The faults of a JSON Schema: none if it fits.
fn fitting(faults: &[String]) -> Judgement {
    match faults {
        [] => Judgement { passed: true, actual: "it fits".to_owned(), message: None },
        [first, more @ ..] => Judgement {
            passed: false,
            actual: first.clone(),
            message: (!more.is_empty()).then(|| more.join("; ")),
        },
    }
}

/// The first that passes; if none does, what all of them found.
fn any(judgements: impl Iterator<Item = Judgement>) -> Judgement {
    let mut failed: Vec<Judgement> = Vec::new();
    for judgement in judgements {
        if judgement.passed {
            return judgement;
        }
        failed.push(judgement);
    }
    let message: Vec<&str> = failed.iter().filter_map(|judgement| judgement.message.as_deref()).collect();
    Judgement {
        passed: false,
        actual: failed.iter().map(|judgement| judgement.actual.as_str()).collect::<Vec<_>>().join("; "),
        message: (!message.is_empty()).then(|| message.join("; ")),
    }
}

fn any_of(config: RuleConfig) -> Result<Judge, String> {
    let RuleConfig { property, pattern, comparison, value, matching, size, ignore_case, any_of, .. } = config;
    let given = [
        ("property", property.is_some()),
        ("pattern", pattern.is_some()),
        ("comparison", comparison.is_some()),
        ("value", value.is_some()),
        ("match", matching != Matching::usual()),
        ("size", size),
        ("ignore_case", ignore_case),
    ];
    if let Some((name, _)) = given.iter().find(|(_, given)| *given) {
        return Err(format!("a rule with any_of has no {name} of its own"));
    }
    let judge = |(index, condition): (usize, RuleConfig)| match condition {
        RuleConfig { any_of, .. } if !any_of.is_empty() => Err("any_of has no any_of inside".to_owned()),
        condition => {
            Judge::new(condition).map_err(|fault| format!("condition {} of any_of: {fault}", index + 1))
        }
    };
    any_of.into_iter().enumerate().map(judge).collect::<Result<_, _>>().map(Judge::Any)
}

fn part(source: SourceKind, config: RuleConfig) -> Result<Judge, String> {
    let RuleConfig { property, pattern, comparison, value, matching, size, ignore_case, .. } = config;
    let comparison = comparison.ok_or("it needs a comparison")?;
    let source = Source::new(source, property, pattern.as_deref())?;
    let test = Test::new(comparison, value, size, ignore_case)?;
    let expected = match matching {
        Matching::Every => test.words().to_owned(),
        Matching::Any => format!("any {}", test.words()),
        Matching::None => format!("none {}", test.words()),
    };
    Ok(Judge::Part { source, test, matching, expected })
}

fn schema(config: RuleConfig) -> Result<Judge, String> {
    let takes_none = ["property", "pattern", "comparison"];
    let given = [config.property.is_some(), config.pattern.is_some(), config.comparison.is_some()];
    if let Some((name, _)) = takes_none.iter().zip(given).find(|(_, given)| *given) {
        return Err(format!("the source json_schema takes no {name}: its value is the schema"));
    }
    match config.value {
        Some(schema @ (Value::Object(_) | Value::Bool(_))) => {
            Ok(Judge::Schema { schema: schema.to_string() })
        }
        _ => Err("the source json_schema needs a value: the schema".into()),
    }
}

#[cfg(test)]
mod tests;
