//! What fits what: wildcards, requests, JSON within JSON.

use outrider_plan::RequestPattern;
use serde_json::Value;

/// Whether a text fits a pattern: `*` is anything but `/`, `**` anything.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    match pattern.find('*') {
        None => pattern == text,
        Some(at) => {
            let Some(rest) = text.strip_prefix(&pattern[..at]) else { return false };
            let (wild, pattern) = match pattern[at..].strip_prefix("**") {
                Some(pattern) => (rest, pattern),
                None => (&rest[..rest.find('/').unwrap_or(rest.len())], &pattern[at + 1..]),
            };
            let ends = wild.char_indices().map(|(at, _)| at).chain([wild.len()]);
            ends.into_iter().any(|end| fits(pattern, &rest[end..]))
        }
    }
}

/// Whether a header's value fits: `*` is anything there.
pub(super) fn fits_header(pattern: &str, value: &str) -> bool {
    fits(&pattern.replace("**", "*").replace('*', "**"), value)
}

/// A request as it is compared.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) method: String,
    /// Path and query if it is one of the target, else the whole URL.
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Asked {
    /// `GET /api/cart`.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    /// The body, where it is JSON.
    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    pub(super) fn has_method(&self, pattern: &RequestPattern) -> bool {
        pattern.method.as_ref().is_none_or(|method| *method == self.method)
    }

    /// A query is looked at where the pattern has one.
    pub(super) fn has_target(&self, pattern: &RequestPattern) -> bool {
        let without_query = self.target.split('?').next().unwrap_or_default();
        let compared = if pattern.target.contains('?') { &self.target } else { without_query };
        fits(&pattern.target, compared)
    }
}

/// Conditions on a request besides its method and path.
#[derive(Clone, Debug, Default)]
pub(super) struct Conditions {
    pub(super) headers: Vec<(String, String)>,
    pub(super) json: Option<Value>,
    pub(super) text: Option<String>,
}

impl Conditions {
    /// The first that does not hold, in words: what it wants, and what there is.
    pub(super) fn unmet(&self, asked: &Asked) -> Option<(String, String)> {
        for (name, pattern) in &self.headers {
            let mut values =
                asked.headers.iter().filter(|(field, _)| field.eq_ignore_ascii_case(name)).peekable();
            if values.peek().is_none() {
                return Some((format!("the header {name}: {pattern}"), "without it".to_owned()));
            }
            let all: Vec<&str> = values.map(|(_, value)| value.as_str()).collect();
            if !all.iter().any(|value| fits_header(pattern, value)) {
                return Some((
                    format!("the header {name}: {pattern}"),
                    format!("{name}: {}", all.join(", ")),
                ));
            }
        }
        if let Some(wanted) = &self.json {
            match asked.json() {
                None => return Some((format!("the JSON body {wanted}"), body_in_words(asked))),
                Some(found) => {
                    if let Some(difference) = difference(wanted, &found, "") {
                        let found = format!("a body in which {difference}");
                        return Some((format!("the JSON body {wanted}"), found));
                    }
                }
            }
        }
        if let Some(wanted) = &self.text
            && !String::from_utf8_lossy(&asked.body).contains(wanted.as_str())
        {
            return Some((format!("a body with '{wanted}'"), body_in_words(asked)));
        }
        None
    }
}

fn body_in_words(asked: &Asked) -> String {
    match asked.body.is_empty() {
        true => "no body".to_owned(),
        false => format!("the body {}", shortened(&String::from_utf8_lossy(&asked.body))),
    }
}

/// 200 bytes of a body are said with a fault: enough to see what it is.
const MAX_SHOWN_BYTES: usize = 200;

pub(super) fn shortened(text: &str) -> String {
    match text.len() <= MAX_SHOWN_BYTES {
        true => text.to_owned(),
        false => format!("{}…", &text[..text.floor_char_boundary(MAX_SHOWN_BYTES)]),
    }
}

/// Where `found` lacks what is wanted, in words: objects may have more keys, lists are as long.
pub(super) fn difference(wanted: &Value, found: &Value, place: &str) -> Option<String> {
    let here = if place.is_empty() { "it" } else { place };
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => wanted.iter().find_map(|(key, wanted)| {
            let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
            match found.get(key) {
                Some(found) => difference(wanted, found, &place),
                None => Some(format!("{place} is missing")),
            }
        }),
        (Value::Array(wanted), Value::Array(found)) if wanted.len() == found.len() => {
            let pairs = wanted.iter().zip(found).enumerate();
            pairs
                .into_iter()
                .find_map(|(at, (wanted, found))| difference(wanted, found, &format!("{place}[{at}]")))
        }
        (Value::Array(wanted), Value::Array(found)) => {
            Some(format!("{here} has {} elements, not {}", found.len(), wanted.len()))
        }
        (Value::Number(wanted), Value::Number(found)) if wanted.as_f64() == found.as_f64() => None,
        (wanted, found) if wanted == found => None,
        (_, found) => Some(format!("{here} is {}", shortened(&found.to_string()))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_star_stands_for_anything_within_a_segment_and_two_for_anything() {
        for (pattern, text, expected) in [
            ("/a", "/a", true),
            ("/a/*", "/a/b", true),
            ("/a/*", "/a/", true),
            ("/a/*", "/a/b/c", false),
            ("/a/*/c", "/a/b/c", true),
            ("/a/**", "/a/b/c", true),
            ("**", "/a?b=c", true),
            ("/a*c*", "/abcd", true),
            ("/é*", "/éü", true),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
        assert!(fits_header("Bearer *", "Bearer a/b") && !fits_header("Bearer *", "Basic x"));
    }

    #[test]
    fn json_that_is_wanted_is_looked_for_in_what_is_there() {
        let found = json!({"a": {"b": [1, {"c": 2.0}]}, "more": null});
        assert_eq!(difference(&json!({"a": {"b": [1, {"c": 2}]}}), &found, ""), None);
        let missing = |wanted| difference(&wanted, &found, "").unwrap();
        assert_eq!(missing(json!({"a": {"b": [1, {"c": 3}]}})), "a.b[1].c is 2.0");
        assert_eq!(missing(json!({"a": {"b": []}})), "a.b has 2 elements, not 0");
        assert_eq!(missing(json!({"x": 1})), "x is missing");
        assert_eq!(missing(json!([])), "it is {\"a\":{\"b\":[1,{\"c\":2.0}]},\"more\":null}");
    }
}
