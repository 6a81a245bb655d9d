//! The header fields of an answer.

use outrider_sdk::Verdict;

/// The header fields of an answer, names in lower case.
#[derive(Debug)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(crate) fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    #[cfg(test)]
    pub(crate) fn of(fields: &[(&str, &str)]) -> Self {
        Self(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }

    /// All values of a field as one list (RFC 9110, section 5.3), if there are any.
    pub(crate) fn joined(&self, name: &str) -> Option<String> {
        let values = self.0.iter().filter(|(field, _)| field == name).map(|(_, value)| value.as_str());
        let values: Vec<&str> = values.collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// A field that is a whole number of seconds; of a list the first one counts.
    pub(crate) fn seconds(&self, name: &str) -> Option<u64> {
        self.joined(name)?.split(',').next()?.trim().parse().ok()
    }
}

/// A verdict with what was expected and what was found.
pub(crate) fn verdict(name: &str, passed: bool, expected: &str, actual: impl Into<String>) -> Verdict {
    Verdict { expected: Some(expected.to_owned()), actual: Some(actual.into()), ..Verdict::new(name, passed) }
}
