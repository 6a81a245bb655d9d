//! JSON Schemas of bodies, compiled once for all virtual users.
//!
//! It is done here and not in guests: a validator with its tables is most of a component, and the body would
//! have to be copied into every sandbox.

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

use super::compiled::Compiled;
use super::label::shortened;

/// 64 KiB: longer schemas are not compiled. A schema of one answer has some kilobytes.
pub const MAX_SCHEMA_BYTES: usize = 64 * 1024;

/// Ten places at which a document does not fit are named.
pub const MAX_SCHEMA_FAULTS: usize = 10;

/// 1 MiB for a compiled pattern of a schema, and as much for its lazy automaton.
const MAX_COMPILED_BYTES: usize = 1024 * 1024;

/// So many schemas are kept. A pack has one for each kind of answer.
const MAX_SCHEMAS: usize = 64;

/// Bytes of a sentence about one place: those about a wrong object show all of it.
const MAX_FAULT_BYTES: usize = 300;

/// A schema that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// Not JSON.
    #[error("the JSON Schema is not JSON: {reason}")]
    NotJson {
        /// Why, and where.
        reason: String,
    },
    /// Not a JSON Schema, or one that refers to what is not in it.
    #[error("the JSON Schema is not valid: {reason}")]
    Invalid {
        /// Why.
        reason: String,
    },
    /// Longer than [`MAX_SCHEMA_BYTES`].
    #[error("the JSON Schema has {bytes} bytes, more than {MAX_SCHEMA_BYTES}")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
}

/// Compiled schemas by their text.
#[derive(Debug, Default)]
pub(crate) struct SchemaCache(Compiled<Validator, MAX_SCHEMAS>);

impl SchemaCache {
    /// Where `document` does not fit, at most [`MAX_SCHEMA_FAULTS`] places.
    pub(crate) fn faults(&self, document: &Value, schema: &str) -> Result<Vec<String>, SchemaError> {
        let validator = self.0.get(schema, compile)?;
        let faults = validator.iter_errors(document).take(MAX_SCHEMA_FAULTS).map(|error| {
            let place = error.instance_path().to_string();
            let place = if place.is_empty() { "the document" } else { &place };
            let text = format!("{place}: {error}");
            shortened(&text, MAX_FAULT_BYTES).unwrap_or(text)
        });
        Ok(faults.collect())
    }
}

fn compile(schema: &str) -> Result<Validator, SchemaError> {
    if schema.len() > MAX_SCHEMA_BYTES {
        return Err(SchemaError::TooLong { bytes: schema.len() });
    }
    let schema: Value =
        serde_json::from_str(schema).map_err(|error| SchemaError::NotJson { reason: error.to_string() })?;
    // The engine without back references: no pattern takes more than linear time.
    let patterns = PatternOptions::regex().size_limit(MAX_COMPILED_BYTES).dfa_size_limit(MAX_COMPILED_BYTES);
    jsonschema::options()
        .with_pattern_options(patterns)
        .build(&schema)
        .map_err(|error| SchemaError::Invalid { reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn faults(document: &Value, schema: &Value) -> Result<Vec<String>, SchemaError> {
        SchemaCache::default().faults(document, &schema.to_string())
    }

    #[test]
    fn a_document_that_fits_has_no_faults_and_each_place_that_does_not_has_one() {
        let schema = json!({
            "type": "object",
            "required": ["id"],
            "properties": {"id": {"type": "integer"}, "tags": {"items": {"type": "string"}}},
        });
        assert_eq!(faults(&json!({"id": 1, "tags": ["a"]}), &schema).unwrap(), [""; 0]);
        let mut found = faults(&json!({"tags": ["a", 2]}), &schema).unwrap();
        found.sort();
        assert_eq!(
            found,
            ["/tags/1: 2 is not of type \"string\"", "the document: \"id\" is a required property"]
        );
    }

    #[test]
    fn faults_are_bounded_in_number_and_length() {
        let schema = json!({"items": {"type": "string"}});
        let long = json!({"text": "é".repeat(1_000)});
        let found = faults(&Value::Array(vec![long; 100]), &schema).unwrap();
        assert_eq!(found.len(), MAX_SCHEMA_FAULTS);
        assert!(found.iter().all(|fault| fault.len() <= MAX_FAULT_BYTES && fault.ends_with('…')));
    }

    #[test]
    fn schemas_that_cannot_be_used_say_why() {
        let cache = SchemaCache::default();
        let error = |schema: &str| cache.faults(&Value::Null, schema).unwrap_err();
        assert!(matches!(error("{"), SchemaError::NotJson { .. }));
        assert!(matches!(error(r#"{"type": "number or so"}"#), SchemaError::Invalid { .. }));
        assert!(matches!(error(r#"{"$ref": "https://example.com/a.json"}"#), SchemaError::Invalid { .. }));
        assert!(matches!(error(r#"{"pattern": "(a)\\1"}"#), SchemaError::Invalid { .. }));
        assert!(matches!(error(r#"{"pattern": "\\w{1000}{1000}"}"#), SchemaError::Invalid { .. }));
        let long = format!("{{\"title\": \"{}\"}}", "x".repeat(MAX_SCHEMA_BYTES));
        assert_eq!(error(&long), SchemaError::TooLong { bytes: long.len() });
        assert_eq!(cache.0.len(), 0, "none is kept");
    }

    #[test]
    fn no_schema_and_no_document_overflows_the_stack_that_guests_share_with_the_host() {
        let circles = [r##"{"$ref": "#"}"##, r##"{"items": {"$ref": "#"}, "allOf": [{"$ref": "#"}]}"##];
        // As deep as the parser of documents takes.
        let deep: Value = serde_json::from_str(&format!("{}1{}", "[".repeat(127), "]".repeat(127))).unwrap();
        let judge = move || {
            let cache = SchemaCache::default();
            for schema in circles {
                cache.faults(&deep, schema).unwrap();
            }
            let schema = r##"{"anyOf": [{"type": "string"}, {"type": "array", "items": {"$ref": "#"}}]}"##;
            assert_eq!(cache.faults(&deep, schema).unwrap().len(), 1);
        };
        // Host functions run on the guest's stack, of which the engine leaves them more than this.
        std::thread::Builder::new().stack_size(1 << 20).spawn(judge).unwrap().join().unwrap();
    }
}
