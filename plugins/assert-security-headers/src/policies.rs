//! `X-Content-Type-Options` (WHATWG, Fetch), `Referrer-Policy` and `Permissions-Policy` (W3C).

use outrider_sdk::Verdict;
use outrider_sdk::assertions::Fields;

use crate::fields::verdict;

/// A browser that is not told `nosniff` may take an upload for a script.
pub(crate) fn judge_sniffing(fields: &Fields) -> Verdict {
    let value = fields.joined("x-content-type-options");
    // Of a list the first value counts (Fetch, "determine nosniff").
    let first = value.as_deref().and_then(|value| value.split(',').next());
    let passed = first.is_some_and(|first| first.trim().eq_ignore_ascii_case("nosniff"));
    verdict("x-content-type-options", passed, "nosniff", value)
}

/// Policies that tell other sites no path. `no-referrer-when-downgrade` and `unsafe-url` do.
const DISCREET: [&str; 6] = [
    "no-referrer",
    "origin",
    "origin-when-cross-origin",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
];

const INDISCREET: [&str; 2] = ["no-referrer-when-downgrade", "unsafe-url"];

pub(crate) fn judge_referrer(fields: &Fields) -> Verdict {
    let value = fields.joined("referrer-policy");
    // A browser takes the last policy that it knows (W3C, Referrer Policy, section 11.1).
    let known = value.as_deref().and_then(|value| {
        let mut words = value.split(',').map(|word| word.trim().to_ascii_lowercase());
        words.rfind(|word| DISCREET.contains(&word.as_str()) || INDISCREET.contains(&word.as_str()))
    });
    let passed = known.is_some_and(|policy| DISCREET.contains(&policy.as_str()));
    verdict("referrer-policy", passed, "a policy that tells other sites no path", value)
}

/// Which features of the browser a document may use is the site's to say; that it says so is judged.
pub(crate) fn judge_permissions(fields: &Fields) -> Verdict {
    let value = fields.joined("permissions-policy").filter(|value| !value.trim().is_empty());
    verdict("permissions-policy", value.is_some(), "a policy", value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_decides_over_sniffing() {
        let passes = |value| judge_sniffing(&Fields::of(&[("x-content-type-options", value)])).passed;
        assert!(passes("NoSniff"));
        assert!(passes("nosniff, nosniff"));
        assert!(!passes("no, nosniff"));
        assert!(!passes(""));
    }

    #[test]
    fn the_last_policy_that_browsers_know_decides_over_referrers() {
        let passes = |value| judge_referrer(&Fields::of(&[("referrer-policy", value)])).passed;
        assert!(passes("no-referrer"));
        assert!(passes("unsafe-url, Strict-Origin-When-Cross-Origin"));
        assert!(passes("same-origin, of-the-future"));
        assert!(!passes("no-referrer, unsafe-url"));
        assert!(!passes("no-referrer-when-downgrade"));
        assert!(!passes("of-the-future"));
        assert!(!judge_referrer(&Fields::of(&[])).passed);
    }

    #[test]
    fn an_empty_permissions_policy_is_none() {
        assert!(judge_permissions(&Fields::of(&[("permissions-policy", "camera=()")])).passed);
        assert!(!judge_permissions(&Fields::of(&[("permissions-policy", " ")])).passed);
    }
}
