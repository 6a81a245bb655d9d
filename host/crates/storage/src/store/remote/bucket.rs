//! What a bucket can be called: what S3 itself would refuse is refused before anything is sent.
//!
//! The rules are those of general purpose buckets (docs.aws.amazon.com, "General purpose bucket naming rules"). Other
//! endpoints take more: there only what no URL can say is refused.

use std::net::Ipv4Addr;

/// S3 takes 3 to 63 characters.
const LENGTHS: std::ops::RangeInclusive<usize> = 3..=63;

const PLAIN: &str = "give the name as the endpoint has it: letters, digits, '-', '.' and '_'";

const RULE: &str =
    "S3 takes lower-case letters, digits, '-' and '.'; AWS_ENDPOINT_URL names an endpoint that takes more";

/// What is wrong with a name, behind `the name of the bucket '…'`, and what to do; `None` if nothing is.
pub(super) fn fault(name: &str, is_other_endpoint: bool) -> Option<(String, String)> {
    let wrong = if is_other_endpoint { of_url(name) } else { of_s3(name) };
    let hint = if is_other_endpoint { PLAIN.to_owned() } else { hint(name) };
    (!wrong.is_empty()).then(|| (wrong.join(", "), hint))
}

/// What S3 does not take.
fn of_s3(name: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if !LENGTHS.contains(&name.chars().count()) {
        wrong.push(format!("has not {} to {} characters", LENGTHS.start(), LENGTHS.end()));
    }
    if name.chars().any(char::is_uppercase) {
        wrong.push("has capital letters".to_owned());
    }
    let is_known = |c: char| c.is_ascii_alphanumeric() || c.is_uppercase() || matches!(c, '-' | '.');
    wrong.extend(listed(name, is_known));
    if name.starts_with(['-', '.']) || name.ends_with(['-', '.']) {
        wrong.push("does not begin and end with a letter or digit".to_owned());
    }
    if name.contains("..") {
        wrong.push("has two dots in a row".to_owned());
    }
    if name.parse::<Ipv4Addr>().is_ok() {
        wrong.push("is an IP address".to_owned());
    }
    wrong
}

/// What stands in no path of a URL as it is (RFC 3986, `pchar` without `pct-encoded`).
fn of_url(name: &str) -> Vec<String> {
    let is_known = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@".contains(c);
    let dots = [".", ".."].contains(&name).then(|| "is no name but a way".to_owned());
    listed(name, is_known).into_iter().chain(dots).collect()
}

/// `has '_', ' '`, each once.
fn listed(name: &str, is_known: impl Fn(char) -> bool) -> Option<String> {
    let mut found: Vec<char> = name.chars().filter(|c| !is_known(*c)).collect();
    found.sort_unstable();
    found.dedup();
    let shown: Vec<String> = found.iter().map(|c| format!("'{}'", c.escape_debug())).collect();
    (!shown.is_empty()).then(|| format!("has {}", shown.join(" and ")))
}

fn hint(name: &str) -> String {
    let near = name.to_lowercase().replace('_', "-");
    match near != name && of_s3(&near).is_empty() {
        true => format!("did you mean '{near}'? {RULE}"),
        false => RULE.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_no_bucket_of_s3_has_is_told_by_all_that_is_wrong_with_it() {
        for sound in ["abc", "load-tests", "1.load.2", &"a".repeat(63)] {
            assert_eq!(fault(sound, false), None, "{sound}");
        }
        let wrong = |name: &str| fault(name, false).unwrap().0;
        assert_eq!(wrong("ab"), "has not 3 to 63 characters");
        assert_eq!(wrong(&"a".repeat(64)), "has not 3 to 63 characters");
        assert_eq!(wrong("My_Bucket"), "has capital letters, has '_'");
        assert_eq!(wrong("a b?c"), "has ' ' and '?'");
        assert_eq!(wrong("-tests"), "does not begin and end with a letter or digit");
        assert_eq!(wrong("tests."), "does not begin and end with a letter or digit");
        assert_eq!(wrong("a..b"), "has two dots in a row");
        assert_eq!(wrong("192.168.5.4"), "is an IP address");
        assert!(fault("My_Bucket", false).unwrap().1.starts_with("did you mean 'my-bucket'? S3 takes"));
        assert!(fault("a b", false).unwrap().1.starts_with("S3 takes"));
    }

    #[test]
    fn another_endpoint_may_have_what_a_url_can_say() {
        for sound in ["My_Bucket", "ab", "a", "192.168.5.4"] {
            assert_eq!(fault(sound, true), None, "{sound}");
        }
        assert_eq!(fault("a b", true).unwrap().0, "has ' '");
        assert_eq!(fault("a%2f?", true).unwrap().0, "has '%' and '?'");
        assert_eq!(fault("..", true).unwrap().0, "is no name but a way");
    }
}
