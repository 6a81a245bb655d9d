//! The cookies of one virtual user.

use cookie_store::CookieStore;
use http::{HeaderMap, HeaderValue, header};
use url::Url;

/// 4 KiB for a cookie with its attributes, as browsers; larger ones are ignored.
const MAX_COOKIE_BYTES: usize = 4096;

/// So many cookies of a user are kept, more than browsers keep for one site; later ones are ignored.
const MAX_COOKIES: usize = 300;

/// A cookie as a guest sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// The cookies of one virtual user, by the rules of RFC 6265. There is no list of public suffixes: a
/// host may set cookies for its whole top-level domain, which only granted hosts ever see.
#[derive(Debug)]
pub(crate) struct CookieJar {
    store: CookieStore,
    /// Whether nothing was ever stored: most APIs need no search at all.
    unused: bool,
}

impl CookieJar {
    pub(crate) fn new() -> CookieJar {
        CookieJar { store: CookieStore::new(), unused: true }
    }

    /// The cookies to send to `url`.
    pub(crate) fn for_url(&self, url: &Url) -> Vec<Cookie> {
        if self.unused {
            return Vec::new();
        }
        let values = self.store.get_request_values(url);
        values.map(|(name, value)| Cookie { name: name.to_owned(), value: value.to_owned() }).collect()
    }

    /// The `cookie` header for `url`, after the cookies that the journey set itself.
    pub(crate) fn header(&self, url: &Url, own: Option<&HeaderValue>) -> Option<HeaderValue> {
        if self.unused {
            return own.cloned();
        }
        let mut header = own.map(|own| own.as_bytes().to_vec()).unwrap_or_default();
        for (name, value) in self.store.get_request_values(url) {
            if !header.is_empty() {
                header.extend_from_slice(b"; ");
            }
            header.extend_from_slice(name.as_bytes());
            header.push(b'=');
            header.extend_from_slice(value.as_bytes());
        }
        // Values came in headers, so they fit into one.
        if header.is_empty() { None } else { HeaderValue::from_maybe_shared(bytes::Bytes::from(header)).ok() }
    }

    /// Keeps what an answer from `url` sets; of each cookie whether it was kept.
    pub(crate) fn store(&mut self, headers: &HeaderMap, url: &Url) -> Vec<bool> {
        let cookies = headers.get_all(header::SET_COOKIE).into_iter();
        cookies.map(|value| value.to_str().is_ok_and(|text| self.set(text, url))).collect()
    }

    /// Keeps a cookie in the syntax of `set-cookie`, as if `url` had set it; whether it was kept.
    pub(crate) fn set(&mut self, text: &str, url: &Url) -> bool {
        if text.len() > MAX_COOKIE_BYTES {
            return false;
        }
        if self.store.iter_any().count() >= MAX_COOKIES {
            self.drop_expired();
            if self.store.iter_any().count() >= MAX_COOKIES {
                return false;
            }
        }
        self.unused = false;
        self.store.parse(text, url).is_ok()
    }

    /// Forgets all cookies.
    pub(crate) fn clear(&mut self) {
        *self = CookieJar::new();
    }

    fn drop_expired(&mut self) {
        let fresh: Vec<_> = self.store.iter_unexpired().cloned().collect();
        let fresh =
            CookieStore::from_cookies(fresh.into_iter().map(Ok::<_, std::convert::Infallible>), false);
        self.store = fresh.unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn header(jar: &CookieJar, to: &str) -> Option<String> {
        jar.header(&url(to), None).map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn cookies_go_back_to_where_they_belong() {
        let mut jar = CookieJar::new();
        assert!(jar.set("a=1; Path=/", &url("http://shop.test/")));
        assert!(jar.set("b=2; Path=/admin", &url("http://shop.test/")));
        assert!(jar.set("c=3; Secure", &url("https://shop.test/")));
        assert_eq!(header(&jar, "http://shop.test/x").unwrap(), "a=1");
        assert_eq!(header(&jar, "http://other.test/"), None);
        let mut all = jar.for_url(&url("https://shop.test/admin"));
        all.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!(all.iter().map(|c| c.value.as_str()).collect::<Vec<_>>(), ["1", "2", "3"]);
    }

    #[test]
    fn the_journeys_own_cookies_come_first() {
        let mut jar = CookieJar::new();
        let own = HeaderValue::from_static("own=1");
        assert_eq!(jar.header(&url("http://shop.test/"), Some(&own)).unwrap(), "own=1");
        jar.set("a=1", &url("http://shop.test/"));
        assert_eq!(jar.header(&url("http://shop.test/"), Some(&own)).unwrap(), "own=1; a=1");
    }

    #[test]
    fn an_expired_cookie_is_removed() {
        let mut jar = CookieJar::new();
        jar.set("a=1", &url("http://shop.test/"));
        jar.set("a=; Max-Age=0", &url("http://shop.test/"));
        assert_eq!(header(&jar, "http://shop.test/"), None);
    }

    #[test]
    fn a_server_cannot_fill_the_memory() {
        let mut jar = CookieJar::new();
        for number in 0..MAX_COOKIES + 50 {
            jar.set(&format!("c{number}=1"), &url("http://shop.test/"));
        }
        assert_eq!(jar.for_url(&url("http://shop.test/")).len(), MAX_COOKIES);
        assert!(!jar.set(&format!("big={}", "x".repeat(MAX_COOKIE_BYTES)), &url("http://shop.test/")));
        jar.clear();
        assert!(jar.for_url(&url("http://shop.test/")).is_empty());
        assert!(jar.set("a=1", &url("http://shop.test/")));
    }
}
