//! Which exchanges a rule is for.

use std::ops::RangeInclusive;

use outrider_sdk::assertions::{Exchange, fits};
use regex_lite::Regex;

use crate::rules::FilterConfig;

/// A filter that is ready. What is empty is not asked.
#[derive(Debug)]
pub(crate) struct Filter {
    names: Vec<String>,
    methods: Vec<String>,
    url: Option<Regex>,
    statuses: Vec<RangeInclusive<u16>>,
}

impl Filter {
    pub(crate) fn new(config: FilterConfig) -> Result<Self, String> {
        let FilterConfig { name, method, url, status } = config;
        let texts =
            |given: Option<crate::rules::OneOrMany>| given.map(|g| g.into_texts()).unwrap_or_default();
        Ok(Self {
            names: texts(name),
            methods: texts(method),
            url: url.as_deref().map(compile).transpose()?,
            statuses: texts(status).iter().map(|text| statuses(text)).collect::<Result<_, _>>()?,
        })
    }

    /// Whether the rule is for an exchange. One without an answer has no status, so a rule for some statuses
    /// is not for it.
    pub(crate) fn takes(&self, exchange: &Exchange) -> bool {
        let status = exchange.outcome.as_ref().ok().map(|response| response.status());
        self.takes_parts(&exchange.name, &exchange.method, &exchange.url, status)
    }

    fn takes_parts(&self, name: &str, method: &str, url: &str, status: Option<u16>) -> bool {
        let any_name = self.names.is_empty() || self.names.iter().any(|pattern| fits(pattern, name));
        let any_method =
            self.methods.is_empty() || self.methods.iter().any(|m| m.eq_ignore_ascii_case(method));
        let any_url = self.url.as_ref().is_none_or(|pattern| pattern.is_match(url));
        let includes = |status: u16| self.statuses.iter().any(|range| range.contains(&status));
        let any_status = self.statuses.is_empty() || status.is_some_and(includes);
        any_name && any_method && any_url && any_status
    }
}

/// A regular expression, or why it is none.
pub(crate) fn compile(pattern: &str) -> Result<Regex, String> {
    Regex::new(pattern).map_err(|error| format!("'{pattern}' is not a regular expression: {error}"))
}

/// `200`, `2xx`, `400-499`.
fn statuses(text: &str) -> Result<RangeInclusive<u16>, String> {
    let fault = || format!("'{text}' is not a status: write for example 200, \"2xx\" or \"400-499\"");
    if let Some(class) = text.strip_suffix("xx") {
        let class: u16 = class.parse().map_err(|_| fault())?;
        return if (1..=5).contains(&class) { Ok(class * 100..=class * 100 + 99) } else { Err(fault()) };
    }
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| text.trim().parse::<u16>().map_err(|_| fault());
    let (low, high) = (number(low)?, number(high)?);
    // A range that takes nothing would judge nothing, in silence.
    if low > high { Err(fault()) } else { Ok(low..=high) }
}

#[cfg(test)]
mod tests {
    use outrider_sdk::json;
    use outrider_sdk::serde_json;

    use super::*;

    fn filter(config: serde_json::Value) -> Filter {
        Filter::new(serde_json::from_value(config).unwrap()).unwrap()
    }

    #[test]
    fn an_empty_filter_takes_everything() {
        assert!(filter(json!({})).takes_parts("a", "GET", "http://x/", None));
    }

    #[test]
    fn all_that_is_given_must_fit() {
        let filter =
            filter(json!({"name": "/api/*", "method": ["get", "HEAD"], "url": "[?&]q=", "status": "2xx"}));
        let takes = |name, method, url, status| filter.takes_parts(name, method, url, status);
        assert!(takes("/api/search", "GET", "http://x/api/search?q=1", Some(204)));
        assert!(!takes("/search", "GET", "http://x/api/search?q=1", Some(204)));
        assert!(!takes("/api/search", "POST", "http://x/api/search?q=1", Some(204)));
        assert!(!takes("/api/search", "GET", "http://x/api/search", Some(204)));
        assert!(!takes("/api/search", "GET", "http://x/api/search?q=1", Some(302)));
        assert!(!takes("/api/search", "GET", "http://x/api/search?q=1", None));
    }

    #[test]
    fn statuses_are_codes_classes_and_ranges() {
        let filter = filter(json!({"status": [200, "3xx", "500 - 503"]}));
        let taken = [199, 200, 201, 301, 399, 400, 500, 503, 504];
        let taken: Vec<u16> =
            taken.into_iter().filter(|status| filter.takes_parts("", "", "", Some(*status))).collect();
        assert_eq!(taken, [200, 301, 399, 500, 503]);
        for bad in ["", "xx", "9xx", "ok", "200-", "500-400"] {
            assert!(statuses(bad).is_err(), "{bad}");
        }
    }
}
