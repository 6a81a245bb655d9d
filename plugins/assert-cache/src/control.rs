//! What is wrong with answers that caches keep.

use outrider_sdk::Verdict;
use outrider_sdk::assertions::Fields;

use crate::directives::Directives;
use crate::evidence::State;
use crate::parameters::Parameters;

/// Adds the verdicts that `parameters` ask for.
pub(crate) fn judge(parameters: &Parameters, fields: &Fields, state: State, verdicts: &mut Vec<Verdict>) {
    let value = fields.joined("cache-control");
    let directives = value.as_deref().map(Directives::parse);
    let shown = value.unwrap_or_else(|| "none".to_owned());
    if parameters.cache_control {
        let said = directives.is_some() || fields.has("expires");
        let verdict = Verdict::new("answer says how long it may be kept", said);
        verdicts.push(verdict.expected("cache-control or expires").actual(shown.as_str()));
    }
    let directives = directives.unwrap_or_default();
    if parameters.sense {
        let faults = directives.faults();
        let actual =
            if faults.is_empty() { shown.clone() } else { format!("{shown} ({})", faults.join("; ")) };
        let verdict = Verdict::new("cache-control makes sense", faults.is_empty());
        verdicts.push(verdict.expected("no contradiction").actual(actual));
    }
    if parameters.min_age_secs > 0 {
        let least = parameters.min_age_secs;
        let lasts = directives.is_shared() && directives.shared_lifetime().is_some_and(|age| age >= least);
        let expected = format!("s-maxage or max-age of {least} or more");
        let verdict = Verdict::new("answer may be kept long enough", lasts);
        verdicts.push(verdict.expected(expected).actual(shown.as_str()));
    }
    let hit = state == State::Hit;
    if parameters.freshness && hit {
        verdicts.extend(freshness(fields, &directives));
    }
    if directives.is_shared() {
        if parameters.validator {
            verdicts.push(validator(fields));
        }
        if parameters.vary {
            verdicts.push(vary(fields));
        }
    }
    if parameters.cookies && (hit || directives.is_shared()) {
        let sets = fields.has("set-cookie");
        let actual = if sets { "it sets a cookie" } else { "it sets none" };
        let verdict = Verdict::new("no cookie is shared", !sets);
        verdicts.push(verdict.expected("no set-cookie on what others get as well").actual(actual));
    }
}

/// Whether what a cache gave is as young as it may be (RFC 9111, section 4.2), with the time for which a stale one
/// may be given (RFC 5861). Nothing where no age or no lifetime is said.
fn freshness(fields: &Fields, directives: &Directives) -> Option<Verdict> {
    let age = seconds(fields, "age")?;
    let lifetime = directives.shared_lifetime()?;
    let grace =
        ["stale-while-revalidate", "stale-if-error"].map(|name| directives.seconds(name).unwrap_or(0));
    let limit = lifetime.saturating_add(grace[0].max(grace[1]));
    let verdict = Verdict::new("answer from a cache is fresh", age <= limit);
    Some(verdict.expected(format!("an age of {limit} or less")).actual(age.to_string()))
}

/// A field that is a whole number of seconds; of a list the first one counts.
fn seconds(fields: &Fields, name: &str) -> Option<u64> {
    fields.first(name)?.split(',').next()?.trim().parse().ok()
}

/// Without a validator a cache fetches the whole answer again when it is stale (RFC 9110, section 8.8).
fn validator(fields: &Fields) -> Verdict {
    let found = ["etag", "last-modified"]
        .iter()
        .find_map(|name| fields.joined(name).map(|value| format!("{name}: {value}")));
    let passed = found.is_some();
    let actual = found.unwrap_or_else(|| "none".to_owned());
    Verdict::new("answer has a validator", passed).expected("etag or last-modified").actual(actual)
}

/// An answer that varies by what each visitor has of his own is kept once for each of them, or never again used
/// (RFC 9110, section 12.5.5).
fn vary(fields: &Fields) -> Verdict {
    let value = fields.joined("vary").unwrap_or_else(|| "none".to_owned());
    let own = ["*", "cookie", "user-agent", "authorization"];
    let varies = value.split(',').any(|field| own.iter().any(|name| field.trim().eq_ignore_ascii_case(name)));
    let verdict = Verdict::new("answer is for many", !varies);
    verdict.expected("vary without *, cookie, user-agent, authorization").actual(value)
}

#[cfg(test)]
mod tests {
    use outrider_sdk::json;

    use super::*;
    use crate::parameters::with_defaults;

    fn failed(fields: &[(&str, &str)], state: State) -> Vec<(String, String)> {
        let parameters = with_defaults(json!({"min_age_secs": 60}));
        let mut verdicts = Vec::new();
        judge(&parameters, &Fields::of(fields), state, &mut verdicts);
        let failed = verdicts.into_iter().filter(|verdict| !verdict.passed);
        failed.map(|verdict| (verdict.name, verdict.actual.unwrap())).collect()
    }

    fn pair(name: &str, actual: &str) -> (String, String) {
        (name.to_owned(), actual.to_owned())
    }

    #[test]
    fn an_answer_that_says_nothing() {
        assert_eq!(
            failed(&[], State::Unknown),
            [
                pair("answer says how long it may be kept", "none"),
                pair("answer may be kept long enough", "none"),
            ]
        );
    }

    #[test]
    fn an_answer_that_is_kept_too_short_without_a_validator_and_for_one_browser() {
        let fields = [("cache-control", "max-age=10"), ("vary", "Accept-Encoding, User-Agent")];
        assert_eq!(
            failed(&fields, State::Miss),
            [
                pair("answer may be kept long enough", "max-age=10"),
                pair("answer has a validator", "none"),
                pair("answer is for many", "Accept-Encoding, User-Agent"),
            ]
        );
    }

    #[test]
    fn an_answer_that_is_older_than_it_may_be() {
        let stale = |control| {
            failed(&[("cache-control", control), ("age", "100"), ("last-modified", "now")], State::Hit)
        };
        assert_eq!(stale("max-age=60"), [pair("answer from a cache is fresh", "100")]);
        assert_eq!(stale("max-age=60, stale-while-revalidate=40"), []);
        assert_eq!(stale("max-age=60, s-maxage=100"), []);
    }

    #[test]
    fn a_contradiction_is_shown_with_what_it_is() {
        let fields = [("cache-control", "private, s-maxage=60")];
        assert_eq!(
            failed(&fields, State::Miss)[0],
            pair("cache-control makes sense", "private, s-maxage=60 (private and an s-maxage)")
        );
    }
}
