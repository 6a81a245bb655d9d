//! Conditions of filters.

use serde_json::Value;

use super::{MAX_NESTING, Parsed, Parser};
use crate::json_path::MAX_REGEX_BYTES;
use crate::json_path::condition::compile;
use crate::json_path::query::{Condition, Operand, Operator, Pattern, Query, Root};

/// What may stand alone or at a side of a comparison. Which of them may, is found out later.
enum Term {
    Literal(Value),
    Query(Query),
    /// A function that gives a value.
    Value(Operand),
    /// A function that is true or false.
    Test(Condition),
}

impl Parser<'_> {
    /// `a || b`
    pub(super) fn condition(&mut self) -> Parsed<Condition> {
        let first = self.conjunction()?;
        let mut parts = vec![first];
        while self.eat_after_blanks("||") {
            self.skip_blanks();
            parts.push(self.conjunction()?);
        }
        Ok(one_or(parts, Condition::Any))
    }

    /// `a && b`
    fn conjunction(&mut self) -> Parsed<Condition> {
        let first = self.basic()?;
        let mut parts = vec![first];
        while self.eat_after_blanks("&&") {
            self.skip_blanks();
            parts.push(self.basic()?);
        }
        Ok(one_or(parts, Condition::All))
    }

    fn basic(&mut self) -> Parsed<Condition> {
        let negated = self.eat("!");
        if negated {
            self.skip_blanks();
        }
        let condition = if self.eat("(") {
            self.nested(|parser| {
                parser.skip_blanks();
                let inner = parser.condition()?;
                parser.skip_blanks();
                parser.expect(")", "expected ')', '&&' or '||'")?;
                Ok(inner)
            })?
        } else {
            self.comparison_or_test(negated)?
        };
        Ok(if negated { Condition::Not(Box::new(condition)) } else { condition })
    }

    fn comparison_or_test(&mut self, negated: bool) -> Parsed<Condition> {
        let at = self.at;
        let left = self.term()?;
        let before = self.at;
        self.skip_blanks();
        let Some(operator) = self.operator() else {
            self.at = before;
            return self.test(left, at);
        };
        if negated {
            self.at = at;
            return Err(self.fault("a comparison is negated in parentheses: !(…)"));
        }
        let left = self.operand(left, at)?;
        self.skip_blanks();
        let at = self.at;
        let right = self.term()?;
        Ok(Condition::Compare { left, operator, right: self.operand(right, at)? })
    }

    fn operator(&mut self) -> Option<Operator> {
        // The longer ones first.
        let table = [
            ("==", Operator::Equal),
            ("!=", Operator::NotEqual),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        table.into_iter().find(|(token, _)| self.eat(token)).map(|(_, operator)| operator)
    }

    fn term(&mut self) -> Parsed<Term> {
        match self.peek() {
            Some('@') => self.query(Root::Node).map(Term::Query),
            Some('$') => self.query(Root::Document).map(Term::Query),
            Some('\'' | '"') => Ok(Term::Literal(Value::String(self.string()?))),
            Some('-' | '0'..='9') => self.number().map(Term::Literal),
            Some('a'..='z') => self.word(),
            _ => Err(self.fault("expected '@', '$', a value, a function or '('")),
        }
    }

    fn query(&mut self, root: Root) -> Parsed<Query> {
        self.next();
        Ok(Query { root, segments: self.segments()? })
    }

    /// `true`, `false`, `null` or a function.
    fn word(&mut self) -> Parsed<Term> {
        let at = self.at;
        let word = self.eat_while(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_').to_owned();
        match word.as_str() {
            "true" => return Ok(Term::Literal(Value::Bool(true))),
            "false" => return Ok(Term::Literal(Value::Bool(false))),
            "null" => return Ok(Term::Literal(Value::Null)),
            _ => {}
        }
        if !matches!(word.as_str(), "length" | "count" | "value" | "match" | "search") {
            self.at = at;
            return Err(self.fault("there are length, count, value, match and search, true, false and null"));
        }
        self.expect("(", "expected '('")?;
        self.nested(|parser| {
            parser.skip_blanks();
            let term = parser.function(&word)?;
            parser.skip_blanks();
            parser.expect(")", "expected ')'")?;
            Ok(term)
        })
    }

    fn function(&mut self, name: &str) -> Parsed<Term> {
        Ok(match name {
            "length" => Term::Value(Operand::Length(Box::new(self.value_argument()?))),
            "count" => Term::Value(Operand::Count(self.query_argument()?)),
            "value" => Term::Value(Operand::Only(self.query_argument()?)),
            _ => {
                let text = self.value_argument()?;
                self.skip_blanks();
                self.expect(",", "expected ',' and a regular expression")?;
                self.skip_blanks();
                let pattern = self.value_argument()?;
                Term::Test(Condition::Matches { text, pattern: regex(pattern, name == "match") })
            }
        })
    }

    fn value_argument(&mut self) -> Parsed<Operand> {
        let at = self.at;
        let term = self.term()?;
        self.operand(term, at)
    }

    fn query_argument(&mut self) -> Parsed<Query> {
        let at = self.at;
        match self.term()? {
            Term::Query(query) => Ok(query),
            _ => {
                self.at = at;
                Err(self.fault("expected a query"))
            }
        }
    }

    /// A term that began `at` a byte as a value.
    fn operand(&mut self, term: Term, at: usize) -> Parsed<Operand> {
        let reason = match term {
            Term::Literal(value) => return Ok(Operand::Literal(value)),
            Term::Value(operand) => return Ok(operand),
            Term::Query(query) if query.is_singular() => return Ok(Operand::Singular(query)),
            Term::Query(_) => "a query that may select several nodes is no value",
            Term::Test(_) => "match and search are no values",
        };
        self.at = at;
        Err(self.fault(reason))
    }

    /// A term that began `at` a byte as a condition.
    fn test(&mut self, term: Term, at: usize) -> Parsed<Condition> {
        match term {
            Term::Query(query) => Ok(Condition::Exists(query)),
            Term::Test(condition) => Ok(condition),
            Term::Literal(_) | Term::Value(_) => {
                self.at = at;
                Err(self.fault("a value alone is no condition"))
            }
        }
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(self.fault("more than 16 parentheses inside one another"));
        }
        let inner = read(self)?;
        self.nesting -= 1;
        Ok(inner)
    }
}

/// A pattern that is written in the query is compiled with it.
fn regex(pattern: Operand, whole: bool) -> Pattern {
    match pattern {
        Operand::Literal(Value::String(text)) => Pattern::Fixed(compile(&text, whole, MAX_REGEX_BYTES)),
        text => Pattern::Computed { text, whole },
    }
}

fn one_or(mut parts: Vec<Condition>, many: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            many(parts)
        }
        None => many(parts),
    }
}
