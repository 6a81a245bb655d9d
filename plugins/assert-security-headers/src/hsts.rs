//! `Strict-Transport-Security` (RFC 6797): a browser that has seen it goes to the site by HTTPS alone.

use outrider_sdk::Verdict;
use outrider_sdk::assertions::Fields;

use crate::fields::verdict;
use crate::parameters::Parameters;

pub(crate) fn judge(fields: &Fields, parameters: &Parameters) -> Verdict {
    // Of several fields a browser takes the first (RFC 6797, section 8.1).
    let value = fields.first("strict-transport-security");
    let policy = value.map(Policy::parse).unwrap_or_default();
    let lasts = policy.max_age_secs.is_some_and(|age| age >= parameters.hsts_min_age_secs);
    let reaches = policy.subdomains || !parameters.hsts_subdomains;
    let mut expected = format!("max-age of {} or more", parameters.hsts_min_age_secs);
    if parameters.hsts_subdomains {
        expected.push_str("; includeSubDomains");
    }
    verdict("strict-transport-security", lasts && reaches, &expected, value.map(str::to_owned))
}

#[derive(Debug, Default)]
struct Policy {
    max_age_secs: Option<u64>,
    subdomains: bool,
}

impl Policy {
    fn parse(value: &str) -> Self {
        let mut policy = Self::default();
        for directive in value.split(';') {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            let name = name.trim();
            if name.eq_ignore_ascii_case("max-age") {
                policy.max_age_secs = value.trim().trim_matches('"').parse().ok();
            }
            policy.subdomains |= name.eq_ignore_ascii_case("includeSubDomains");
        }
        policy
    }
}

#[cfg(test)]
mod tests {
    use outrider_sdk::json;

    use super::*;
    use crate::parameters::with_defaults;

    fn passes(value: &str, subdomains: bool) -> bool {
        let parameters = with_defaults(json!({"hsts_min_age_secs": 100, "hsts_subdomains": subdomains}));
        judge(&Fields::of(&[("strict-transport-security", value)]), &parameters).passed
    }

    #[test]
    fn the_policy_must_last_and_reach_as_far_as_asked() {
        assert!(passes("max-age=100", false));
        assert!(passes("Max-Age=\"100\" ; INCLUDESUBDOMAINS", true));
        assert!(!passes("max-age=99; includeSubDomains", false));
        assert!(!passes("max-age=100", true));
        assert!(!passes("max-age=0", false));
        assert!(!passes("includeSubDomains", false), "max-age is required");
        assert!(!passes("max-age=-1", false));
    }

    #[test]
    fn the_first_field_counts() {
        let twice =
            [("strict-transport-security", "max-age=0"), ("strict-transport-security", "max-age=999")];
        let verdict = judge(&Fields::of(&twice), &with_defaults(json!({"hsts_min_age_secs": 100})));
        assert_eq!((verdict.passed, verdict.actual.as_deref()), (false, Some("max-age=0")));
        assert_eq!(verdict.expected.as_deref(), Some("max-age of 100 or more"));
    }
}
