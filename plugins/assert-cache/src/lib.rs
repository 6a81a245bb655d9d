//! What came from a cache, and whether it could have, judged on every answer of any journey.
//!
//! * `evidence`: whether a cache on the way answered, by what it says of itself: `Cache-Status` (RFC 9211), the
//!   fields of the usual CDNs and proxies, or `Age` (RFC 9111).
//! * `directives`, `control`: whether `Cache-Control` makes sense (RFC 9111, section 5.2), and what is wrong with
//!   answers that caches keep.
//!
//! Each answer of which a cache says that it had it or not is a value of the rate `cache.hit`, so that a run can
//! have a threshold for the share of hits. A cache that is cold misses at first: a single miss is no fault, and
//! the check's share is the number to look at.

mod control;
mod directives;
mod evidence;
mod parameters;

use outrider_sdk::assertions::{Description, Exchange, Fields};
use outrider_sdk::{AssertionPack, Result, Verdict, metric, vars};

use evidence::State;
use parameters::Parameters;

/// The share of answers that came from a cache.
const HIT_RATE: &str = "cache.hit";

/// The pack, with its parameters.
#[derive(Debug)]
pub struct AssertCache(Parameters);

impl AssertionPack for AssertCache {
    fn describe() -> Description {
        let description = "What can come from a cache does, and says for how long it may.";
        Description::new("assert-cache", description).exchanges().parameters(parameters::schema())
    }

    fn start() -> Result<Self> {
        vars::parameters().map(Self)
    }

    fn check_exchange(&mut self, exchange: &Exchange) -> Vec<Verdict> {
        let Ok(response) = &exchange.outcome else { return Vec::new() };
        if !self.0.is_for(&exchange.method, &exchange.name, response.status()) {
            return Vec::new();
        }
        let fields = match Fields::read(response) {
            Ok(fields) => fields,
            Err(error) => {
                return vec![Verdict::new("header fields can be read", false).actual(error.to_string())];
            }
        };
        let evidence = evidence::of(&fields);
        if let State::Hit | State::Miss = evidence.state {
            let hit = evidence.state == State::Hit;
            metric::rate(HIT_RATE).tag("request", exchange.name.as_str()).record(hit);
        }
        judge(&self.0, &fields, &evidence)
    }
}

/// The verdicts about an answer, always under the same names.
fn judge(parameters: &Parameters, fields: &Fields, evidence: &evidence::Evidence) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    verdicts.extend(evidence.judge_hit(parameters.hit, parameters.bypass_is_miss));
    if parameters.evidence {
        verdicts.push(evidence.judge_said());
    }
    control::judge(parameters, fields, evidence.state, &mut verdicts);
    verdicts
}

outrider_sdk::assertion_pack!(AssertCache);

#[cfg(test)]
mod tests {
    use outrider_sdk::json;

    use super::*;

    fn names(fields: &[(&str, &str)], given: outrider_sdk::serde_json::Value) -> Vec<(String, bool)> {
        let fields = Fields::of(fields);
        let verdicts = judge(&parameters::with_defaults(given), &fields, &evidence::of(&fields));
        verdicts.into_iter().map(|verdict| (verdict.name, verdict.passed)).collect()
    }

    fn failed(fields: &[(&str, &str)], given: outrider_sdk::serde_json::Value) -> Vec<String> {
        names(fields, given).into_iter().filter(|(_, passed)| !passed).map(|(name, _)| name).collect()
    }

    #[test]
    fn a_sound_hit_passes_everything() {
        let fields = [
            ("cf-cache-status", "HIT"),
            ("age", "10"),
            ("cache-control", "public, max-age=600"),
            ("etag", "\"a\""),
            ("vary", "accept-encoding"),
        ];
        assert_eq!(failed(&fields, json!({"evidence": true})), [""; 0]);
        assert_eq!(names(&fields, json!({"evidence": true})).len(), 8);
    }

    #[test]
    fn a_miss_fails_one_check_and_nothing_else() {
        let fields =
            [("x-cache", "Miss from cloudfront"), ("cache-control", "max-age=60"), ("etag", "\"a\"")];
        assert_eq!(failed(&fields, json!({})), ["answer came from a cache"]);
        assert_eq!(failed(&fields, json!({"hit": false})), [""; 0]);
    }

    #[test]
    fn where_no_cache_says_anything_nothing_is_judged_unless_asked() {
        let fields = [("cache-control", "no-store")];
        assert_eq!(failed(&fields, json!({})), [""; 0]);
        assert_eq!(failed(&fields, json!({"evidence": true})), ["a cache says what it did"]);
    }

    #[test]
    fn a_bypass_is_a_miss_where_it_is_said_to_be() {
        let fields = [("cf-cache-status", "DYNAMIC"), ("cache-control", "no-store")];
        assert_eq!(failed(&fields, json!({})), [""; 0]);
        assert_eq!(failed(&fields, json!({"bypass_is_miss": true})), ["answer came from a cache"]);
    }

    #[test]
    fn a_shared_cookie_is_the_worst() {
        let fields = [
            ("age", "5"),
            ("cache-control", "public, max-age=60"),
            ("etag", "\"a\""),
            ("set-cookie", "session=secret; HttpOnly"),
        ];
        assert_eq!(failed(&fields, json!({})), ["no cookie is shared"]);
    }
}
