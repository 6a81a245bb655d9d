//! Timestamps in JSON: RFC 3339 in UTC with nanoseconds, so that people can read them.

use chrono::{DateTime, SecondsFormat, Utc};
use outrider_model::Timestamp;
use serde::{Deserialize, Deserializer, Serializer, de};

/// A point in time as text.
pub fn text(at: Timestamp) -> String {
    DateTime::<Utc>::from_timestamp_nanos(at.0).to_rfc3339_opts(SecondsFormat::Nanos, true)
}

pub(crate) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*at))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
}

/// Reads a point in time, of any time zone.
///
/// # Errors
///
/// If it is none in RFC 3339, or beyond what 64 bits of nanoseconds hold: why.
pub fn parse(text: &str) -> Result<Timestamp, String> {
    let parsed = DateTime::parse_from_rfc3339(text).map_err(|error| error.to_string())?;
    let nanoseconds = parsed.timestamp_nanos_opt();
    nanoseconds.map(Timestamp).ok_or_else(|| format!("{text} is out of range"))
}

/// The same for a point in time that may be missing.
pub(crate) mod optional {
    use outrider_model::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        at.map(super::text).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| super::parse(&text).map_err(de::Error::custom)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Document {
        #[serde(with = "super")]
        at: Timestamp,
    }

    #[test]
    fn a_timestamp_is_text_and_keeps_its_nanoseconds() {
        let document = Document { at: Timestamp(1_770_000_000_123_456_789) };
        let json = serde_json::to_string(&document).unwrap();
        assert_eq!(json, r#"{"at":"2026-02-02T02:40:00.123456789Z"}"#);
        assert_eq!(serde_json::from_str::<Document>(&json).unwrap(), document);
        assert!(serde_json::from_str::<Document>(r#"{"at":"yesterday"}"#).is_err());
    }
}
