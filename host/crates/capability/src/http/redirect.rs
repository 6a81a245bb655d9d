//! What follows a redirect, by the Fetch standard, so that a journey does what a browser does.

use http::{HeaderMap, Method, StatusCode, header};
use url::Url;

use super::HttpError;
use super::request::Hop;

/// Where the answer leads, if it is a redirect.
pub(crate) fn location(status: StatusCode, headers: &HeaderMap) -> Option<&[u8]> {
    let follows = matches!(
        status,
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    if follows { headers.get(header::LOCATION).map(|value| value.as_bytes()) } else { None }
}

/// The URL of the next hop.
pub(crate) fn resolve(from: &Url, location: &[u8]) -> Result<Url, HttpError> {
    let text = String::from_utf8_lossy(location);
    let mut next = from
        .join(&text)
        .map_err(|source| HttpError::InvalidUrl { url: super::route::redacted(&text), source })?;
    // A fragment survives a redirect that has none of its own.
    if next.fragment().is_none() {
        next.set_fragment(from.fragment());
    }
    Ok(next)
}

/// Turns the hop that was answered into the next one.
pub(crate) fn follow(hop: &mut Hop, status: StatusCode, from: &Url, to: &Url) {
    let becomes_get = match status {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => hop.method == Method::POST,
        StatusCode::SEE_OTHER => hop.method != Method::GET && hop.method != Method::HEAD,
        _ => false,
    };
    if becomes_get {
        hop.become_get();
    }
    if from.origin() != to.origin() {
        hop.leave_origin();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{HttpRequest, RequestBody};

    fn followed(method: &str, status: u16) -> (String, usize) {
        let body = RequestBody::Text("body".to_owned());
        let request = HttpRequest { body, ..HttpRequest::new(method, "http://a.test/") };
        let mut hop = Hop::first(&request, String::new).unwrap();
        let url = Url::parse("http://a.test/").unwrap();
        follow(&mut hop, StatusCode::from_u16(status).unwrap(), &url, &url);
        (hop.method.to_string(), hop.body.bytes.len())
    }

    #[test]
    fn methods_change_as_browsers_change_them() {
        let table = [
            (301, "POST", "GET", 0),
            (302, "POST", "GET", 0),
            (303, "POST", "GET", 0),
            (303, "PUT", "GET", 0),
            (303, "HEAD", "HEAD", 4),
            (302, "PUT", "PUT", 4),
            (307, "POST", "POST", 4),
            (308, "POST", "POST", 4),
        ];
        for (status, method, expected, body) in table {
            assert_eq!(followed(method, status), (expected.to_owned(), body), "{method} {status}");
        }
    }

    #[test]
    fn secrets_stay_with_their_origin() {
        for (to, kept) in [
            ("http://a.test/other", true),
            ("http://a.test:81/", false),
            ("https://a.test/", false),
            ("http://b.test/", false),
        ] {
            let request = HttpRequest::get("http://a.test/").header("authorization", "secret");
            let mut hop = Hop::first(&request, String::new).unwrap();
            follow(
                &mut hop,
                StatusCode::FOUND,
                &Url::parse("http://a.test/").unwrap(),
                &Url::parse(to).unwrap(),
            );
            assert_eq!(hop.headers.contains_key("authorization"), kept, "{to}");
        }
    }

    #[test]
    fn a_location_is_resolved_against_the_url_that_was_asked() {
        let from = Url::parse("http://a.test/x/y?q#top").unwrap();
        for (location, expected) in [
            ("z", "http://a.test/x/z#top"),
            ("/z#end", "http://a.test/z#end"),
            ("//b.test/", "http://b.test/#top"),
            ("https://c.test/", "https://c.test/#top"),
        ] {
            assert_eq!(resolve(&from, location.as_bytes()).unwrap().as_str(), expected, "{location}");
        }
        assert!(resolve(&from, b"http://[").is_err());
    }

    #[test]
    fn only_the_five_redirects_with_a_location_lead_on() {
        let mut headers = HeaderMap::new();
        assert!(location(StatusCode::FOUND, &headers).is_none());
        headers.insert(header::LOCATION, "/x".parse().unwrap());
        let leading =
            (200..600).filter(|status| location(StatusCode::from_u16(*status).unwrap(), &headers).is_some());
        assert_eq!(leading.collect::<Vec<u16>>(), [301, 302, 303, 307, 308]);
    }
}
