//! What is judged, and of which answers.

use outrider_sdk::assertions::fits;
use outrider_sdk::json;
use outrider_sdk::serde_json::Value;
use serde::Deserialize;

/// The pack's parameters.
#[derive(Debug, Deserialize)]
pub(crate) struct Parameters {
    pub(crate) hit: bool,
    pub(crate) bypass_is_miss: bool,
    pub(crate) evidence: bool,
    pub(crate) cache_control: bool,
    pub(crate) sense: bool,
    pub(crate) min_age_secs: u64,
    pub(crate) freshness: bool,
    pub(crate) validator: bool,
    pub(crate) vary: bool,
    pub(crate) cookies: bool,
    names: Vec<String>,
}

impl Parameters {
    /// Whether an answer is judged: one to a safe request that a cache may keep without being told
    /// (RFC 9110, section 15.1, but for errors), under one of the names.
    pub(crate) fn is_for(&self, method: &str, name: &str, status: u16) -> bool {
        let kept = matches!(status, 200 | 203 | 204 | 206 | 300 | 301 | 304 | 308);
        let named = self.names.is_empty() || self.names.iter().any(|pattern| fits(pattern, name));
        matches!(method, "GET" | "HEAD") && kept && named
    }
}

/// The JSON Schema of the parameters.
pub(crate) fn schema() -> Value {
    let switch =
        |default: bool, about: &str| json!({"type": "boolean", "default": default, "description": about});
    json!({
        "type": "object",
        "properties": {
            "names": {
                "type": "array",
                "items": {"type": "string"},
                "default": [],
                "description": "Labels of the exchanges that are judged; * stands for any text. All without any.",
            },
            "hit": switch(true, "Answers come from a cache, where one says whether they do."),
            "bypass_is_miss": switch(false, "An answer that a cache did not look for counts as a miss."),
            "evidence": switch(false, "A cache on the way says what it did."),
            "cache_control": switch(true, "Answers say with cache-control or expires whether they may be kept."),
            "sense": switch(true, "The directives of cache-control do not contradict each other."),
            "min_age_secs": {
                "type": "integer",
                "minimum": 0,
                "default": 0,
                "description": "The least time for which answers may be kept in a shared cache, in seconds; 0 judges nothing.",
            },
            "freshness": switch(true, "No cache gives an answer that is older than it may be."),
            "validator": switch(true, "Answers that may be kept have an etag or last-modified."),
            "vary": switch(true, "Answers that may be kept do not vary by what every visitor has of his own."),
            "cookies": switch(true, "Answers from a cache, or for a shared one, set no cookie."),
        },
    })
}

/// Parameters with the schema's defaults, as the host fills them in.
#[cfg(test)]
pub(crate) fn with_defaults(given: Value) -> Parameters {
    outrider_sdk::serde_json::from_value(outrider_sdk::vars::with_defaults(&schema(), &given)).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_cache_may_keep_is_judged() {
        let parameters = with_defaults(json!({"names": ["/assets/*.js", "home"]}));
        assert!(parameters.is_for("GET", "/assets/app.js", 200));
        assert!(parameters.is_for("HEAD", "home", 304));
        assert!(!parameters.is_for("GET", "/assets/app.css", 200));
        assert!(!parameters.is_for("POST", "home", 200));
        assert!(!parameters.is_for("GET", "home", 500));
        assert!(!parameters.is_for("GET", "homes", 200));
    }
}
