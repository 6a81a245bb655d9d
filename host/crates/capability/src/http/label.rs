//! The label of a request that the journey did not name: its route, with ids replaced.
//!
//! Labels group measurements, so there must be few of them: `/product/17` and `/product/18` are one.

use url::{Host, Position, Url};

use crate::Grants;

/// 200 bytes; longer labels are cut: a name in a report is read by people.
pub const MAX_LABEL_BYTES: usize = 200;

/// From this length on, hexadecimal digits are a hash and not a word.
const MIN_HASH: usize = 16;

/// From this length on, mixed letters and digits are a token and not a name.
const MIN_TOKEN: usize = 20;

/// How requests of a run are called that the journey did not name: by their routes, behind host and port where those
/// are not the ones that the run is about.
#[derive(Debug)]
pub(crate) struct Labels {
    /// The target's host and port, or the only ones that are granted.
    home: Option<(Host<String>, u16)>,
}

impl Labels {
    pub(crate) fn new(target: Option<&Url>, grants: &Grants) -> Labels {
        let of_target = |url: &Url| Some((url.host()?.to_owned(), url.port_or_known_default()?));
        Labels { home: target.and_then(of_target).or_else(|| grants.only_host()) }
    }

    /// The label of a URL.
    pub(crate) fn of(&self, url: &Url) -> String {
        let route = route_label(url.path());
        let is_home = self.home.as_ref().is_some_and(|(host, port)| {
            url.host().is_some_and(|own| own.to_owned() == *host)
                && url.port_or_known_default() == Some(*port)
        });
        if is_home {
            return route;
        }
        let mut label = format!("{}{route}", &url[Position::BeforeHost..Position::AfterPort]);
        cut(&mut label);
        label
    }
}

/// The route of a URL's path: numbers, UUIDs, hashes and tokens become `:id`. The query does not count.
///
/// ```
/// use outrider_capability::route_label;
/// assert_eq!(route_label("/product/17/reviews"), "/product/:id/reviews");
/// ```
pub fn route_label(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut label = String::with_capacity(path.len().min(MAX_LABEL_BYTES));
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            label.push('/');
        }
        push_segment(&mut label, segment);
    }
    cut(&mut label);
    if label.is_empty() { "/".to_owned() } else { label }
}

/// Cuts a label or a given name to a length that reports can show.
pub(crate) fn cut(label: &mut String) {
    if let Some(shorter) = shortened(label, MAX_LABEL_BYTES) {
        *label = shorter;
    }
}

/// At most `max` bytes of a text that is longer, with a sign that it was cut.
pub(crate) fn shortened(text: &str, max: usize) -> Option<String> {
    let end = max - '…'.len_utf8();
    (text.len() > max).then(|| format!("{}…", &text[..text.floor_char_boundary(end)]))
}

fn push_segment(label: &mut String, segment: &str) {
    // Parameters of the segment, such as `;jsessionid=…`, are no part of the route.
    let segment = segment.split(';').next().unwrap_or_default();
    let (stem, ending) = match segment.rsplit_once('.') {
        Some((stem, ending)) if is_ending(ending) => (stem, Some(ending)),
        _ => (segment, None),
    };
    label.push_str(if is_id(stem) { ":id" } else { stem });
    if let Some(ending) = ending {
        label.push('.');
        label.push_str(ending);
    }
}

/// `jpg`, `html`, `mp4`, but not the `5` of `1.5`.
fn is_ending(text: &str) -> bool {
    (1..=5).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_id(segment: &str) -> bool {
    is_number(segment) || is_uuid(segment) || is_hash(segment) || is_token(segment)
}

fn is_number(segment: &str) -> bool {
    let digits = segment.strip_prefix('-').unwrap_or(segment);
    !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b',')
        && digits.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_uuid(segment: &str) -> bool {
    let mut groups =
        segment.split('-').map(|group| group.bytes().all(|b| b.is_ascii_hexdigit()).then_some(group.len()));
    [8, 4, 4, 4, 12].into_iter().all(|length| groups.next() == Some(Some(length))) && groups.next().is_none()
}

fn is_hash(segment: &str) -> bool {
    segment.len() >= MIN_HASH && segment.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Base64, base62, ULIDs and their like. A slug such as `our-10-best-recipes` is all lower case; a name
/// in camel case has no digits in between.
fn is_token(segment: &str) -> bool {
    let bytes = segment.as_bytes();
    let encoded =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=' | b'+' | b'~');
    if bytes.len() < MIN_TOKEN || !bytes.iter().all(encoded) {
        return false;
    }
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    let lower = bytes.iter().any(u8::is_ascii_lowercase);
    let upper = bytes.iter().any(u8::is_ascii_uppercase);
    let one_word = bytes.iter().all(u8::is_ascii_alphanumeric);
    digits >= 2 && (lower && upper || one_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_replaced_and_words_stay() {
        let table = [
            ("/", "/"),
            ("", "/"),
            ("/cart", "/cart"),
            ("/cart/", "/cart/"),
            ("/product/17", "/product/:id"),
            ("/product/17?color=red#top", "/product/:id"),
            ("/product/-17", "/product/:id"),
            ("/geo/52.52,13.40", "/geo/:id"),
            ("/a/1/b/2", "/a/:id/b/:id"),
            ("/orders/3f2a9c1b-7d0e-4b6a-9f1c-2d3e4f5a6b7c/items", "/orders/:id/items"),
            ("/orders/3F2A9C1B-7D0E-4B6A-9F1C-2D3E4F5A6B7C", "/orders/:id"),
            ("/blob/d41d8cd98f00b204e9800998ecf8427e", "/blob/:id"),
            ("/mongo/507f1f77bcf86cd799439011", "/mongo/:id"),
            ("/short/deadbeef", "/short/deadbeef"),
            ("/ulid/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/ulid/:id"),
            ("/token/dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "/token/:id"),
            ("/blog/how-to-write-a-good-article-2024", "/blog/how-to-write-a-good-article-2024"),
            ("/api/getCustomerOrdersByNumber", "/api/getCustomerOrdersByNumber"),
            ("/api/v2/users", "/api/v2/users"),
            ("/img/12345.jpg", "/img/:id.jpg"),
            ("/img/logo.svg", "/img/logo.svg"),
            ("/list;jsessionid=ABC123/17", "/list/:id"),
            ("/caf%C3%A9/17", "/caf%C3%A9/:id"),
            ("/.well-known/openid", "/.well-known/openid"),
            ("/...", "/..."),
        ];
        for (path, label) in table {
            assert_eq!(route_label(path), label, "{path}");
        }
    }

    #[test]
    fn another_host_than_the_runs_stands_before_the_route() {
        let url = |text: &str| Url::parse(text).unwrap();
        let target = url("https://shop.test/base");
        let grants = |entries: &[&str]| Grants::new(None, entries).unwrap();
        let of_target = Labels::new(Some(&target), &grants(&["cdn.test:443"]));
        for (text, label) in [
            ("https://shop.test/cart/17", "/cart/:id"),
            ("https://shop.test:443/", "/"),
            ("https://shop.test:8443/cart", "shop.test:8443/cart"),
            ("https://al:secret@cdn.test/logo.svg?x=1", "cdn.test/logo.svg"),
            ("http://[::1]:81/a", "[::1]:81/a"),
        ] {
            assert_eq!(of_target.of(&url(text)), label);
        }
        let of_grant = Labels::new(None, &grants(&["cdn.test:443"]));
        assert_eq!(of_grant.of(&url("https://cdn.test/logo.svg")), "/logo.svg");
        for several in [&["cdn.test:443", "shop.test:443"][..], &["*.test:443"], &["cdn.test:*"]] {
            assert_eq!(Labels::new(None, &grants(several)).of(&url("https://cdn.test/a")), "cdn.test/a");
        }
    }

    #[test]
    fn a_long_label_is_cut_at_a_character() {
        let label = route_label(&format!("/{}", "ä".repeat(500)));
        assert!(label.len() <= MAX_LABEL_BYTES, "{}", label.len());
        assert!(label.ends_with("ä…"), "{label}");
    }
}
