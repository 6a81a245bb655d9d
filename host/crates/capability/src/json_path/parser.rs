//! Reading a query: the grammar of RFC 9535, by recursive descent.

mod filter;
mod literal;

use super::MAX_SEGMENTS;
use super::query::{Query, Root, Segment, Selector, Slice};

/// 16 parentheses, `!` and functions inside one another, and 4 filters: deeper ones are not written by people.
/// Both are read and walked recursively.
const MAX_NESTING: u32 = 16;
const MAX_FILTERS: u32 = 4;

/// What is wrong, and at which byte.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) reason: &'static str,
}

type Parsed<T> = Result<T, Fault>;

/// Reads a query, which begins with `$`.
pub(super) fn parse(text: &str) -> Parsed<Query> {
    let mut parser = Parser { text, at: 0, nesting: 0, filters: 0 };
    parser.expect("$", "a query begins with $")?;
    let segments = parser.segments()?;
    match parser.peek() {
        None => Ok(Query { root: Root::Document, segments }),
        Some(_) => Err(parser.fault("expected '.', '[' or the end")),
    }
}

/// A text, and how far it was read.
struct Parser<'t> {
    text: &'t str,
    at: usize,
    /// Open parentheses and functions.
    nesting: u32,
    /// Open filters.
    filters: u32,
}

impl Parser<'_> {
    fn segments(&mut self) -> Parsed<Vec<Segment>> {
        let mut segments = Vec::new();
        loop {
            let before = self.at;
            self.skip_blanks();
            let Some(segment) = self.segment()? else {
                self.at = before;
                return Ok(segments);
            };
            if segments.len() == MAX_SEGMENTS {
                return Err(self.fault("more than 128 segments"));
            }
            segments.push(segment);
        }
    }

    fn segment(&mut self) -> Parsed<Option<Segment>> {
        let descends = self.eat("..");
        if self.peek() == Some('[') {
            return Ok(Some(Segment { descends, selectors: self.bracketed()? }));
        }
        if descends || self.eat(".") {
            return Ok(Some(Segment { descends, selectors: vec![self.shorthand()?] }));
        }
        Ok(None)
    }

    fn shorthand(&mut self) -> Parsed<Selector> {
        if self.eat("*") {
            return Ok(Selector::Wildcard);
        }
        let is_first = |c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii();
        if !self.peek().is_some_and(is_first) {
            return Err(self.fault("expected a name or '*'"));
        }
        Ok(Selector::Name(self.eat_while(|c| is_first(c) || c.is_ascii_digit()).to_owned()))
    }

    fn bracketed(&mut self) -> Parsed<Vec<Selector>> {
        self.expect("[", "expected '['")?;
        let mut selectors = Vec::new();
        loop {
            self.skip_blanks();
            selectors.push(self.selector()?);
            self.skip_blanks();
            if !self.eat(",") {
                self.expect("]", "expected ',' or ']'")?;
                return Ok(selectors);
            }
        }
    }

    fn selector(&mut self) -> Parsed<Selector> {
        match self.peek() {
            Some('\'' | '"') => Ok(Selector::Name(self.string()?)),
            Some('*') => {
                self.next();
                Ok(Selector::Wildcard)
            }
            Some('?') => self.filter(),
            Some('-' | ':' | '0'..='9') => self.index_or_slice(),
            _ => Err(self.fault("expected a name in quotes, an index, a slice, '*' or '?'")),
        }
    }

    fn filter(&mut self) -> Parsed<Selector> {
        self.expect("?", "expected '?'")?;
        self.filters += 1;
        if self.filters > MAX_FILTERS {
            return Err(self.fault("more than 4 filters inside one another"));
        }
        self.skip_blanks();
        let condition = self.condition()?;
        self.filters -= 1;
        Ok(Selector::Filter(condition))
    }

    fn index_or_slice(&mut self) -> Parsed<Selector> {
        let start = self.integer()?;
        if !self.eat_after_blanks(":") {
            return start.map(Selector::Index).ok_or_else(|| self.fault("expected an index"));
        }
        let end = self.integer_after_blanks()?;
        let step = if self.eat_after_blanks(":") { self.integer_after_blanks()? } else { None };
        Ok(Selector::Slice(Slice { start, end, step: step.unwrap_or(1) }))
    }

    fn integer_after_blanks(&mut self) -> Parsed<Option<i64>> {
        let before = self.at;
        self.skip_blanks();
        let number = self.integer()?;
        if number.is_none() {
            self.at = before;
        }
        Ok(number)
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn eat(&mut self, token: &str) -> bool {
        let is_next = self.text[self.at..].starts_with(token);
        if is_next {
            self.at += token.len();
        }
        is_next
    }

    /// Reads blanks and the token, or nothing at all.
    fn eat_after_blanks(&mut self, token: &str) -> bool {
        let before = self.at;
        self.skip_blanks();
        let is_next = self.eat(token);
        if !is_next {
            self.at = before;
        }
        is_next
    }

    fn eat_while(&mut self, belongs: impl Fn(char) -> bool) -> &str {
        let rest = &self.text[self.at..];
        let eaten = &rest[..rest.find(|c| !belongs(c)).unwrap_or(rest.len())];
        self.at += eaten.len();
        eaten
    }

    fn skip_blanks(&mut self) {
        self.eat_while(|c| matches!(c, ' ' | '\t' | '\n' | '\r'));
    }

    fn expect(&mut self, token: &str, reason: &'static str) -> Parsed<()> {
        if self.eat(token) { Ok(()) } else { Err(self.fault(reason)) }
    }

    fn fault(&self, reason: &'static str) -> Fault {
        Fault { at: self.at, reason }
    }
}
