//! Reading an expression from left to right.

use std::ops::Range;

use super::error::{Fault, ThresholdErrorKind as Kind};
use crate::drives_a_terminal;

/// An expression and how far it was read.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    text: &'a str,
    at: usize,
}

/// The longest word that an error repeats, in characters.
const MAX_FOUND: usize = 40;

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Scan<'a> {
        let mut scan = Scan { text, at: 0 };
        scan.skip_space();
        scan
    }

    /// The byte that is read next.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// What was read from an earlier byte on.
    pub(super) fn since(&self, from: usize) -> &'a str {
        &self.text[from..self.at]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest().is_empty()
    }

    pub(super) fn skip_space(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// Takes `word` if it comes next.
    pub(super) fn eat(&mut self, word: &str) -> bool {
        let comes = self.rest().starts_with(word);
        self.at += if comes { word.len() } else { 0 };
        comes
    }

    pub(super) fn take_while(&mut self, goes_on: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !goes_on(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Back to an earlier byte.
    pub(super) fn back_to(&mut self, at: usize) {
        self.at = at;
    }

    /// Takes a text in quotes, whose opening quote comes next.
    pub(super) fn take_quoted(&mut self) -> Result<String, Fault> {
        let from = self.at;
        self.bump();
        let mut text = String::new();
        while let Some(c) = self.bump() {
            match c {
                '"' => return Ok(text),
                '\\' => {
                    let after = self.at;
                    match self.bump() {
                        Some(escaped @ ('"' | '\\')) => text.push(escaped),
                        Some(_) => return Err(Fault::at(after..self.at, Kind::Escape)),
                        None => return Err(Fault::at(after - 1..after, Kind::Escape)),
                    }
                }
                c => text.push(c),
            }
        }
        Err(Fault::at(from..from + 1, Kind::UnclosedQuote))
    }

    /// That something else was expected here.
    pub(super) fn expected(&self, what: &'static str) -> Fault {
        let (span, found) = self.found();
        Fault::at(span, Kind::Expected { what, found })
    }

    /// What comes next, in words, and where.
    fn found(&self) -> (Range<usize>, String) {
        let rest = self.rest();
        let word = rest.split(char::is_whitespace).next().unwrap_or_default();
        match word.is_empty() {
            true => (self.at..self.at, "the end".to_owned()),
            false => (self.at..self.at + word.len(), format!("'{}'", shown(word))),
        }
    }
}

/// A word as an error repeats it: not too long, and without what a terminal would obey.
pub(super) fn shown(word: &str) -> String {
    let mut text: String = word.chars().take(MAX_FOUND).map(printable).collect();
    if word.chars().nth(MAX_FOUND).is_some() {
        text.push('…');
    }
    text
}

/// A character, or a space for one that a terminal would obey.
pub(super) fn printable(c: char) -> char {
    if drives_a_terminal(c) { ' ' } else { c }
}
