//! What is judged, and how strictly.

use outrider_sdk::json;
use outrider_sdk::serde_json::{Map, Value};
use serde::Deserialize;

/// One year, in seconds: the least that OWASP's cheat sheet and the browsers' preload list ask for.
const HSTS_MIN_AGE_SECS: u64 = 31_536_000;

/// The pack's parameters.
#[derive(Debug, Deserialize)]
pub(crate) struct Parameters {
    pub(crate) hsts: bool,
    pub(crate) hsts_min_age_secs: u64,
    pub(crate) hsts_subdomains: bool,
    pub(crate) csp: bool,
    pub(crate) csp_scripts: bool,
    pub(crate) framing: bool,
    pub(crate) content_type_options: bool,
    pub(crate) referrer_policy: bool,
    pub(crate) permissions_policy: bool,
    pub(crate) cookies_secure: bool,
    pub(crate) cookies_http_only: bool,
    pub(crate) cookies_same_site: bool,
    pub(crate) server_disclosure: bool,
    pub(crate) ignored_cookies: Vec<String>,
    pub(crate) assume_https: bool,
}

/// The verdicts that can be switched off, with what each is about.
pub(crate) const SWITCHES: [(&str, &str); 11] = [
    ("hsts", "Answers over HTTPS carry strict-transport-security."),
    ("csp", "Documents carry a content-security-policy."),
    ("csp_scripts", "Where a document has such a policy, it keeps foreign and inline scripts out."),
    ("framing", "Documents say who may frame them."),
    ("content_type_options", "Answers with a body carry x-content-type-options: nosniff."),
    ("referrer_policy", "Documents carry a referrer-policy that keeps paths from other sites."),
    ("permissions_policy", "Documents carry a permissions-policy."),
    ("cookies_secure", "Cookies that are set over HTTPS are Secure."),
    ("cookies_http_only", "Cookies that are set are HttpOnly."),
    ("cookies_same_site", "Cookies that are set have SameSite; None only with Secure."),
    ("server_disclosure", "Answers do not tell the version of the server's software."),
];

/// The JSON Schema of the parameters.
pub(crate) fn schema() -> Value {
    let mut properties: Map<String, Value> = SWITCHES
        .iter()
        .map(|(name, about)| {
            ((*name).to_owned(), json!({"type": "boolean", "default": true, "description": about}))
        })
        .collect();
    let more = json!({
        "hsts_min_age_secs": {
            "type": "integer",
            "minimum": 1,
            "default": HSTS_MIN_AGE_SECS,
            "description": "The least max-age of strict-transport-security, in seconds.",
        },
        "hsts_subdomains": {
            "type": "boolean",
            "default": false,
            "description": "strict-transport-security must include subdomains.",
        },
        "ignored_cookies": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Names of cookies that are not judged, such as one that scripts must read.",
        },
        "assume_https": {
            "type": "boolean",
            "default": false,
            "description": "Judge answers over HTTP as if they came over HTTPS: a proxy adds it for the visitors.",
        },
    });
    if let Value::Object(more) = more {
        properties.extend(more);
    }
    json!({"type": "object", "properties": properties})
}

/// Parameters with the schema's defaults, as the host fills them in.
#[cfg(test)]
pub(crate) fn with_defaults(given: Value) -> Parameters {
    outrider_sdk::serde_json::from_value(outrider_sdk::vars::with_defaults(&schema(), &given)).unwrap()
}
