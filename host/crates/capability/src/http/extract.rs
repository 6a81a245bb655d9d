//! JSONPath, regular expressions, CSS selectors and XPath, compiled once for all virtual users.

mod css;
mod document;
mod xpath;

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use regex::{Regex, RegexBuilder};
use serde_json::Value;

use super::compiled::Compiled;
use super::label::{MAX_LABEL_BYTES, shortened};
use crate::json_path::{JsonPath, MAX_VISITS, TooManyVisits};

use self::css::Selector;
use self::xpath::XPath;
use super::ResponseError;
use crate::Redactor;

pub use self::css::MAX_SELECTOR_BYTES;
pub(crate) use self::document::{Document, Inventory, MAX_COUNTED_NAMES, Markup, parse as parse_document};
pub use self::document::{
    DocumentError, MAX_ANSWER_BYTES, MAX_DOCUMENT_BYTES, MAX_DOCUMENT_DEPTH, MAX_DOCUMENT_NODES,
    MAX_DOCUMENT_VISITS,
};

/// 8 MiB: larger documents are not parsed, since the parsed form is about ten times as large.
pub const MAX_JSON_BYTES: usize = 8 * 1024 * 1024;

/// 8 KiB: longer patterns are not compiled.
pub const MAX_PATTERN_BYTES: usize = 8 * 1024;

/// 16 MiB for all that one query selects, as JSON text: as much as a guest may hand to the host in one call.
pub const MAX_RESULT_BYTES: usize = 16 * 1024 * 1024;

/// What each selected value costs besides its text: the guest gets a string of its own for each.
const BYTES_PER_RESULT: usize = 32;

/// 1 MiB for a compiled regular expression, and as much for each of its lazy automata: a pattern such
/// as `\w{1000}` does not fit.
const MAX_COMPILED_BYTES: usize = 1024 * 1024;

/// So many patterns are kept. A journey has a handful, unless it writes values into them.
const MAX_PATTERNS: usize = 256;

/// A pattern that cannot be used, or not on this document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Not a JSONPath query (RFC 9535).
    #[error("'{path}' is not a JSONPath: {reason}")]
    JsonPath {
        /// The query.
        path: String,
        /// Why.
        reason: String,
    },
    /// Not a regular expression, or too large a one.
    #[error("'{pattern}' is not a regular expression: {reason}")]
    Regex {
        /// The pattern.
        pattern: String,
        /// Why.
        reason: String,
    },
    /// Not a list of CSS selectors.
    #[error("'{selector}' is not a CSS selector: {reason}")]
    Css {
        /// The selector.
        selector: String,
        /// Why, and where.
        reason: String,
    },
    /// Not an expression of XPath 1.0.
    #[error("'{expression}' is not an XPath: {reason}")]
    XPath {
        /// The expression.
        expression: String,
        /// Why, and where.
        reason: String,
    },
    /// Longer than [`MAX_PATTERN_BYTES`].
    #[error("the pattern has {bytes} bytes, more than {MAX_PATTERN_BYTES}")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// The regular expression has no such group.
    #[error("'{pattern}' has no group {group}")]
    NoGroup {
        /// The pattern.
        pattern: String,
        /// The group asked for; 0 is the whole match.
        group: u32,
    },
    /// The query would look at more than [`MAX_VISITS`] nodes of the document.
    #[error("'{path}' visits more than {MAX_VISITS} nodes of this document")]
    TooManyVisits {
        /// The query.
        path: String,
    },
    /// What the query selects is larger than [`MAX_RESULT_BYTES`].
    #[error("'{path}' selects more than {MAX_RESULT_BYTES} bytes")]
    TooMuch {
        /// The query.
        path: String,
    },
}

/// Compiled patterns.
#[derive(Debug, Default)]
pub(crate) struct PatternCache {
    json_paths: Cache<JsonPath>,
    regexes: Cache<Regex>,
    selectors: Cache<Selector>,
    xpaths: Cache<XPath>,
}

type Cache<T> = Compiled<T, MAX_PATTERNS>;

impl PatternCache {
    /// The first value that `path` finds in `document`, as JSON text.
    pub(crate) fn first_json(&self, document: &Value, path: &str) -> Result<Option<String>, PatternError> {
        let query = cached(&self.json_paths, path, parse_json_path)?;
        let mut texts = Texts::default();
        match query.first(document).map_err(|fault| too_many_visits(path, fault))? {
            Some(value) => texts.push(value).ok_or_else(|| too_much(path))?,
            None => return Ok(None),
        }
        Ok(texts.texts.pop())
    }

    /// All values that `path` finds in `document`, each as JSON text.
    pub(crate) fn all_json(&self, document: &Value, path: &str) -> Result<Vec<String>, PatternError> {
        let query = cached(&self.json_paths, path, parse_json_path)?;
        let (mut texts, mut fits) = (Texts::default(), true);
        let asked = query.each(document, |value| {
            fits = texts.push(value).is_some();
            if fits { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        asked.map_err(|fault| too_many_visits(path, fault))?;
        if fits { Ok(texts.texts) } else { Err(too_much(path)) }
    }

    /// How far `path`, which finds nothing in `document`, gets.
    pub(crate) fn json_reach(&self, document: &Value, path: &str, redactor: &Redactor) -> Option<String> {
        cached(&self.json_paths, path, parse_json_path).ok()?.reach(document, redactor)
    }

    /// The texts, or the values of an attribute, of the first `limit` elements that `selector` selects.
    pub(crate) fn css(
        &self,
        document: &Document,
        selector: &str,
        attribute: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, ResponseError> {
        let selector = cached(&self.selectors, selector, Selector::parse)?;
        Ok(selector.select(document, attribute, limit)?)
    }

    /// What `expression` comes to; of nodes, the first `limit`.
    pub(crate) fn xpath(
        &self,
        document: &Document,
        expression: &str,
        limit: usize,
    ) -> Result<Vec<String>, ResponseError> {
        let expression = cached(&self.xpaths, expression, XPath::parse)?;
        Ok(expression.evaluate(document, limit)?)
    }

    /// What `group` of the first match of `pattern` matched in `text`.
    pub(crate) fn regex_group<'t>(
        &self,
        text: &'t str,
        pattern: &str,
        group: u32,
    ) -> Result<Option<&'t str>, PatternError> {
        let regex = cached(&self.regexes, pattern, compile_regex)?;
        let no_group = || PatternError::NoGroup { pattern: as_label(pattern), group };
        let index = usize::try_from(group).map_err(|_| no_group())?;
        if index >= regex.captures_len() {
            return Err(no_group());
        }
        // Without groups the faster search is enough.
        let found =
            if index == 0 { regex.find(text) } else { regex.captures(text).and_then(|all| all.get(index)) };
        Ok(found.map(|found| found.as_str()))
    }
}

/// Values as JSON text, at most [`MAX_RESULT_BYTES`] together.
#[derive(Debug)]
struct Texts {
    texts: Vec<String>,
    bytes_left: usize,
}

impl Default for Texts {
    fn default() -> Texts {
        Texts { texts: Vec::new(), bytes_left: MAX_RESULT_BYTES }
    }
}

impl Texts {
    /// Writes a value down; `None` if there is no room for it.
    fn push(&mut self, value: &Value) -> Option<()> {
        let room = self.bytes_left.checked_sub(BYTES_PER_RESULT)?;
        let mut bounded = Bounded { written: Vec::new(), room };
        serde_json::to_writer(&mut bounded, value).ok()?;
        self.bytes_left = bounded.room;
        self.texts.push(String::from_utf8(bounded.written).ok()?);
        Some(())
    }
}

/// Takes bytes while there is room.
struct Bounded {
    written: Vec<u8>,
    room: usize,
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.room = self.room.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        self.written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn too_many_visits(path: &str, _: TooManyVisits) -> PatternError {
    PatternError::TooManyVisits { path: as_label(path) }
}

fn too_much(path: &str) -> PatternError {
    PatternError::TooMuch { path: as_label(path) }
}

/// A pattern in a message: not all of its 8 KiB.
fn as_label(pattern: &str) -> String {
    shortened(pattern, MAX_LABEL_BYTES).unwrap_or_else(|| pattern.to_owned())
}

fn cached<T>(
    cache: &Cache<T>,
    pattern: &str,
    compile: impl FnOnce(&str) -> Result<T, PatternError>,
) -> Result<Arc<T>, PatternError> {
    cache.get(pattern, |pattern| match pattern.len() > MAX_PATTERN_BYTES {
        true => Err(PatternError::TooLong { bytes: pattern.len() }),
        false => compile(pattern),
    })
}

fn parse_json_path(path: &str) -> Result<JsonPath, PatternError> {
    JsonPath::parse(path)
        .map_err(|error| PatternError::JsonPath { path: as_label(path), reason: error.to_string() })
}

fn compile_regex(pattern: &str) -> Result<Regex, PatternError> {
    RegexBuilder::new(pattern)
        .size_limit(MAX_COMPILED_BYTES)
        .dfa_size_limit(MAX_COMPILED_BYTES)
        .build()
        .map_err(|error| PatternError::Regex {
            pattern: as_label(pattern),
            reason: regex_fault(pattern, &error),
        })
}

/// What is wrong with a regular expression, and where: regex says it with a caret below the pattern, which does not
/// survive in one line.
fn regex_fault(pattern: &str, error: &regex::Error) -> String {
    let placed = |fault: &dyn std::fmt::Display, span: &regex_syntax::ast::Span| {
        format!("{fault} at column {}", pattern[..span.start.offset].chars().count() + 1)
    };
    match (regex_syntax::parse(pattern), error) {
        (Err(regex_syntax::Error::Parse(fault)), _) => placed(fault.kind(), fault.span()),
        (Err(regex_syntax::Error::Translate(fault)), _) => placed(fault.kind(), fault.span()),
        (_, regex::Error::CompiledTooBig(limit)) => format!("it takes more than {limit} bytes when compiled"),
        (_, error) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_paths_find_the_first_or_all_values() {
        let cache = PatternCache::default();
        let document = json!({"items": [{"sku": "a", "price": 1.5}, {"sku": "b", "price": 2}]});
        let first = |path: &str| cache.first_json(&document, path).unwrap();
        assert_eq!(first("$.items[0].sku").unwrap(), r#""a""#);
        assert_eq!(first("$.items[?@.price > 1.8]").unwrap(), r#"{"sku":"b","price":2}"#);
        assert_eq!(first("$.nothing"), None);
        assert_eq!(cache.all_json(&document, "$.items[*].price").unwrap(), ["1.5", "2"]);
        let error = cache.first_json(&document, "items").unwrap_err();
        assert!(error.to_string().starts_with("'items' is not a JSONPath: "), "{error}");
    }

    #[test]
    fn a_query_without_end_is_refused() {
        let cache = PatternCache::default();
        let document: Value =
            serde_json::from_str(&format!("{}1{}", "[".repeat(60), "]".repeat(60))).unwrap();
        let path = format!("${}", "[0,0]".repeat(60));
        assert_eq!(cache.first_json(&document, &path).unwrap().unwrap(), "1");
        assert!(matches!(cache.all_json(&document, &path), Err(PatternError::TooMuch { .. })));
        let error = cache.all_json(&document, &format!("{path}.x")).unwrap_err().to_string();
        assert!(error.starts_with("'$[0,0][0,0]"), "{error}");
        assert!(error.ends_with("…' visits more than 2000000 nodes of this document"), "{error}");
    }

    #[test]
    fn what_a_query_selects_is_bounded_in_bytes() {
        let cache = PatternCache::default();
        let document = json!(["x".repeat(1 << 20)]);
        let path = format!("$[{}]", ["0"; 16].join(","));
        let error = cache.all_json(&document, &path).unwrap_err();
        assert_eq!(error.to_string(), format!("'{path}' selects more than 16777216 bytes"));
        assert_eq!(cache.all_json(&document, "$[0,0]").unwrap().len(), 2);
        let short: Value = vec![1; 600_000].into();
        assert!(matches!(cache.all_json(&short, "$[*]"), Err(PatternError::TooMuch { .. })));
    }

    #[test]
    fn regex_groups_are_counted_from_the_whole_match() {
        let cache = PatternCache::default();
        let group = |pattern: &str, group| cache.regex_group("csrf=abc; id=17", pattern, group);
        assert_eq!(group(r"id=(\d+)", 0).unwrap(), Some("id=17"));
        assert_eq!(group(r"id=(\d+)", 1).unwrap(), Some("17"));
        assert_eq!(group(r"nothing", 0).unwrap(), None);
        assert_eq!(group(r"(x)|id=(\d+)", 1).unwrap(), None, "the group took no part");
        assert_eq!(group(r"id=(\d+)", 2).unwrap_err().to_string(), r"'id=(\d+)' has no group 2");
        assert!(matches!(group("(", 0), Err(PatternError::Regex { .. })));
    }

    #[test]
    fn a_hostile_pattern_is_refused_and_not_kept() {
        let cache = PatternCache::default();
        assert!(matches!(cache.regex_group("", r"\w{1000}{1000}", 0), Err(PatternError::Regex { .. })));
        let long = "a".repeat(MAX_PATTERN_BYTES + 1);
        assert_eq!(cache.regex_group("", &long, 0), Err(PatternError::TooLong { bytes: long.len() }));
        assert_eq!(cache.regexes.len(), 0);
    }

    #[test]
    fn the_number_of_kept_patterns_is_bounded() {
        let cache = PatternCache::default();
        for number in 0..MAX_PATTERNS * 2 + 1 {
            cache.regex_group("", &format!("id={number}"), 0).unwrap();
        }
        assert!(cache.regexes.len() <= MAX_PATTERNS);
    }
}
