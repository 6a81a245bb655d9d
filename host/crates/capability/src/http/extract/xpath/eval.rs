//! What an expression comes to in a document.

use std::cmp::Ordering;

use super::expr::{Axis, Comparison, Expr, Operation, Path, Predicate, Start, Step};
use super::value::{Item, Value, number_of, text_of};
use crate::http::extract::document::{Budget, Document, NodeId, NodeKind, ROOT};

/// Where an expression is evaluated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    pub(super) item: Item,
    /// From 1.
    pub(super) position: usize,
    pub(super) size: usize,
}

impl Context {
    pub(super) fn of(node: NodeId) -> Context {
        Context { item: Item::of(node), position: 1, size: 1 }
    }
}

/// Evaluates expressions for one question. When the budget is used up it finds nothing more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evaluator<'a> {
    pub(super) document: &'a Document,
    pub(super) budget: &'a Budget,
}

impl Evaluator<'_> {
    pub(super) fn eval(&self, expr: &Expr, context: Context) -> Value {
        if !self.budget.visit(1) {
            return Value::Nodes(Vec::new());
        }
        match expr {
            Expr::Or(parts) => Value::Truth(parts.iter().any(|part| self.truth(part, context))),
            Expr::And(parts) => Value::Truth(parts.iter().all(|part| self.truth(part, context))),
            Expr::Compare(first, rest) => {
                let mut value = self.eval(first, context);
                for (comparison, expr) in rest {
                    let other = self.eval(expr, context);
                    value = Value::Truth(self.compare(*comparison, &value, &other));
                }
                value
            }
            Expr::Calculate(first, rest) => {
                let first = self.number(first, context);
                Value::Number(rest.iter().fold(first, |number, (operation, expr)| {
                    calculate(*operation, number, self.number(expr, context))
                }))
            }
            Expr::Negate(expr) => Value::Number(-self.number(expr, context)),
            Expr::Union(parts) => {
                let mut all: Vec<Item> = parts.iter().flat_map(|part| self.nodes(part, context)).collect();
                in_order(&mut all);
                Value::Nodes(all)
            }
            Expr::Path(path) => self.path(path, context),
            Expr::Literal(text) => Value::Text(text.clone()),
            Expr::Number(number) => Value::Number(*number),
            Expr::Call(function, parameters) => self.call(*function, parameters, context),
        }
    }

    /// The nodes that an expression comes to; none if it comes to something else.
    pub(super) fn nodes(&self, expr: &Expr, context: Context) -> Vec<Item> {
        match self.eval(expr, context) {
            Value::Nodes(items) => items,
            _ => Vec::new(),
        }
    }

    pub(super) fn truth(&self, expr: &Expr, context: Context) -> bool {
        is_true(&self.eval(expr, context))
    }

    pub(super) fn number(&self, expr: &Expr, context: Context) -> f64 {
        self.number_from(self.eval(expr, context))
    }

    pub(super) fn text(&self, expr: &Expr, context: Context) -> String {
        self.text_from(self.eval(expr, context))
    }

    pub(super) fn number_from(&self, value: Value) -> f64 {
        match value {
            Value::Number(number) => number,
            Value::Truth(truth) => f64::from(u8::from(truth)),
            other => number_of(&self.text_from(other)),
        }
    }

    pub(super) fn text_from(&self, value: Value) -> String {
        match value {
            Value::Text(text) => text,
            Value::Number(number) => text_of(number),
            Value::Truth(truth) => truth.to_string(),
            Value::Nodes(items) => items.first().map_or_else(String::new, |item| self.string_of(*item)),
        }
    }

    /// The string value of a node (XPath 1.0 §5).
    pub(super) fn string_of(&self, item: Item) -> String {
        let document = self.document;
        let text = match (item.attribute(), &document.node(item.node).kind) {
            (Some(attribute), _) => document.slice(&document.attribute(attribute).value),
            (None, NodeKind::Text(range) | NodeKind::Comment(range)) => document.slice(range),
            (None, NodeKind::Instruction { data, .. }) => document.slice(data),
            (None, NodeKind::Element { .. } | NodeKind::Document) => {
                let visits = u64::from(document.node(item.node).end - item.node);
                let bytes: usize = document.texts(item.node).map(str::len).sum();
                let affordable = self.budget.visit(visits) && self.afford(bytes);
                return if affordable { document.texts(item.node).collect() } else { String::new() };
            }
        };
        if self.afford(text.len()) { text.to_owned() } else { String::new() }
    }

    /// Takes what a text of so many bytes costs to make.
    pub(super) fn afford(&self, bytes: usize) -> bool {
        self.budget.visit(bytes as u64 / 64)
    }

    fn path(&self, path: &Path, context: Context) -> Value {
        let mut items = match &path.start {
            Start::Here => vec![context.item],
            Start::Root => vec![Item::of(ROOT)],
            Start::Filter(expr, predicates) => match self.eval(expr, context) {
                Value::Nodes(items) => self.filter(items, predicates),
                // Only nodes have steps and predicates.
                other if predicates.is_empty() && path.steps.is_empty() => return other,
                _ => Vec::new(),
            },
        };
        for step in &path.steps {
            items = self.step(step, items);
        }
        Value::Nodes(items)
    }

    fn step(&self, step: &Step, from: Vec<Item>) -> Vec<Item> {
        let mut found = Vec::new();
        let mut covered = 0;
        for item in from {
            if self.budget.is_over() {
                return Vec::new();
            }
            // What is in an element that was searched through has been found.
            let downward = matches!(step.axis, Axis::Descendant | Axis::DescendantOrSelf);
            let is_whole = step.predicates.iter().all(|predicate| !predicate.is_positional);
            if downward && is_whole && item.attribute().is_none() {
                if item.node < covered {
                    continue;
                }
                covered = self.document.node(item.node).end;
            }
            let mut candidates = Vec::new();
            self.walk(step.axis, &step.test, item, &mut candidates);
            found.append(&mut self.filter(candidates, &step.predicates));
        }
        in_order(&mut found);
        found
    }

    /// Those for which all predicates hold. They stand in the order of their axis.
    fn filter(&self, mut items: Vec<Item>, predicates: &[Predicate]) -> Vec<Item> {
        for predicate in predicates {
            let size = items.len();
            let mut position = 0;
            items.retain(|item| {
                position += 1;
                let context = Context { item: *item, position, size };
                match self.eval(&predicate.expr, context) {
                    Value::Number(number) => number == position as f64,
                    other => is_true(&other),
                }
            });
        }
        items
    }

    /// XPath 1.0 §3.4: nodes are compared one by one, and it is enough that it holds for one of them.
    fn compare(&self, comparison: Comparison, left: &Value, right: &Value) -> bool {
        match (left, right) {
            (Value::Nodes(left), Value::Nodes(right)) => {
                let right: Vec<String> = right.iter().map(|item| self.string_of(*item)).collect();
                left.iter().any(|item| {
                    let text = self.string_of(*item);
                    self.budget.visit(right.len() as u64)
                        && right.iter().any(|other| holds_for_texts(comparison, &text, other))
                })
            }
            (Value::Nodes(items), Value::Truth(truth)) => {
                holds_for_truths(comparison, !items.is_empty(), *truth)
            }
            (Value::Truth(truth), Value::Nodes(items)) => {
                holds_for_truths(comparison, *truth, !items.is_empty())
            }
            (Value::Nodes(items), other) => {
                items.iter().any(|item| self.compare(comparison, &Value::Text(self.string_of(*item)), other))
            }
            (other, Value::Nodes(items)) => {
                items.iter().any(|item| self.compare(comparison, other, &Value::Text(self.string_of(*item))))
            }
            (left, right) if !is_equality(comparison) => {
                holds(comparison, self.number_from(left.clone()), self.number_from(right.clone()))
            }
            (Value::Truth(_), _) | (_, Value::Truth(_)) => {
                holds_for_truths(comparison, is_true(left), is_true(right))
            }
            (Value::Number(_), _) | (_, Value::Number(_)) => {
                holds(comparison, self.number_from(left.clone()), self.number_from(right.clone()))
            }
            (Value::Text(left), Value::Text(right)) => holds_for_texts(comparison, left, right),
        }
    }
}

fn is_equality(comparison: Comparison) -> bool {
    matches!(comparison, Comparison::Equal | Comparison::NotEqual)
}

pub(super) fn is_true(value: &Value) -> bool {
    match value {
        Value::Nodes(items) => !items.is_empty(),
        Value::Text(text) => !text.is_empty(),
        Value::Number(number) => *number != 0.0 && !number.is_nan(),
        Value::Truth(truth) => *truth,
    }
}

fn holds_for_texts(comparison: Comparison, left: &str, right: &str) -> bool {
    match comparison {
        Comparison::Equal => left == right,
        Comparison::NotEqual => left != right,
        other => holds(other, number_of(left), number_of(right)),
    }
}

fn holds_for_truths(comparison: Comparison, left: bool, right: bool) -> bool {
    holds(comparison, f64::from(u8::from(left)), f64::from(u8::from(right)))
}

/// What is no number is unequal to everything, and neither less nor more.
fn holds(comparison: Comparison, left: f64, right: f64) -> bool {
    let order = left.partial_cmp(&right);
    match comparison {
        Comparison::Equal => order == Some(Ordering::Equal),
        Comparison::NotEqual => order != Some(Ordering::Equal),
        Comparison::Less => order == Some(Ordering::Less),
        Comparison::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        Comparison::Greater => order == Some(Ordering::Greater),
        Comparison::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    }
}

fn calculate(operation: Operation, left: f64, right: f64) -> f64 {
    match operation {
        Operation::Add => left + right,
        Operation::Subtract => left - right,
        Operation::Multiply => left * right,
        Operation::Divide => left / right,
        Operation::Remainder => left % right,
    }
}

/// Document order, each once.
fn in_order(items: &mut Vec<Item>) {
    if !items.is_sorted_by(|one, other| one < other) {
        items.sort_unstable();
        items.dedup();
    }
}
