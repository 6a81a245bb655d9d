//! `Set-Cookie` (RFC 6265; `SameSite` is in its revision). Verdicts name cookies, never their values.

use outrider_sdk::Verdict;
use outrider_sdk::assertions::Fields;

use crate::fields::verdict;

/// A cookie that is set.
#[derive(Debug)]
pub(crate) struct Cookie {
    name: String,
    secure: bool,
    http_only: bool,
    /// In lower case.
    same_site: Option<String>,
}

/// The cookies that an answer sets, but those that are ignored and those that are being deleted.
pub(crate) fn of(fields: &Fields, ignored: &[String]) -> Vec<Cookie> {
    let cookies = fields.all("set-cookie").filter_map(Cookie::parse);
    cookies.filter(|cookie| !ignored.contains(&cookie.name)).collect()
}

impl Cookie {
    /// None if it is being deleted, since its attributes protect nothing then.
    fn parse(value: &str) -> Option<Self> {
        let mut parts = value.split(';');
        let (name, content) = parts.next()?.split_once('=')?;
        let mut cookie =
            Self { name: name.trim().to_owned(), secure: false, http_only: false, same_site: None };
        let mut deleted = false;
        for attribute in parts {
            let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            match key.trim().to_ascii_lowercase().as_str() {
                "secure" => cookie.secure = true,
                "httponly" => cookie.http_only = true,
                "samesite" => cookie.same_site = Some(value.trim().to_ascii_lowercase()),
                "max-age" => deleted |= value.trim().parse::<i64>().is_ok_and(|seconds| seconds <= 0),
                // The date of all that are deleted by one.
                "expires" => deleted |= content.trim().is_empty() || value.contains("1970"),
                _ => {}
            }
        }
        (!deleted).then_some(cookie)
    }

    fn is_same_site(&self) -> bool {
        match self.same_site.as_deref() {
            Some("lax" | "strict") => true,
            Some("none") => self.secure,
            _ => false,
        }
    }
}

pub(crate) fn judge_secure(cookies: &[Cookie]) -> Verdict {
    judge("cookies are Secure", "Secure", cookies, |cookie| cookie.secure)
}

pub(crate) fn judge_http_only(cookies: &[Cookie]) -> Verdict {
    judge("cookies are HttpOnly", "HttpOnly", cookies, |cookie| cookie.http_only)
}

pub(crate) fn judge_same_site(cookies: &[Cookie]) -> Verdict {
    let expected = "SameSite=Lax, Strict, or None with Secure";
    judge("cookies have SameSite", expected, cookies, Cookie::is_same_site)
}

fn judge(name: &str, expected: &str, cookies: &[Cookie], is_sound: impl Fn(&Cookie) -> bool) -> Verdict {
    let lacking: Vec<&str> =
        cookies.iter().filter(|cookie| !is_sound(cookie)).map(|cookie| cookie.name.as_str()).collect();
    let actual = match lacking.is_empty() {
        true => format!("all {} are", cookies.len()),
        false => format!("not so: {}", lacking.join(", ")),
    };
    verdict(name, lacking.is_empty(), expected, Some(actual))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(values: &[&str]) -> Vec<Cookie> {
        let fields: Vec<(&str, &str)> = values.iter().map(|value| ("set-cookie", *value)).collect();
        of(&Fields::of(&fields), &["XSRF-TOKEN".to_owned()])
    }

    #[test]
    fn attributes_count_in_any_case_and_values_are_never_shown() {
        let cookies = set(&["a=1; SECURE; httponly; samesite=STRICT", "b=top-secret; Path=/"]);
        for verdict in [judge_secure(&cookies), judge_http_only(&cookies), judge_same_site(&cookies)] {
            assert_eq!(
                (verdict.passed, verdict.actual.as_deref()),
                (false, Some("not so: b")),
                "{verdict:?}"
            );
        }
    }

    #[test]
    fn a_cookie_for_all_sites_must_be_secure() {
        assert!(judge_same_site(&set(&["a=1; SameSite=None; Secure"])).passed);
        assert!(!judge_same_site(&set(&["a=1; SameSite=None"])).passed);
        assert!(!judge_same_site(&set(&["a=1; SameSite"])).passed);
    }

    #[test]
    fn cookies_that_are_ignored_or_deleted_are_not_judged() {
        assert!(
            set(&["XSRF-TOKEN=1", "a=; Max-Age=0", "b=x; expires=Thu, 01 Jan 1970 00:00:00 GMT", "none"])
                .is_empty()
        );
        assert_eq!(set(&["a=1; Max-Age=60"]).len(), 1);
    }
}
