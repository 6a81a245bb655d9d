//! The header fields of an answer.

use outrider_sdk::Verdict;

/// The header fields of an answer, names in lower case.
#[derive(Debug)]
pub(crate) struct Fields {
    fields: Vec<(String, String)>,
    has_body: bool,
}

impl Fields {
    pub(crate) fn new(fields: Vec<(String, String)>, has_body: bool) -> Self {
        Self { fields, has_body }
    }

    /// Fields of an answer with a body.
    #[cfg(test)]
    pub(crate) fn of(fields: &[(&str, &str)]) -> Self {
        Self::new(
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            true,
        )
    }

    pub(crate) fn has_body(&self) -> bool {
        self.has_body
    }

    /// All values of a field, in the order they came.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// All values of a field as one list (RFC 9110, section 5.3), if there are any.
    pub(crate) fn joined(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self.all(name).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// Whether the answer is a document, which a browser shows and whose scripts it runs.
    pub(crate) fn is_document(&self) -> bool {
        let kind = self.all("content-type").next().unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        ["text/html", "application/xhtml+xml"].iter().any(|document| kind.eq_ignore_ascii_case(document))
    }
}

/// A verdict about a field, with its value as it is.
pub(crate) fn verdict(name: &str, passed: bool, expected: &str, actual: Option<String>) -> Verdict {
    Verdict {
        expected: Some(expected.to_owned()),
        actual: Some(actual.unwrap_or_else(|| "none".to_owned())),
        ..Verdict::new(name, passed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_markup_is_a_document() {
        let document = |kind| Fields::of(&[("content-type", kind)]).is_document();
        assert!(document("text/html"));
        assert!(document("Text/HTML; charset=utf-8"));
        assert!(document("application/xhtml+xml"));
        assert!(!document("text/htmlx"));
        assert!(!Fields::of(&[]).is_document());
    }
}
