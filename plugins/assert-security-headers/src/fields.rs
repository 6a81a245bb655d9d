//! What the judges ask of header fields beyond their values.

use outrider_sdk::Verdict;
use outrider_sdk::assertions::Fields;

/// Whether the answer is a document, which a browser shows and whose scripts it runs.
pub(crate) fn is_document(fields: &Fields) -> bool {
    let kind = fields.first("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    ["text/html", "application/xhtml+xml"].iter().any(|document| kind.eq_ignore_ascii_case(document))
}

/// A verdict about a field, with its value as it is.
pub(crate) fn verdict(name: &str, passed: bool, expected: &str, actual: Option<String>) -> Verdict {
    let verdict = Verdict::new(name, passed).expected(expected);
    verdict.actual(actual.unwrap_or_else(|| "none".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_markup_is_a_document() {
        let document = |kind| is_document(&Fields::of(&[("content-type", kind)]));
        assert!(document("text/html"));
        assert!(document("Text/HTML; charset=utf-8"));
        assert!(document("application/xhtml+xml"));
        assert!(!document("text/htmlx"));
        assert!(!is_document(&Fields::of(&[])));
    }
}
