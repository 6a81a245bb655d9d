//! Whether a cache on the way answered, by what it says of itself.

use outrider_sdk::Verdict;
use outrider_sdk::assertions::Fields;

/// What a cache did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It answered without the origin, or after the origin said that nothing changed.
    Hit,
    /// It looked for the answer and had none that it could use.
    Miss,
    /// It did not look: the request or the answer is not for it.
    Bypass,
    /// None says anything.
    Unknown,
}

/// What a cache did, and where it says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Evidence {
    pub(crate) state: State,
    said: Option<String>,
}

/// Fields of CDNs and proxies, whose values are words, the most specific first. Sources:
/// * `cf-cache-status`: Cloudflare, "Cloudflare cache responses";
/// * `x-vercel-cache`: Vercel, "Response headers"; `x-nextjs-cache`: Next.js;
/// * `akamai-cache-status`: Akamai, "Return Cache Status"; `cdn-cache`: bunny.net;
/// * `x-cache`: Amazon CloudFront, Fastly, Akamai, Azure Front Door, Squid and Varnish by habit;
/// * `x-cache-status`, `x-proxy-cache`: nginx by habit (`$upstream_cache_status`);
/// * `x-cache-remote`: Akamai's parent, after `x-cache` of its edge;
/// * `x-litespeed-cache`, `x-drupal-cache`, `x-sucuri-cache`: the software of that name.
const WORDED: [&str; 12] = [
    "cf-cache-status",
    "x-vercel-cache",
    "akamai-cache-status",
    "cdn-cache",
    "x-cache",
    "x-cache-remote",
    "x-cache-status",
    "x-proxy-cache",
    "x-nextjs-cache",
    "x-litespeed-cache",
    "x-sucuri-cache",
    "x-drupal-cache",
];

/// Reads what caches say, the standard's field first, then those of vendors, then what can be concluded.
pub(crate) fn of(fields: &Fields) -> Evidence {
    let by_standard = || found(fields, "cache-status", cache_status);
    let by_word = || WORDED.iter().find_map(|name| found(fields, name, worded));
    let by_timing = || found(fields, "server-timing", server_timing);
    let by_count = || found(fields, "x-cache-hits", hit_counts);
    let by_ids = || found(fields, "x-varnish", varnish_ids);
    let by_age = || found(fields, "age", age);
    let said =
        by_standard().or_else(by_word).or_else(by_timing).or_else(by_count).or_else(by_ids).or_else(by_age);
    let Some((state, mut said)) = said else { return Evidence { state: State::Unknown, said: None } };
    // Which node it was helps to find out why.
    if let Some(node) = fields.joined("x-served-by") {
        said.push_str("; x-served-by: ");
        said.push_str(&node);
    }
    Evidence { state, said: Some(said) }
}

impl Evidence {
    /// Whether it came from a cache, where one says so.
    pub(crate) fn judge_hit(&self, wanted: bool, bypass_is_miss: bool) -> Option<Verdict> {
        let judged = match self.state {
            State::Hit | State::Miss => true,
            State::Bypass => bypass_is_miss,
            State::Unknown => false,
        };
        let said = self.said.clone().unwrap_or_default();
        let verdict = Verdict::new("answer came from a cache", self.state == State::Hit);
        (wanted && judged).then(|| verdict.expected("a hit").actual(said))
    }

    /// Whether a cache says anything.
    pub(crate) fn judge_said(&self) -> Verdict {
        let said = self.said.clone().unwrap_or_else(|| "nothing".to_owned());
        let verdict = Verdict::new("a cache says what it did", self.said.is_some());
        verdict.expected("cache-status, or a CDN's own field").actual(said)
    }
}

fn found(fields: &Fields, name: &str, read: fn(&str) -> Option<State>) -> Option<(State, String)> {
    let value = fields.joined(name)?;
    Some((read(&value)?, format!("{name}: {value}")))
}

/// `ExampleCache; hit; ttl=376, OtherCache; fwd=miss; stored` (RFC 9211). One hit anywhere on the way is enough:
/// the caches nearer to the visitor forwarded the request, and the origin never saw it.
fn cache_status(value: &str) -> Option<State> {
    let mut state = None;
    for cache in value.split(',') {
        let mut parameters = cache.split(';').skip(1).map(str::trim);
        let this = parameters.find_map(|parameter| match parameter.split_once('=') {
            None if parameter == "hit" => Some(State::Hit),
            Some(("hit", "?1")) => Some(State::Hit),
            Some(("fwd", reason)) => Some(match reason.trim_matches('"') {
                "bypass" | "method" | "request" => State::Bypass,
                _ => State::Miss,
            }),
            _ => None,
        });
        state = strongest(state, this);
    }
    state
}

/// Words such as `HIT`, `Miss from cloudfront`, `TCP_REFRESH_HIT`, `MISS, HIT`.
fn worded(value: &str) -> Option<State> {
    value.split(',').map(word).fold(None, strongest)
}

fn word(text: &str) -> Option<State> {
    let text = text.trim().to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // Before `hit`, since some caches speak of a hit that they may not use.
    if has(&[
        "bypass",
        "dynamic",
        "nocache",
        "no_store",
        "nostore",
        "pass",
        "error",
        "generated",
        "uncacheable",
    ]) {
        Some(State::Bypass)
    } else if has(&["hit", "stale", "updating", "revalidated", "prerender"]) {
        Some(State::Hit)
    } else if has(&["miss", "expired", "none"]) {
        Some(State::Miss)
    } else {
        None
    }
}

/// `cdn-cache; desc=HIT` (Akamai) or `cdn-cache-hit` (CloudFront).
fn server_timing(value: &str) -> Option<State> {
    let entries = value.split(',').filter_map(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        match parts.next()? {
            "cdn-cache-hit" => Some(State::Hit),
            "cdn-cache-miss" => Some(State::Miss),
            "cdn-cache" => parts.find_map(|part| part.strip_prefix("desc=")).and_then(word),
            _ => None,
        }
    });
    entries.map(Some).fold(None, strongest)
}

/// `0, 3` (Fastly, Varnish): how often each node on the way had the answer.
fn hit_counts(value: &str) -> Option<State> {
    let counts: Option<Vec<u64>> = value.split(',').map(|count| count.trim().parse().ok()).collect();
    let any = counts?.iter().any(|count| *count > 0);
    Some(if any { State::Hit } else { State::Miss })
}

/// `32770 65541` (Varnish): the request's own number, and that of the one for which the answer was fetched; of a miss
/// and of what Varnish passes on there is the first alone.
fn varnish_ids(value: &str) -> Option<State> {
    let hops = value.split(',').map(|hop| {
        let ids: Vec<&str> = hop.split_whitespace().collect();
        let are_numbers = ids.iter().all(|id| id.bytes().all(|byte| byte.is_ascii_digit()));
        match ids.len() {
            1 if are_numbers => Some(State::Miss),
            2 if are_numbers => Some(State::Hit),
            _ => None,
        }
    });
    hops.fold(None, strongest)
}

/// An answer that has an age was not made for this request (RFC 9111, section 5.1); one of no age may have been.
fn age(value: &str) -> Option<State> {
    let seconds: u64 = value.split(',').next()?.trim().parse().ok()?;
    (seconds > 0).then_some(State::Hit)
}

fn strongest(one: Option<State>, other: Option<State>) -> Option<State> {
    let rank = |state: &State| match state {
        State::Hit => 3,
        State::Miss => 2,
        State::Bypass => 1,
        State::Unknown => 0,
    };
    [one, other].into_iter().flatten().max_by_key(rank)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(name: &str, value: &str) -> State {
        of(&Fields::of(&[(name, value)])).state
    }

    #[test]
    fn the_standards_field() {
        for (value, expected) in [
            ("ExampleCache; hit", State::Hit),
            ("ExampleCache; hit; ttl=-412", State::Hit),
            ("Origin; fwd=miss; stored, CDN; hit; ttl=545", State::Hit),
            ("OriginCache; hit; ttl=1100, \"CDN\"; fwd=uri-miss", State::Hit),
            ("ExampleCache; fwd=uri-miss; stored", State::Miss),
            ("ExampleCache; fwd=stale; fwd-status=304; collapsed", State::Miss),
            ("BrowserCache; fwd=bypass", State::Bypass),
            ("ExampleCache; detail=MEMORY", State::Unknown),
        ] {
            assert_eq!(state("cache-status", value), expected, "{value}");
        }
    }

    #[test]
    fn the_fields_of_cdns_and_proxies() {
        for (name, value, expected) in [
            ("cf-cache-status", "HIT", State::Hit),
            ("cf-cache-status", "REVALIDATED", State::Hit),
            ("cf-cache-status", "EXPIRED", State::Miss),
            ("cf-cache-status", "DYNAMIC", State::Bypass),
            ("cf-cache-status", "BYPASS", State::Bypass),
            ("x-vercel-cache", "PRERENDER", State::Hit),
            ("x-vercel-cache", "MISS", State::Miss),
            ("x-cache", "Hit from cloudfront", State::Hit),
            ("x-cache", "RefreshHit from cloudfront", State::Hit),
            ("x-cache", "Miss from cloudfront", State::Miss),
            ("x-cache", "Error from cloudfront", State::Bypass),
            ("x-cache", "FunctionGeneratedResponse from cloudfront", State::Bypass),
            ("x-cache", "MISS, HIT", State::Hit),
            ("x-cache", "MISS, MISS", State::Miss),
            ("x-cache", "TCP_MEM_HIT from a23.deploy.akamaitechnologies.com", State::Hit),
            ("x-cache", "TCP_MISS", State::Miss),
            ("x-cache", "CONFIG_NOCACHE", State::Bypass),
            ("akamai-cache-status", "Miss from child, Hit from parent", State::Hit),
            ("x-cache-status", "UPDATING", State::Hit),
            ("x-proxy-cache", "EXPIRED", State::Miss),
            ("x-cache-hits", "0, 3", State::Hit),
            ("x-cache-hits", "0", State::Miss),
            ("x-cache-hits", "many", State::Unknown),
            ("x-varnish", "32770 65541", State::Hit),
            ("x-varnish", "32770", State::Miss),
            ("x-varnish", "32770, 5 4", State::Hit),
            ("x-varnish", "is here", State::Unknown),
            ("server-timing", "cdn-cache; desc=HIT, edge; dur=1", State::Hit),
            ("server-timing", "cdn-upstream-layer;desc=\"REC\",cdn-cache-miss,cdn-pop", State::Miss),
            ("server-timing", "db; dur=53", State::Unknown),
            ("age", "1", State::Hit),
            ("age", "0", State::Unknown),
            ("content-type", "text/html", State::Unknown),
        ] {
            assert_eq!(state(name, value), expected, "{name}: {value}");
        }
    }

    #[test]
    fn the_most_specific_field_decides_and_the_verdict_shows_it_with_its_node() {
        let fields = Fields::of(&[("age", "10"), ("x-cache", "MISS"), ("x-served-by", "cache-fra-1")]);
        let evidence = of(&fields);
        let verdict = evidence.judge_hit(true, false).unwrap();
        assert!(!verdict.passed);
        assert_eq!(verdict.actual.as_deref(), Some("x-cache: MISS; x-served-by: cache-fra-1"));
    }
}
