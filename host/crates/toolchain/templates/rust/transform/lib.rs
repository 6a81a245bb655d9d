//! {{name}}: lines such as `method=GET path=/cart status=200`, a column for each key.

use outrider_sdk::transforms::{Description, RawRecord, Rejection, Row};
use outrider_sdk::{Result, Transform};

/// The transform. It remembers nothing between records.
pub struct Lines;

impl Transform for Lines {
    fn describe() -> Description {
        Description::new("{{name}}", "Reads lines of keys and values.", "access_logs")
    }

    fn start() -> Result<Self> {
        Ok(Lines)
    }

    fn transform(&mut self, record: &RawRecord) -> Result<Vec<Row>, Rejection> {
        let line = record.text()?; // any error rejects the record, with its words
        if line.is_empty() || line.starts_with('#') {
            return Ok(Vec::new()); // nothing, on purpose
        }
        let mut row = Row::new();
        for word in line.split_whitespace() {
            let Some((key, value)) = word.split_once('=') else {
                return Err(Rejection::new(format!("'{word}' is no key=value")));
            };
            row = match value.parse::<i64>() {
                Ok(number) => row.with(key, number),
                Err(_) => row.with(key, value),
            };
        }
        Ok(vec![row])
    }
}

outrider_sdk::transform!(Lines);
