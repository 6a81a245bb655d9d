//! The report as JSON, and the schema of that.

use schemars::generate::SchemaSettings;

use crate::Summary;

/// The summary as one JSON document, indented, with a line break at its end.
pub fn render_json(summary: &Summary) -> String {
    let mut text = serde_json::to_string_pretty(summary).expect("a summary has only string keys");
    text.push('\n');
    text
}

/// The JSON Schema (draft 2020-12) of [`render_json`]'s document: the text of
/// `docs/reference/report.schema.json`, with a line break at its end.
pub fn json_schema() -> String {
    let schema =
        SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Summary>();
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    text.push('\n');
    text
}
