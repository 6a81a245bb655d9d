//! JSONPath and regular expressions, compiled once for all virtual users.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use regex::{Regex, RegexBuilder};
use serde_json::Value;
use serde_json_path::JsonPath;

/// 8 MiB: larger documents are not parsed, since the parsed form is about ten times as large.
pub const MAX_JSON_BYTES: usize = 8 * 1024 * 1024;

/// 8 KiB: longer patterns are not compiled.
pub const MAX_PATTERN_BYTES: usize = 8 * 1024;

/// 1 MiB for a compiled regular expression, and as much for each of its lazy automata: a pattern such
/// as `\w{1000}` does not fit.
const MAX_COMPILED_BYTES: usize = 1024 * 1024;

/// So many patterns are kept. A journey has a handful, unless it writes values into them.
const MAX_PATTERNS: usize = 256;

/// A pattern that cannot be used.
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
}

/// Compiled patterns.
#[derive(Debug, Default)]
pub(crate) struct PatternCache {
    json_paths: Cache<JsonPath>,
    regexes: Cache<Regex>,
}

type Cache<T> = RwLock<HashMap<Box<str>, Arc<T>>>;

impl PatternCache {
    /// The first value that `path` finds in `document`, as JSON text.
    pub(crate) fn first_json(&self, document: &Value, path: &str) -> Result<Option<String>, PatternError> {
        let query = cached(&self.json_paths, path, parse_json_path)?;
        Ok(query.query(document).first().map(ToString::to_string))
    }

    /// All values that `path` finds in `document`, each as JSON text.
    pub(crate) fn all_json(&self, document: &Value, path: &str) -> Result<Vec<String>, PatternError> {
        let query = cached(&self.json_paths, path, parse_json_path)?;
        Ok(query.query(document).iter().map(ToString::to_string).collect())
    }

    /// What `group` of the first match of `pattern` matched in `text`.
    pub(crate) fn regex_group<'t>(
        &self,
        text: &'t str,
        pattern: &str,
        group: u32,
    ) -> Result<Option<&'t str>, PatternError> {
        let regex = cached(&self.regexes, pattern, compile_regex)?;
        let no_group = || PatternError::NoGroup { pattern: pattern.to_owned(), group };
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

fn cached<T>(
    cache: &Cache<T>,
    pattern: &str,
    compile: impl FnOnce(&str) -> Result<T, PatternError>,
) -> Result<Arc<T>, PatternError> {
    if let Some(known) = cache.read().unwrap_or_else(PoisonError::into_inner).get(pattern) {
        return Ok(Arc::clone(known));
    }
    if pattern.len() > MAX_PATTERN_BYTES {
        return Err(PatternError::TooLong { bytes: pattern.len() });
    }
    let compiled = Arc::new(compile(pattern)?);
    let mut cache = cache.write().unwrap_or_else(PoisonError::into_inner);
    if cache.len() >= MAX_PATTERNS {
        cache.clear();
    }
    cache.insert(pattern.into(), Arc::clone(&compiled));
    Ok(compiled)
}

fn parse_json_path(path: &str) -> Result<JsonPath, PatternError> {
    JsonPath::parse(path)
        .map_err(|error| PatternError::JsonPath { path: path.to_owned(), reason: error.to_string() })
}

fn compile_regex(pattern: &str) -> Result<Regex, PatternError> {
    RegexBuilder::new(pattern)
        .size_limit(MAX_COMPILED_BYTES)
        .dfa_size_limit(MAX_COMPILED_BYTES)
        .build()
        .map_err(|error| PatternError::Regex { pattern: pattern.to_owned(), reason: error.to_string() })
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
        assert_eq!(cache.regexes.read().unwrap().len(), 0);
    }

    #[test]
    fn the_number_of_kept_patterns_is_bounded() {
        let cache = PatternCache::default();
        for number in 0..MAX_PATTERNS * 2 + 1 {
            cache.regex_group("", &format!("id={number}"), 0).unwrap();
        }
        assert!(cache.regexes.read().unwrap().len() <= MAX_PATTERNS);
    }
}
