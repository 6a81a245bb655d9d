//! `Content-Security-Policy` (W3C, CSP Level 3): which scripts a document runs, and who may frame it.
//!
//! Each field, and each of its parts between commas, is a policy of its own; a browser obeys all of them, so
//! the strictest one counts.

use outrider_sdk::Verdict;
use outrider_sdk::assertions::Fields;

use crate::fields::verdict;

const FIELD: &str = "content-security-policy";

pub(crate) fn judge_presence(fields: &Fields) -> Verdict {
    let value = fields.joined(FIELD).filter(|value| !value.trim().is_empty());
    verdict(FIELD, value.is_some(), "a policy", value)
}

/// Whether scripts that are not the site's are kept out; nothing where there is no policy at all.
pub(crate) fn judge_scripts(fields: &Fields) -> Option<Verdict> {
    let value = fields.joined(FIELD).filter(|value| !value.trim().is_empty())?;
    let passed = policies(&value).any(|policy| scripts_are_safe(&policy));
    let expected = "scripts neither inline, by eval, nor from anywhere";
    Some(verdict("content-security-policy keeps scripts out", passed, expected, Some(value)))
}

/// `frame-ancestors` or, for older browsers, `X-Frame-Options` (RFC 7034).
pub(crate) fn judge_framing(fields: &Fields) -> Verdict {
    let policy = fields.joined(FIELD);
    let limits = |sources: &[&str]| !sources.iter().any(|source| is_anywhere(source));
    let by_policy = policy
        .as_deref()
        .is_some_and(|value| policies(value).any(|policy| policy.of("frame-ancestors").is_some_and(limits)));
    let option = fields.joined("x-frame-options");
    let by_option = option.as_deref().is_some_and(|value| {
        value.split(',').all(|option| {
            let option = option.trim();
            option.eq_ignore_ascii_case("deny") || option.eq_ignore_ascii_case("sameorigin")
        })
    });
    let said = [("content-security-policy", policy), ("x-frame-options", option)];
    let said: Vec<String> =
        said.into_iter().filter_map(|(name, value)| Some(format!("{name}: {}", value?))).collect();
    verdict(
        "framing is limited",
        by_policy || by_option,
        "frame-ancestors, or x-frame-options: DENY or SAMEORIGIN",
        (!said.is_empty()).then(|| said.join("; ")),
    )
}

/// One policy: directives with their sources.
struct Policy<'a>(Vec<(&'a str, Vec<&'a str>)>);

impl Policy<'_> {
    /// The sources of a directive. Of two with one name the first counts.
    fn of(&self, name: &str) -> Option<&[&str]> {
        self.0
            .iter()
            .find(|(directive, _)| directive.eq_ignore_ascii_case(name))
            .map(|(_, sources)| sources.as_slice())
    }
}

fn policies(value: &str) -> impl Iterator<Item = Policy<'_>> {
    value.split(',').map(|policy| {
        let directives = policy.split(';').filter_map(|directive| {
            let mut words = directive.split_ascii_whitespace();
            Some((words.next()?, words.collect()))
        });
        Policy(directives.collect())
    })
}

/// Whether a policy says from where scripts may come, and that is neither inline nor anywhere. A nonce or a
/// hash makes browsers ignore `'unsafe-inline'`, and `'strict-dynamic'` the hosts as well.
fn scripts_are_safe(policy: &Policy<'_>) -> bool {
    let Some(sources) = policy.of("script-src").or_else(|| policy.of("default-src")) else { return false };
    let has = |word: &str| sources.iter().any(|source| source.eq_ignore_ascii_case(word));
    let is_vouched = |source: &&str| {
        let source = source.to_ascii_lowercase();
        ["'nonce-", "'sha256-", "'sha384-", "'sha512-"].iter().any(|prefix| source.starts_with(prefix))
    };
    let vouched = sources.iter().any(is_vouched);
    let inline = has("'unsafe-inline'") && !vouched;
    let anywhere = sources.iter().any(|source| is_anywhere(source)) && !(vouched && has("'strict-dynamic'"));
    !inline && !anywhere && !has("'unsafe-eval'")
}

/// A source that is not a place: all hosts, a whole scheme, or what an attacker can write himself.
fn is_anywhere(source: &str) -> bool {
    ["*", "http:", "https:", "data:", "blob:", "http://*", "https://*"]
        .iter()
        .any(|anywhere| source.eq_ignore_ascii_case(anywhere))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scripts(value: &str) -> Option<bool> {
        judge_scripts(&Fields::of(&[(FIELD, value)])).map(|verdict| verdict.passed)
    }

    #[test]
    fn policies_that_keep_scripts_out() {
        for value in [
            "default-src 'self'",
            "default-src *; script-src 'self' cdn.test",
            "script-src 'nonce-abc' 'unsafe-inline'",
            "script-src 'nonce-abc' 'strict-dynamic' https: 'unsafe-inline'",
            "SCRIPT-SRC 'NONE'",
            "img-src *, script-src 'self'",
        ] {
            assert_eq!(scripts(value), Some(true), "{value}");
        }
    }

    #[test]
    fn policies_that_let_scripts_in() {
        for value in [
            "img-src 'self'",
            "script-src 'self' 'unsafe-inline'",
            "script-src 'self' 'unsafe-eval'",
            "script-src *",
            "script-src https:",
            "script-src 'self' data:",
            "default-src 'self'; script-src 'unsafe-inline'; script-src 'none'",
        ] {
            assert_eq!(scripts(value), Some(false), "{value}");
        }
        assert_eq!(scripts("  "), None);
    }

    #[test]
    fn framing_is_limited_by_either_field() {
        let framing = |fields: &[(&str, &str)]| judge_framing(&Fields::of(fields)).passed;
        assert!(framing(&[(FIELD, "default-src 'self'; frame-ancestors 'self' partner.test")]));
        assert!(framing(&[("x-frame-options", "SameOrigin")]));
        assert!(framing(&[(FIELD, "default-src 'self'"), ("x-frame-options", "DENY")]));
        assert!(!framing(&[]));
        assert!(!framing(&[(FIELD, "default-src 'none'")]), "default-src does not stand for frame-ancestors");
        assert!(!framing(&[(FIELD, "frame-ancestors *")]));
        assert!(!framing(&[("x-frame-options", "ALLOW-FROM https://partner.test")]), "browsers ignore it");
        assert!(!framing(&[("x-frame-options", "DENY, ALLOWALL")]));
    }

    #[test]
    fn a_verdict_says_what_was_found() {
        let verdict = judge_framing(&Fields::of(&[("x-frame-options", "ALLOWALL")]));
        assert_eq!(verdict.actual.as_deref(), Some("x-frame-options: ALLOWALL"));
        assert_eq!(judge_presence(&Fields::of(&[])).actual.as_deref(), Some("none"));
    }
}
