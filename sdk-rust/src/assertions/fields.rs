//! Header fields, as a pack judges them.

use crate::http::{Header, ReadError, Response};

/// The header fields of an answer, read once. Names are compared in lower case.
///
/// ```
/// use outrider_sdk::assertions::Fields;
///
/// let fields = Fields::of(&[("cache-control", "public"), ("cache-control", "max-age=60"), ("age", "7")]);
/// assert_eq!(fields.joined("cache-control").as_deref(), Some("public, max-age=60"));
/// assert_eq!(fields.first("age"), Some("7"));
/// assert!(!fields.has("etag"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Those of an answer.
    pub fn read(response: &Response) -> Result<Self, ReadError> {
        let headers = response.headers()?;
        Ok(Self(headers.into_iter().map(|Header { name, value }| (name, value)).collect()))
    }

    /// Those that are given, for unit tests of what judges them.
    pub fn of(fields: &[(&str, &str)]) -> Self {
        Self(fields.iter().map(|(name, value)| (name.to_ascii_lowercase(), (*value).to_owned())).collect())
    }

    /// Whether there is a field of that name.
    pub fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// The first value of a field.
    pub fn first(&self, name: &str) -> Option<&str> {
        let mut fields = self.0.iter();
        fields.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// All values of a field, in the order they came.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(field, _)| field.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }

    /// All values of a field as one list (RFC 9110, section 5.3), if there are any.
    pub fn joined(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self.all(name).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// All fields in the order they came, names in lower case.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
