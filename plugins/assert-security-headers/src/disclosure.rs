//! What a server tells of its software. RFC 9110, section 10.2.4 warns of details; OWASP of any.

use outrider_sdk::Verdict;
use outrider_sdk::assertions::Fields;

use crate::fields::verdict;

/// Fields that say nothing but which software answers.
const TELLTALES: [&str; 4] = ["x-powered-by", "x-aspnet-version", "x-aspnetmvc-version", "x-generator"];

pub(crate) fn judge(fields: &Fields) -> Verdict {
    let mut told: Vec<String> = Vec::new();
    // A product's name is no secret that could be kept; its version says which holes it has.
    let versioned = |value: &&str| value.bytes().any(|byte| byte.is_ascii_digit());
    told.extend(fields.all("server").filter(versioned).map(|value| format!("server: {value}")));
    for name in TELLTALES {
        told.extend(fields.all(name).map(|value| format!("{name}: {value}")));
    }
    let actual = if told.is_empty() { "nothing".to_owned() } else { told.join("; ") };
    verdict(
        "server software is not told",
        told.is_empty(),
        "no version in server, no x-powered-by",
        Some(actual),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_products_name_is_no_leak_and_its_version_is() {
        let passes = |name, value| judge(&Fields::of(&[(name, value)])).passed;
        assert!(passes("server", "nginx"));
        assert!(!passes("server", "nginx/1.25.3"));
        assert!(!passes("x-powered-by", "Express"));
        assert!(!passes("x-aspnet-version", "4.0.30319"));
    }
}
