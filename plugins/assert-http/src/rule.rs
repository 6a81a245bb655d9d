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
    Part { source: Source, test: Test, matching: Matching, expected: String },
    Schema { schema: String },
}

impl Rule {
    /// A rule, or why it makes no sense.
    pub(crate) fn new(config: RuleConfig) -> Result<Self, String> {
        let filter = Filter::new(config.on.clone())?;
        let name = config.name.clone();
        let judge = match config.source {
            SourceKind::JsonSchema => schema(config)?,
            _ => part(config)?,
        };
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
        match &self.judge {
            Judge::Schema { schema } => match answer.schema_faults(schema) {
                Ok(faults) => self.schema_verdict(&faults),
                Err(why) => self.unread(why),
            },
            Judge::Part { source, test, matching, .. } => match source.read(answer) {
                Ok(found) => self.verdict(test, *matching, &found),
                Err(why) => self.unread(why),
            },
        }
    }

    /// Without an answer there is one part alone: why.
    fn judge_error(&self, error: &http::Error) -> Verdict {
        match &self.judge {
            Judge::Part { source: Source::Error, test, matching, .. } => {
                self.verdict(test, *matching, &[Found::text(error.to_string())])
            }
            _ => self.unread(format!("no answer: {error}")),
        }
    }

    fn verdict(&self, test: &Test, matching: Matching, found: &[Found]) -> Verdict {
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
        Verdict {
            expected: Some(self.judge.expected()),
            actual: Some(values[shows].map_or_else(|| "nothing".to_owned(), |found| shown(&found.value))),
            message: (!message.is_empty()).then(|| message.join("; ")),
            ..Verdict::new(self.name.as_str(), passed)
        }
    }

    fn schema_verdict(&self, faults: &[String]) -> Verdict {
        let (first, more) = match faults {
            [] => ("it fits".to_owned(), None),
            [first, more @ ..] => (first.clone(), (!more.is_empty()).then(|| more.join("; "))),
        };
        Verdict {
            expected: Some(self.judge.expected()),
            actual: Some(first),
            message: more,
            ..Verdict::new(self.name.as_str(), faults.is_empty())
        }
    }

    /// What cannot be read does not pass.
    fn unread(&self, why: String) -> Verdict {
        Verdict {
            expected: Some(self.judge.expected()),
            actual: Some(why),
            ..Verdict::new(self.name.as_str(), false)
        }
    }
}

impl Judge {
    fn words(&self) -> String {
        match self {
            Self::Part { source, expected, .. } => format!("{} {expected}", source.words()),
            Self::Schema { .. } => "body fits its JSON Schema".to_owned(),
        }
    }

    fn expected(&self) -> String {
        match self {
            Self::Part { expected, .. } => expected.clone(),
            Self::Schema { .. } => "fits the JSON Schema".to_owned(),
        }
    }
}

fn part(config: RuleConfig) -> Result<Judge, String> {
    let RuleConfig { source, property, pattern, comparison, value, matching, size, ignore_case, .. } = config;
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
