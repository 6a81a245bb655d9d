//! The header fields that keep a site's visitors safe, judged on every answer of any journey.
//!
//! What is judged, and by which source:
//!
//! * `hsts`: `Strict-Transport-Security` (RFC 6797), on answers over HTTPS.
//! * `csp`: `Content-Security-Policy` (W3C, CSP Level 3), and what clickjacking needs: its `frame-ancestors`
//!   or `X-Frame-Options` (RFC 7034), on documents.
//! * `policies`: `X-Content-Type-Options` (WHATWG, Fetch), `Referrer-Policy` and `Permissions-Policy` (W3C).
//! * `cookies`: `Secure`, `HttpOnly` and `SameSite` of `Set-Cookie` (RFC 6265 and its revision).
//! * `disclosure`: what the server tells of its software (RFC 9110, section 10.2.4).
//!
//! Which fields, and which values are sound, follows the OWASP Secure Headers Project and OWASP's HTTP Headers
//! Cheat Sheet.

mod cookies;
mod csp;
mod disclosure;
mod fields;
mod hsts;
mod parameters;
mod policies;

use outrider_sdk::assertions::{Description, Exchange, Fields};
use outrider_sdk::{AssertionPack, Result, Verdict, vars};

use fields::is_document;
use parameters::Parameters;

/// The pack, with its parameters.
#[derive(Debug)]
pub struct AssertSecurityHeaders(Parameters);

impl AssertionPack for AssertSecurityHeaders {
    fn describe() -> Description {
        let description = "Answers carry the header fields that keep a site's visitors safe.";
        Description::new("assert-security-headers", description).exchanges().parameters(parameters::schema())
    }

    fn start() -> Result<Self> {
        vars::parameters().map(Self)
    }

    fn check_exchange(&mut self, exchange: &Exchange) -> Vec<Verdict> {
        // An exchange without an answer has no header fields, and is another pack's to judge.
        let Ok(response) = &exchange.outcome else { return Vec::new() };
        match Fields::read(response) {
            Ok(fields) => judge(&self.0, &exchange.url, &fields, response.body_size() > 0),
            Err(error) => vec![Verdict::new("header fields can be read", false).actual(error.to_string())],
        }
    }
}

/// The verdicts about an answer, always under the same names.
fn judge(parameters: &Parameters, url: &str, fields: &Fields, has_body: bool) -> Vec<Verdict> {
    let secure = parameters.assume_https || url.starts_with("https:");
    let mut verdicts = Vec::new();
    let mut add = |wanted: bool, verdict: Option<Verdict>| verdicts.extend(verdict.filter(|_| wanted));
    add(parameters.hsts && secure, Some(hsts::judge(fields, parameters)));
    if is_document(fields) {
        add(parameters.csp, Some(csp::judge_presence(fields)));
        add(parameters.csp_scripts, csp::judge_scripts(fields));
        add(parameters.framing, Some(csp::judge_framing(fields)));
        add(parameters.referrer_policy, Some(policies::judge_referrer(fields)));
        add(parameters.permissions_policy, Some(policies::judge_permissions(fields)));
    }
    add(parameters.content_type_options && has_body, Some(policies::judge_sniffing(fields)));
    add(parameters.server_disclosure, Some(disclosure::judge(fields)));
    let cookies = cookies::of(fields, &parameters.ignored_cookies);
    if !cookies.is_empty() {
        add(parameters.cookies_secure && secure, Some(cookies::judge_secure(&cookies)));
        add(parameters.cookies_http_only, Some(cookies::judge_http_only(&cookies)));
        add(parameters.cookies_same_site, Some(cookies::judge_same_site(&cookies)));
    }
    verdicts
}

outrider_sdk::assertion_pack!(AssertSecurityHeaders);

#[cfg(test)]
mod tests {
    use outrider_sdk::json;
    use outrider_sdk::serde_json;

    use super::*;

    /// The verdicts that failed, or `passed` where asked for those that did not.
    fn names(url: &str, fields: &[(&str, &str)], parameters: serde_json::Value, passed: bool) -> Vec<String> {
        let parameters = parameters::with_defaults(parameters);
        let verdicts = judge(&parameters, url, &Fields::of(fields), true);
        verdicts.into_iter().filter(|verdict| verdict.passed == passed).map(|verdict| verdict.name).collect()
    }

    const SOUND: [(&str, &str); 9] = [
        ("content-type", "text/html; charset=utf-8"),
        ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ("content-security-policy", "default-src 'self'; frame-ancestors 'none'"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("permissions-policy", "camera=(), geolocation=()"),
        ("server", "nginx"),
        ("set-cookie", "session=secret; Path=/; Secure; HttpOnly; SameSite=Lax"),
        ("set-cookie", "theme=dark; Secure; HttpOnly; SameSite=Strict"),
    ];

    #[test]
    fn a_sound_document_passes_everything() {
        assert_eq!(names("https://shop.test/", &SOUND, json!({}), false), [""; 0]);
        assert_eq!(names("https://shop.test/", &SOUND, json!({}), true).len(), 11);
    }

    #[test]
    fn a_bare_document_fails_everything() {
        let bare = [("content-type", "text/html"), ("server", "Apache/2.4.1 (Unix)"), ("set-cookie", "a=b")];
        assert_eq!(
            names("https://shop.test/", &bare, json!({}), false),
            [
                "strict-transport-security",
                "content-security-policy",
                "framing is limited",
                "referrer-policy",
                "permissions-policy",
                "x-content-type-options",
                "server software is not told",
                "cookies are Secure",
                "cookies are HttpOnly",
                "cookies have SameSite",
            ]
        );
    }

    #[test]
    fn what_needs_https_is_judged_over_https_alone_or_where_it_is_said_to_be() {
        let bare = [("content-type", "application/json"), ("set-cookie", "a=b; HttpOnly; SameSite=Lax")];
        assert_eq!(names("http://shop.test/", &bare, json!({}), false), ["x-content-type-options"]);
        assert_eq!(
            names("http://shop.test/", &bare, json!({"assume_https": true}), false),
            ["strict-transport-security", "x-content-type-options", "cookies are Secure"]
        );
    }

    #[test]
    fn each_verdict_can_be_switched_off() {
        let bare = [
            ("content-type", "text/html"),
            ("server", "Apache/2.4.1"),
            ("set-cookie", "a=b"),
            ("content-security-policy", "script-src *"),
        ];
        let all_off: serde_json::Map<String, serde_json::Value> =
            parameters::SWITCHES.iter().map(|(name, _)| ((*name).to_owned(), json!(false))).collect();
        for passed in [true, false] {
            assert_eq!(names("https://shop.test/", &bare, all_off.clone().into(), passed), [""; 0]);
        }
    }

    #[test]
    fn an_answer_without_a_body_needs_no_type() {
        let parameters = parameters::with_defaults(json!({}));
        let verdicts = judge(&parameters, "http://shop.test/", &Fields::of(&[]), false);
        assert_eq!(verdicts.len(), 1, "only what the server tells of itself: {verdicts:?}");
    }
}
