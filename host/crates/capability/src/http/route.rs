//! Where a request goes: its URL, checked and taken apart once.

use std::sync::Arc;

use base64::Engine as _;
use http::uri::PathAndQuery;
use http::{HeaderValue, Uri};
use percent_encoding::percent_decode_str;
use url::Url;

use super::HttpError;
use super::label::{Labels, cut};
use super::pool::OriginPool;
use crate::grants::without_secrets;

/// 32 KiB: four times what RFC 9110 §4.1 asks servers to accept, so that their limits can be tested.
pub const MAX_URL_BYTES: usize = 32 * 1024;

/// One side of a connection: what pools and addresses are kept for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Endpoint {
    /// Whether TLS is spoken.
    pub(crate) secure: bool,
    pub(crate) host: url::Host<String>,
    pub(crate) port: u16,
}

impl Endpoint {
    pub(crate) fn of(url: &Url) -> Result<Endpoint, HttpError> {
        let unusable = |reason| HttpError::UnusableUrl { url: without_secrets(url), reason };
        let secure = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return Err(unusable("only http and https can")),
        };
        let host = url.host().ok_or_else(|| unusable("it has no host"))?.to_owned();
        let port = url.port_or_known_default().filter(|port| *port != 0);
        Ok(Endpoint { secure, host, port: port.ok_or_else(|| unusable("nothing listens on port 0"))? })
    }

    /// Host and port, for messages.
    pub(crate) fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// Where a request goes, resolved, granted and written as the two versions of HTTP need it.
#[derive(Debug)]
pub(crate) struct Route {
    /// Without user and password.
    pub(crate) url: Url,
    /// As it is recorded: without user, password and fragment.
    pub(crate) shown: Arc<str>,
    pub(crate) label: Arc<str>,
    pub(crate) pool: Arc<OriginPool>,
    /// Path and query, for HTTP/1.1.
    pub(crate) origin_form: Uri,
    /// The whole URL, for HTTP/2.
    pub(crate) absolute_form: Uri,
    /// The `host` header.
    pub(crate) host: HeaderValue,
    /// The `authorization` that the URL's user and password ask for.
    pub(crate) basic: Option<HeaderValue>,
}

impl Route {
    pub(crate) fn new(mut url: Url, pool: Arc<OriginPool>, labels: &Labels) -> Result<Route, HttpError> {
        let basic = basic_authorization(&url);
        let shown = without_secrets(&url);
        let unusable = |reason| HttpError::UnusableUrl { url: shown.clone(), reason };
        // Both fail only for URLs without a host.
        if url.set_username("").is_err() || url.set_password(None).is_err() {
            return Err(unusable("it has no host"));
        }
        let path =
            PathAndQuery::try_from(path_and_query(&url)).map_err(|_| unusable("its path is malformed"))?;
        let absolute_form = Uri::try_from(shown.as_str()).map_err(|_| unusable("it is malformed"))?;
        let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
        let host = HeaderValue::try_from(authority).map_err(|_| unusable("its host is malformed"))?;
        Ok(Route {
            label: labels.of(&url).into(),
            pool,
            origin_form: Uri::from(path),
            absolute_form,
            host,
            basic,
            shown: shown.into(),
            url,
        })
    }
}

/// Resolves what a journey wrote against the base URL.
pub(crate) fn resolve(text: &str, base: Option<&Url>) -> Result<Url, HttpError> {
    if text.len() > MAX_URL_BYTES {
        return Err(HttpError::UnusableUrl { url: redacted(text), reason: "it is longer than 32 KiB" });
    }
    Url::options()
        .base_url(base)
        .parse(text)
        .map_err(|source| HttpError::InvalidUrl { url: redacted(text), source })
}

/// A text that may not be a URL, as it may be shown: short, and without what may be a password.
pub(crate) fn redacted(text: &str) -> String {
    let mut shown = match text.rfind('@') {
        Some(at) => {
            let user = text.find("://").map_or(0, |scheme| scheme + 3).min(at);
            format!("{}…{}", &text[..user], &text[at..])
        }
        None => text.to_owned(),
    };
    cut(&mut shown);
    shown
}

fn path_and_query(url: &Url) -> &str {
    &url[url::Position::BeforePath..url::Position::AfterQuery]
}

fn basic_authorization(url: &Url) -> Option<HeaderValue> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let mut plain = percent_decode_str(url.username()).collect::<Vec<u8>>();
    plain.push(b':');
    plain.extend(percent_decode_str(url.password().unwrap_or_default()));
    let encoded = base64::engine::general_purpose::STANDARD.encode(plain);
    let mut value = HeaderValue::try_from(format!("Basic {encoded}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(text: &str) -> Route {
        let url = Url::parse(text).unwrap();
        let pool = OriginPool::new(Endpoint::of(&url).unwrap(), &crate::HttpConfig::default());
        Route::new(url, Arc::new(pool), &Labels::new(None, &crate::Grants::default())).unwrap()
    }

    #[test]
    fn user_and_password_become_a_header_and_are_never_shown() {
        let route = route("http://al%40x:p%3Aw@h.test:81/a?b=c#d");
        assert_eq!(&*route.shown, "http://h.test:81/a?b=c");
        assert_eq!(route.origin_form.to_string(), "/a?b=c");
        assert_eq!(route.absolute_form.to_string(), "http://h.test:81/a?b=c");
        assert_eq!(route.host, "h.test:81");
        // al@x:p:w
        assert_eq!(route.basic.unwrap(), "Basic YWxAeDpwOnc=");
    }

    #[test]
    fn odd_characters_of_a_url_can_be_sent() {
        for text in [
            "http://h.test/a|b^c`d{e}?q=`|^{}\\'%zz",
            "http://h.test/ä ö?ü=€",
            "http://[::1]:8080/x",
            "http://h.test/%2F%00",
            "http://h.test?x",
        ] {
            assert!(route(text).origin_form.path().starts_with('/'), "{text}");
        }
        assert_eq!(route("http://[::1]:8080/x").host, "[::1]:8080");
        assert_eq!(route("https://h.test:443/x").host, "h.test");
    }

    #[test]
    fn a_relative_url_needs_a_target() {
        let base = Url::parse("http://h.test/base/").unwrap();
        assert_eq!(resolve("x?y", Some(&base)).unwrap().as_str(), "http://h.test/base/x?y");
        assert_eq!(resolve("/x", Some(&base)).unwrap().as_str(), "http://h.test/x");
        let error = resolve("/x", None).unwrap_err();
        assert_eq!(error.message(), "'/x' is not a valid URL: relative URL without a base");
        assert!(error.hint().unwrap().starts_with("--target"));
    }

    #[test]
    fn unusable_urls_are_told() {
        let endpoint = |text: &str| Endpoint::of(&Url::parse(text).unwrap()).map_err(|error| error.message());
        assert_eq!(
            endpoint("ftp://h.test/").unwrap_err(),
            "'ftp://h.test/' cannot be requested: only http and https can"
        );
        assert!(endpoint("data:,x").is_err());
        assert!(endpoint("http://h.test:0/").is_err());
        assert!(resolve(&format!("http://h/{}", "x".repeat(MAX_URL_BYTES)), None).is_err());
    }

    #[test]
    fn a_password_in_a_broken_url_is_not_shown() {
        assert_eq!(redacted("http://al:secret@[x/"), "http://…@[x/");
        assert_eq!(redacted("al:secret@host"), "…@host");
        assert_eq!(redacted("plain"), "plain");
    }
}
