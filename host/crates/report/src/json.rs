//! The report, the list of runs, comparisons and trends as JSON, and the schemas of these.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::{Comparison, RunDetails, RunList, Summary, Trend};

/// The summary as one JSON document, indented, with a line break at its end.
pub fn render_json(summary: &Summary) -> String {
    document(summary)
}

/// The list of runs as one JSON document, indented, with a line break at its end.
pub fn render_run_list_json(list: &RunList) -> String {
    document(list)
}

/// The JSON Schema (draft 2020-12) of [`render_json`]'s document: the text of
/// `docs/reference/report.schema.json`, with a line break at its end.
pub fn json_schema() -> String {
    schema_of::<Summary>()
}

/// The JSON Schema (draft 2020-12) of [`render_run_list_json`]'s document: the text of
/// `docs/reference/runs.schema.json`, with a line break at its end.
pub fn run_list_json_schema() -> String {
    schema_of::<RunList>()
}

/// A run by its documents as one JSON document, indented, with a line break at its end.
pub fn render_run_details_json(details: &RunDetails) -> String {
    document(details)
}

/// The JSON Schema (draft 2020-12) of [`render_run_details_json`]'s document: the text of
/// `docs/reference/run.schema.json`, with a line break at its end.
pub fn run_details_json_schema() -> String {
    schema_of::<RunDetails>()
}

/// A comparison as one JSON document, indented, with a line break at its end.
pub fn render_comparison_json(comparison: &Comparison) -> String {
    document(comparison)
}

/// The JSON Schema (draft 2020-12) of [`render_comparison_json`]'s document: the text of
/// `docs/reference/compare.schema.json`, with a line break at its end.
pub fn comparison_json_schema() -> String {
    schema_of::<Comparison>()
}

/// A trend as one JSON document, indented, with a line break at its end.
pub fn render_trend_json(trend: &Trend) -> String {
    document(trend)
}

/// The JSON Schema (draft 2020-12) of [`render_trend_json`]'s document: the text of
/// `docs/reference/trend.schema.json`, with a line break at its end.
pub fn trend_json_schema() -> String {
    schema_of::<Trend>()
}

fn schema_of<T: JsonSchema>() -> String {
    document(&SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>())
}

fn document(content: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(content).expect("our documents have text keys only");
    text.push('\n');
    text
}
