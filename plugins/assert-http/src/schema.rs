//! The JSON Schema of the parameters.

use outrider_sdk::json;
use outrider_sdk::serde_json::Value;

use crate::rules::{Comparison, Matching, SourceKind};

/// The parameters as the host checks them.
pub(crate) fn parameters() -> Value {
    json!({
        "type": "object",
        "properties": {
            "basics": {
                "type": "boolean",
                "default": true,
                "description": "Judge every answer: there is one, it is no server error, it is in time, it has a media type.",
            },
            "max_duration_ms": {
                "type": "integer",
                "minimum": 1,
                // Where people begin to wait: Nielsen's limit for an uninterrupted flow of thought.
                "default": 1000,
                "description": "The longest that an exchange may take, in milliseconds.",
            },
            "rules": {
                "type": "array",
                "default": [],
                "items": rule(),
                "description": "Rules of one's own; each judges one part of the answers that it is for.",
            },
        },
    })
}

/// A rule: one condition of its own, or several of which one must hold.
fn rule() -> Value {
    let mut rule = condition();
    rule["properties"]["name"] = json!({"type": "string", "minLength": 1, "description": "The check's name; the rule in words without one."});
    rule["properties"]["on"] = filter();
    rule["properties"]["any_of"] = json!({
        "type": "array",
        "minItems": 1,
        "items": condition(),
        "description": "Conditions of which one must hold, in the place of a source and a comparison.",
    });
    rule
}

fn condition() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "source": {"enum": SourceKind::WORDS, "description": "The part that is judged."},
            "property": {
                "type": "string",
                "description": "Of a source that has several: the header's name, the JSONPath, the CSS selector, the XPath, the regular expression, the phase.",
            },
            "pattern": {
                "type": "string",
                "description": "Of a header's value: the first group of this regular expression's first match.",
            },
            "comparison": {"enum": Comparison::WORDS, "description": "How it is judged."},
            "value": {"description": "What it is compared with; of json_schema, the schema."},
            "match": {
                "enum": Matching::WORDS,
                "default": Matching::usual().word(),
                "description": "Of several values that are selected: which must pass.",
            },
            "size": {
                "type": "boolean",
                "default": false,
                "description": "Compare the number of characters, elements or keys.",
            },
            "ignore_case": {"type": "boolean", "default": false, "description": "Compare without regard to case."},
        },
    })
}

fn filter() -> Value {
    let texts = |description: &str| json!({"type": ["string", "array"], "items": {"type": "string"}, "description": description});
    json!({
        "type": "object",
        "additionalProperties": false,
        "description": "Which exchanges the rule is for; all without it.",
        "properties": {
            "name": texts("Labels under which exchanges are counted; * stands for any text."),
            "method": texts("Methods."),
            "url": {"type": "string", "description": "A regular expression that the URL matches somewhere."},
            "status": {
                "type": ["integer", "string", "array"],
                "items": {"type": ["integer", "string"]},
                "description": "Status codes: 200, \"2xx\" or \"400-499\".",
            },
        },
    })
}
