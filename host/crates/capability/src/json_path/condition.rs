//! What filters ask of a node: comparisons and the functions of RFC 9535 §2.4.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::ControlFlow::{self, Continue};

use regex::{Regex, RegexBuilder};
use serde_json::{Number, Value};

use super::query::{Condition, Operand, Operator, Pattern, Query};
use super::walk::{Stop, Walk};

/// 64 KiB for a compiled regular expression that comes from the document. It is compiled for each node.
const MAX_COMPUTED_REGEX_BYTES: usize = 64 * 1024;

/// Compiling a regular expression counts as much as looking at 20,000 nodes.
const COMPILE_VISITS: u64 = 20_000;

/// Comparing 64 bytes counts as much as looking at a node, and so does searching 8 for a pattern.
const COMPARED_BYTES_PER_VISIT: usize = 64;
const SEARCHED_BYTES_PER_VISIT: usize = 8;

type Found<'a> = Option<Cow<'a, Value>>;

impl<'a> Walk<'a> {
    pub(super) fn holds(&mut self, condition: &'a Condition, node: &'a Value) -> ControlFlow<Stop, bool> {
        match condition {
            Condition::Any(parts) => {
                for part in parts {
                    if self.holds(part, node)? {
                        return Continue(true);
                    }
                }
                Continue(false)
            }
            Condition::All(parts) => {
                for part in parts {
                    if !self.holds(part, node)? {
                        return Continue(false);
                    }
                }
                Continue(true)
            }
            Condition::Not(inner) => Continue(!self.holds(inner, node)?),
            Condition::Exists(query) => Continue(self.first(query, node)?.is_some()),
            Condition::Compare { left, operator, right } => {
                let (left, right) = (self.value(left, node)?, self.value(right, node)?);
                self.compare(left.as_deref(), *operator, right.as_deref())
            }
            Condition::Matches { text, pattern } => self.matches(text, pattern, node),
        }
    }

    fn first(&mut self, query: &'a Query, node: &'a Value) -> ControlFlow<Stop, Option<&'a Value>> {
        let mut first = None;
        self.ask(query, node, &mut |found| {
            first = Some(found);
            ControlFlow::Break(Stop::Enough)
        })?;
        Continue(first)
    }

    fn value(&mut self, operand: &'a Operand, node: &'a Value) -> ControlFlow<Stop, Found<'a>> {
        Continue(match operand {
            Operand::Literal(value) => Some(Cow::Borrowed(value)),
            Operand::Singular(query) => self.first(query, node)?.map(Cow::Borrowed),
            Operand::Length(of) => {
                let of = self.value(of, node)?;
                self.length(of.as_deref())?.map(|length| Cow::Owned(Value::from(length)))
            }
            Operand::Count(query) => {
                let mut count = 0_u64;
                self.ask(query, node, &mut |_| {
                    count += 1;
                    Continue(())
                })?;
                Some(Cow::Owned(Value::from(count)))
            }
            Operand::Only(query) => self.only(query, node)?.map(Cow::Borrowed),
        })
    }

    /// The node that a query selects, if it selects exactly one.
    fn only(&mut self, query: &'a Query, node: &'a Value) -> ControlFlow<Stop, Option<&'a Value>> {
        let (mut only, mut count) = (None, 0);
        self.ask(query, node, &mut |found| {
            only = Some(found);
            count += 1;
            if count > 1 { ControlFlow::Break(Stop::Enough) } else { Continue(()) }
        })?;
        Continue(only.filter(|_| count == 1))
    }

    fn length(&mut self, value: Option<&Value>) -> ControlFlow<Stop, Option<usize>> {
        Continue(match value {
            Some(Value::String(text)) => {
                self.spend_bytes(text, COMPARED_BYTES_PER_VISIT)?;
                Some(text.chars().count())
            }
            Some(Value::Array(items)) => Some(items.len()),
            Some(Value::Object(members)) => Some(members.len()),
            _ => None,
        })
    }

    fn compare(
        &mut self,
        left: Option<&Value>,
        operator: Operator,
        right: Option<&Value>,
    ) -> ControlFlow<Stop, bool> {
        Continue(match operator {
            Operator::Equal => self.equal_or_nothing(left, right)?,
            Operator::NotEqual => !self.equal_or_nothing(left, right)?,
            Operator::Less => self.less(left, right)?,
            Operator::Greater => self.less(right, left)?,
            Operator::LessOrEqual => self.less(left, right)? || self.equal_or_nothing(left, right)?,
            Operator::GreaterOrEqual => self.less(right, left)? || self.equal_or_nothing(left, right)?,
        })
    }

    fn equal_or_nothing(&mut self, left: Option<&Value>, right: Option<&Value>) -> ControlFlow<Stop, bool> {
        match (left, right) {
            (None, None) => Continue(true),
            (Some(left), Some(right)) => self.equal(left, right),
            _ => Continue(false),
        }
    }

    fn equal(&mut self, left: &Value, right: &Value) -> ControlFlow<Stop, bool> {
        self.spend(1)?;
        match (left, right) {
            (Value::Number(left), Value::Number(right)) => {
                Continue(order(left, right) == Some(Ordering::Equal))
            }
            (Value::String(left), Value::String(right)) => {
                self.spend_bytes(left, COMPARED_BYTES_PER_VISIT)?;
                Continue(left == right)
            }
            (Value::Array(left), Value::Array(right)) => {
                if left.len() != right.len() {
                    return Continue(false);
                }
                for (left, right) in left.iter().zip(right) {
                    if !self.equal(left, right)? {
                        return Continue(false);
                    }
                }
                Continue(true)
            }
            (Value::Object(left), Value::Object(right)) => {
                if left.len() != right.len() {
                    return Continue(false);
                }
                for (name, left) in left {
                    let Some(right) = right.get(name) else { return Continue(false) };
                    if !self.equal(left, right)? {
                        return Continue(false);
                    }
                }
                Continue(true)
            }
            _ => Continue(left == right),
        }
    }

    /// Numbers and strings have an order; everything else has none.
    fn less(&mut self, left: Option<&Value>, right: Option<&Value>) -> ControlFlow<Stop, bool> {
        match (left, right) {
            (Some(Value::Number(left)), Some(Value::Number(right))) => {
                Continue(order(left, right) == Some(Ordering::Less))
            }
            (Some(Value::String(left)), Some(Value::String(right))) => {
                self.spend_bytes(left, COMPARED_BYTES_PER_VISIT)?;
                Continue(left < right)
            }
            _ => Continue(false),
        }
    }

    fn matches(
        &mut self,
        text: &'a Operand,
        pattern: &'a Pattern,
        node: &'a Value,
    ) -> ControlFlow<Stop, bool> {
        let text = self.value(text, node)?;
        let Some(Value::String(text)) = text.as_deref() else { return Continue(false) };
        self.spend_bytes(text, SEARCHED_BYTES_PER_VISIT)?;
        match pattern {
            Pattern::Fixed(regex) => Continue(regex.as_ref().is_some_and(|regex| regex.is_match(text))),
            Pattern::Computed { text: pattern, whole } => {
                let pattern = self.value(pattern, node)?;
                let Some(Value::String(pattern)) = pattern.as_deref() else { return Continue(false) };
                self.spend(COMPILE_VISITS)?;
                self.spend_bytes(pattern, 1)?;
                let regex = compile(pattern, *whole, MAX_COMPUTED_REGEX_BYTES);
                Continue(regex.is_some_and(|regex| regex.is_match(text)))
            }
        }
    }

    fn spend_bytes(&mut self, text: &str, bytes_per_visit: usize) -> ControlFlow<Stop> {
        self.spend((text.len() / bytes_per_visit) as u64)
    }
}

/// Compiles a regular expression of `match` (`whole`) or `search`; nothing if it is not valid.
///
/// RFC 9485's expressions are a subset of what the crate understands, but for the dot, which matches neither
/// of the line ends.
pub(super) fn compile(pattern: &str, whole: bool, max_bytes: usize) -> Option<Regex> {
    let build = |pattern: &str| {
        RegexBuilder::new(pattern).crlf(true).size_limit(max_bytes).dfa_size_limit(max_bytes).build().ok()
    };
    // Alone it must be valid too: `a)|(b` is not.
    let alone = build(pattern)?;
    if whole { build(&format!(r"\A(?:{pattern})\z")) } else { Some(alone) }
}

/// Whole numbers are compared exactly, others as floating point.
fn order(left: &Number, right: &Number) -> Option<Ordering> {
    let whole = |number: &Number| number.as_i64().map(i128::from).or(number.as_u64().map(i128::from));
    match (whole(left), whole(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}
