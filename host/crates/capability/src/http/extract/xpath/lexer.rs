//! From text to tokens (XPath 1.0 §3.7).

use super::parser::Fault;

/// A token and where it begins, in bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) at: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A name, with what stands before its colon.
    Name(Option<String>, String),
    /// `prefix:*`.
    PrefixAny(String),
    Literal(String),
    Number(f64),
    /// `*` where a name may stand.
    Star,
    /// An operator, a bracket or another sign; `and`, `or`, `div`, `mod` and `*` where they are operators.
    Sign(&'static str),
    End,
}

/// Signs, longer ones before those that they begin with.
const SIGNS: [&str; 21] = [
    "::", "//", "..", "!=", "<=", ">=", "(", ")", "[", "]", ".", "@", ",", "/", "|", "+", "-", "=", "<", ">",
    "$",
];

/// The tokens of an expression, ended by [`Kind::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(|c: char| c.is_ascii_whitespace()) {
            at += 1;
            continue;
        }
        let after_operand = tokens.last().is_some_and(|token| ends_operand(&token.kind));
        let (kind, length) = token(rest, after_operand).map_err(|what| Fault { what, at })?;
        tokens.push(Token { kind, at });
        at += length;
    }
    tokens.push(Token { kind: Kind::End, at: text.len() });
    Ok(tokens)
}

/// Whether an operator must follow: then `*` multiplies, and names are operators.
fn ends_operand(kind: &Kind) -> bool {
    match kind {
        Kind::Sign(sign) => matches!(*sign, ")" | "]" | "." | ".."),
        Kind::End => false,
        _ => true,
    }
}

fn token(rest: &str, after_operand: bool) -> Result<(Kind, usize), &'static str> {
    let first = rest.chars().next().unwrap_or_default();
    match first {
        '"' | '\'' => match rest[1..].find(first) {
            Some(length) => Ok((Kind::Literal(rest[1..=length].to_owned()), length + 2)),
            None => Err("a quoted text that does not end"),
        },
        '*' if after_operand => Ok((Kind::Sign("*"), 1)),
        '*' => Ok((Kind::Star, 1)),
        _ if first.is_ascii_digit() || starts_fraction(rest) => number(rest),
        _ if is_name_start(first) => Ok(name(rest, after_operand)),
        _ => match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            Some(sign) => Ok((Kind::Sign(sign), sign.len())),
            None => Err("a sign that XPath does not have"),
        },
    }
}

fn starts_fraction(rest: &str) -> bool {
    rest.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn number(rest: &str) -> Result<(Kind, usize), &'static str> {
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let mut length = digits(rest);
    if rest[length..].starts_with('.') {
        length += 1 + digits(&rest[length + 1..]);
    }
    let number = rest[..length].parse().map_err(|_| "a number that cannot be read")?;
    Ok((Kind::Number(number), length))
}

fn name(rest: &str, after_operand: bool) -> (Kind, usize) {
    let first = simple_name(rest);
    if after_operand && let Some(operator) = ["and", "or", "div", "mod"].iter().find(|o| **o == first) {
        return (Kind::Sign(operator), first.len());
    }
    let behind = &rest[first.len()..];
    if let Some(behind) = behind.strip_prefix(':').filter(|behind| !behind.starts_with(':')) {
        if behind.starts_with('*') {
            return (Kind::PrefixAny(first.to_owned()), first.len() + 2);
        }
        if behind.starts_with(is_name_start) {
            let local = simple_name(behind);
            let length = first.len() + 1 + local.len();
            return (Kind::Name(Some(first.to_owned()), local.to_owned()), length);
        }
    }
    (Kind::Name(None, first.to_owned()), first.len())
}

fn simple_name(rest: &str) -> &str {
    let end = rest.find(|c: char| !is_name_start(c) && !c.is_numeric() && !matches!(c, '-' | '.' | '·'));
    &rest[..end.unwrap_or(rest.len())]
}

fn is_name_start(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}
