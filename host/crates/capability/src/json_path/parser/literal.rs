//! Strings and numbers.

use serde_json::Value;

use super::{Parsed, Parser};

/// Whole numbers that every JSON reader keeps exactly (RFC 7493 §2.2).
const MAX_INTEGER: i64 = (1 << 53) - 1;

impl Parser<'_> {
    /// A string in either kind of quotes.
    pub(super) fn string(&mut self) -> Parsed<String> {
        let quote = self.next();
        let mut text = String::new();
        loop {
            match self.peek() {
                None => return Err(self.fault("the string has no end")),
                Some(c) if c < ' ' => {
                    return Err(self.fault("a control character in a string is written with a backslash"));
                }
                c if c == quote => {
                    self.next();
                    return Ok(text);
                }
                Some('\\') => {
                    self.next();
                    text.push(self.escape(quote)?);
                }
                Some(c) => {
                    self.next();
                    text.push(c);
                }
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self, quote: Option<char>) -> Parsed<char> {
        let escaped = match self.peek() {
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some(c @ ('/' | '\\')) => c,
            Some('u') => {
                self.next();
                return self.unicode();
            }
            Some(c) if Some(c) == quote => c,
            _ => return Err(self.fault("no character is written like that")),
        };
        self.next();
        Ok(escaped)
    }

    /// Four hexadecimal digits, or a pair of surrogates.
    fn unicode(&mut self) -> Parsed<char> {
        let at = self.fault("expected a Unicode character in hexadecimal digits");
        let high = self.hex()?;
        let code = if (0xd800..0xdc00).contains(&high) && self.eat("\\u") {
            let low = self.hex()?;
            if !(0xdc00..0xe000).contains(&low) {
                return Err(at);
            }
            0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)
        } else {
            high
        };
        char::from_u32(code).ok_or(at)
    }

    fn hex(&mut self) -> Parsed<u32> {
        let digits = self.text.get(self.at..self.at + 4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let number = number.ok_or_else(|| self.fault("expected four hexadecimal digits"))?;
        self.at += 4;
        Ok(number)
    }

    /// An index or a bound of a slice, if there is one.
    pub(super) fn integer(&mut self) -> Parsed<Option<i64>> {
        let before = self.at;
        self.eat("-");
        self.eat_while(|c| c.is_ascii_digit());
        let text = &self.text[before..self.at];
        if text.is_empty() {
            return Ok(None);
        }
        let digits = text.trim_start_matches('-');
        let well_formed = !digits.is_empty() && text != "-0" && (digits == "0" || !digits.starts_with('0'));
        let number = text.parse().ok().filter(|number: &i64| number.abs() <= MAX_INTEGER);
        match number.filter(|_| well_formed) {
            Some(number) => Ok(Some(number)),
            None => {
                self.at = before;
                Err(self.fault("expected a whole number without leading zeros, below 2^53"))
            }
        }
    }

    /// A number as JSON writes it.
    pub(super) fn number(&mut self) -> Parsed<Value> {
        let before = self.at;
        self.eat("-");
        self.eat_while(|c| c.is_ascii_digit());
        if self.eat(".") {
            self.eat_while(|c| c.is_ascii_digit());
        }
        if self.eat("e") || self.eat("E") {
            let _signed = self.eat("-") || self.eat("+");
            self.eat_while(|c| c.is_ascii_digit());
        }
        serde_json::from_str(&self.text[before..self.at]).map_err(|_| {
            self.at = before;
            self.fault("expected a number as JSON writes it")
        })
    }
}
