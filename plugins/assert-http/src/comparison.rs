//! How a value is judged: every comparison that the rules know.

use std::cmp::Ordering;

use outrider_sdk::serde_json::Value;
use regex_lite::{Regex, RegexBuilder};

use crate::found::{Found, shown};
use crate::numbers;
use crate::rules::Comparison;

/// A comparison with what it compares with. A negated one holds exactly where its opposite does not, also
/// for a value that is missing; but a value that cannot be compared at all passes neither.
#[derive(Debug)]
pub(crate) struct Test {
    comparison: Comparison,
    negated: bool,
    operand: Operand,
    size: bool,
    ignore_case: bool,
    words: String,
}

/// What a value is compared with.
#[derive(Debug)]
enum Operand {
    Nothing,
    Value(Value),
    List(Vec<Value>),
    Range(Value, Value),
    Pattern(Regex),
}

impl Test {
    /// A test, or why it makes no sense.
    pub(crate) fn new(
        comparison: Comparison,
        value: Option<Value>,
        size: bool,
        ignore_case: bool,
    ) -> Result<Self, String> {
        let (opposite, negated) = positive(comparison);
        let words = words(comparison, value.as_ref(), size);
        let operand = operand(opposite, value, ignore_case)
            .map_err(|fault| format!("the comparison {} {fault}", comparison.word()))?;
        Ok(Self { comparison: opposite, negated, operand, size, ignore_case, words })
    }

    /// What is expected, in words.
    pub(crate) fn words(&self) -> &str {
        &self.words
    }

    /// Whether a value passes; nothing was found if it is none. An error says why it cannot be compared.
    pub(crate) fn passes(&self, found: Option<&Found>) -> Result<bool, String> {
        let sized = match found {
            Some(found) if self.size => {
                let size = found.size().ok_or_else(|| format!("{} has no size", shown(&found.value)))?;
                Some(Found::typed(size))
            }
            _ => None,
        };
        Ok(self.holds(sized.as_ref().or(found))? != self.negated)
    }

    fn holds(&self, found: Option<&Found>) -> Result<bool, String> {
        let Some(found) = found else {
            return Ok(matches!(self.comparison, Comparison::IsEmpty | Comparison::IsNull));
        };
        match (self.comparison, &self.operand) {
            (Comparison::Exists, _) => Ok(true),
            (Comparison::IsNull, _) => Ok(found.value.is_null()),
            (Comparison::IsEmpty, _) => Ok(found.value.is_null() || found.size() == Some(0)),
            (Comparison::Equals, Operand::Value(value)) => Ok(self.same(found, value)),
            (Comparison::OneOf, Operand::List(list)) => Ok(list.iter().any(|value| self.same(found, value))),
            (Comparison::Between, Operand::Range(low, high)) => {
                Ok(self.order(found, low)?.is_ge() && self.order(found, high)?.is_le())
            }
            (Comparison::GreaterThan, Operand::Value(value)) => Ok(self.order(found, value)?.is_gt()),
            (Comparison::GreaterOrEqual, Operand::Value(value)) => Ok(self.order(found, value)?.is_ge()),
            (Comparison::LessThan, Operand::Value(value)) => Ok(self.order(found, value)?.is_lt()),
            (Comparison::LessOrEqual, Operand::Value(value)) => Ok(self.order(found, value)?.is_le()),
            (Comparison::Contains, Operand::Value(value)) => self.contains(found, value),
            (Comparison::HasKey, Operand::Value(key)) => Ok(found
                .value
                .as_object()
                .is_some_and(|fields| fields.keys().any(|k| self.same_text(k, key)))),
            (Comparison::HasValue, Operand::Value(value)) => Ok(self.has_value(found, value)),
            (Comparison::StartsWith, Operand::Value(value)) => {
                Ok(self.fold(text_of(found)?).starts_with(&self.fold(text(value))))
            }
            (Comparison::EndsWith, Operand::Value(value)) => {
                Ok(self.fold(text_of(found)?).ends_with(&self.fold(text(value))))
            }
            (Comparison::Matches, Operand::Pattern(pattern)) => Ok(match &found.value {
                Value::String(text) => pattern.is_match(text),
                other => pattern.is_match(&other.to_string()),
            }),
            (Comparison::HasType, Operand::Value(value)) => Ok(has_type(&found.value, &text(value))),
            // `new` gives each comparison the operand that it needs, and negated ones are turned around.
            (comparison, _) => Err(format!("the comparison {} has no operand", comparison.word())),
        }
    }

    fn contains(&self, found: &Found, value: &Value) -> Result<bool, String> {
        match &found.value {
            Value::Array(_) => Ok(self.has_value(found, value)),
            Value::Object(fields) => Ok(fields.keys().any(|key| self.same_text(key, value))),
            _ => Ok(self.fold(text_of(found)?).contains(&self.fold(text(value)))),
        }
    }

    fn has_value(&self, found: &Found, value: &Value) -> bool {
        let same = |item: &Value| self.same(&Found { value: item.clone(), loose: found.loose }, value);
        match &found.value {
            Value::Array(items) => items.iter().any(same),
            Value::Object(fields) => fields.values().any(same),
            _ => false,
        }
    }

    fn same(&self, found: &Found, value: &Value) -> bool {
        match (&found.value, value) {
            (_, Value::Number(wanted)) => numbers::number_in(found)
                .is_some_and(|number| numbers::compare(&number, wanted) == Some(Ordering::Equal)),
            (Value::String(text), Value::String(wanted)) => {
                self.fold(text.clone()) == self.fold(wanted.clone())
            }
            (Value::String(text), Value::Bool(wanted)) if found.loose => *text == wanted.to_string(),
            (value, wanted) => value == wanted,
        }
    }

    fn same_text(&self, found: &str, wanted: &Value) -> bool {
        self.fold(found.to_owned()) == self.fold(text(wanted))
    }

    /// How a value compares with a number, or a text with another.
    fn order(&self, found: &Found, with: &Value) -> Result<Ordering, String> {
        let order = match (with, &found.value) {
            (Value::Number(with), _) => {
                let number = numbers::number_in(found)
                    .ok_or_else(|| format!("{} is not a number", shown(&found.value)))?;
                numbers::compare(&number, with)
            }
            (Value::String(with), Value::String(text)) => {
                Some(self.fold(text.clone()).cmp(&self.fold(with.clone())))
            }
            _ => None,
        };
        order.ok_or_else(|| format!("{} cannot be compared with {}", shown(&found.value), shown(with)))
    }

    fn fold(&self, text: String) -> String {
        if self.ignore_case { text.to_lowercase() } else { text }
    }
}

/// The comparison that holds where this one does not, if this is a negated one.
fn positive(comparison: Comparison) -> (Comparison, bool) {
    let opposite = match comparison {
        Comparison::NotEquals => Comparison::Equals,
        Comparison::NotBetween => Comparison::Between,
        Comparison::NotContains => Comparison::Contains,
        Comparison::NotStartsWith => Comparison::StartsWith,
        Comparison::NotEndsWith => Comparison::EndsWith,
        Comparison::NotMatches => Comparison::Matches,
        Comparison::NotOneOf => Comparison::OneOf,
        Comparison::NotEmpty => Comparison::IsEmpty,
        Comparison::NotHasKey => Comparison::HasKey,
        Comparison::NotHasValue => Comparison::HasValue,
        Comparison::NotNull => Comparison::IsNull,
        Comparison::NotExists => Comparison::Exists,
        Comparison::NotHasType => Comparison::HasType,
        other => return (other, false),
    };
    (opposite, true)
}

fn operand(comparison: Comparison, value: Option<Value>, ignore_case: bool) -> Result<Operand, String> {
    use Comparison::{
        Between, Exists, GreaterOrEqual, GreaterThan, HasType, IsEmpty, IsNull, LessOrEqual, LessThan,
        Matches, OneOf,
    };
    let Some(value) = value else {
        return match comparison {
            IsEmpty | IsNull | Exists => Ok(Operand::Nothing),
            _ => Err("needs a value".into()),
        };
    };
    let is_ordered = |value: &Value| value.is_number() || value.is_string();
    match (comparison, value) {
        (IsEmpty | IsNull | Exists, _) => Err("takes no value".into()),
        (OneOf, Value::Array(list)) => Ok(Operand::List(list)),
        (OneOf, _) => Err("needs a list of values".into()),
        (Between, Value::Array(ends)) => match <[Value; 2]>::try_from(ends) {
            Ok([low, high]) if is_ordered(&low) && is_ordered(&high) => Ok(Operand::Range(low, high)),
            _ => Err("needs two numbers".into()),
        },
        (Between, _) => Err("needs two numbers".into()),
        (Matches, Value::String(pattern)) => {
            let compiled = RegexBuilder::new(&pattern).case_insensitive(ignore_case).build();
            compiled
                .map(Operand::Pattern)
                .map_err(|error| format!("needs a regular expression, and '{pattern}' is none: {error}"))
        }
        (Matches, _) => Err("needs a regular expression, as text".into()),
        (HasType, Value::String(name)) if TYPES.contains(&name.as_str()) => {
            Ok(Operand::Value(Value::String(name)))
        }
        (HasType, _) => Err(format!("needs one of {}", TYPES.join(", "))),
        (GreaterThan | GreaterOrEqual | LessThan | LessOrEqual, value) if !is_ordered(&value) => {
            Err("needs a number, or a text to be sorted by".into())
        }
        (_, value) => Ok(Operand::Value(value)),
    }
}

/// JSON's types, as JSON Schema names them.
const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "array", "object", "null"];

fn has_type(value: &Value, name: &str) -> bool {
    match value {
        Value::Null => name == "null",
        Value::Bool(_) => name == "boolean",
        Value::Number(number) => {
            name == "number" || name == "integer" && number.as_f64().is_some_and(|n| n.fract() == 0.0)
        }
        Value::String(_) => name == "string",
        Value::Array(_) => name == "array",
        Value::Object(_) => name == "object",
    }
}

/// The text that was found, for comparisons of texts.
fn text_of(found: &Found) -> Result<String, String> {
    match &found.value {
        Value::String(text) => Ok(text.clone()),
        other => Err(format!("{other} is no text")),
    }
}

/// What is compared with, as a text.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// `greater than 3`, `size between 1 and 5`, `not empty`.
fn words(comparison: Comparison, value: Option<&Value>, size: bool) -> String {
    let subject = if size { "size " } else { "" };
    let operand = match (comparison, value) {
        (_, None) => String::new(),
        (Comparison::Between | Comparison::NotBetween, Some(Value::Array(ends))) => {
            let ends: Vec<String> = ends.iter().map(shown).collect();
            format!(" {}", ends.join(" and "))
        }
        (_, Some(value)) => format!(" {}", shown(value)),
    };
    format!("{subject}{}{operand}", comparison.word().replace('_', " "))
}

#[cfg(test)]
mod tests;
