//! What was found in an answer.

use outrider_sdk::serde_json::Value;

/// A value that was found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    pub(crate) value: Value,
    /// Whether it is text that may stand for another type: a header's `42` is compared as a number with
    /// one, JSON's `"42"` is not.
    pub(crate) loose: bool,
}

impl Found {
    /// A value with a type of its own.
    pub(crate) fn typed(value: impl Into<Value>) -> Self {
        Self { value: value.into(), loose: false }
    }

    /// Text of which nobody said what it means.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { value: Value::String(text.into()), loose: true }
    }

    /// Its size: the characters of a text, the elements of a list, the keys of an object.
    pub(crate) fn size(&self) -> Option<usize> {
        match &self.value {
            Value::String(text) => Some(text.chars().count()),
            Value::Array(items) => Some(items.len()),
            Value::Object(fields) => Some(fields.len()),
            Value::Null | Value::Bool(_) | Value::Number(_) => None,
        }
    }
}

/// A value as a reader of a report sees it: text as it is, all else as JSON.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use outrider_sdk::json;

    use super::*;

    #[test]
    fn sizes_count_what_is_in_a_value() {
        let size = |value| Found::typed(value).size();
        assert_eq!(size(json!("grüße")), Some(5));
        assert_eq!(size(json!([1, 2])), Some(2));
        assert_eq!(size(json!({"a": 1})), Some(1));
        assert_eq!(size(json!(12)), None);
    }
}
