//! The JSON document against its schema, and the schema against the reference.

use std::path::Path;

use outrider_report::{
    SUMMARY_VERSION, Summary, comparison_json_schema, json_schema, render_json, run_list_json_schema,
    trend_json_schema,
};
use serde_json::Value;

use crate::example::{healthy, troubled};

/// Fails with every fault of `document`.
pub(crate) fn assert_valid(document: &str) {
    assert_fits(document, &json_schema());
}

/// Fails with every fault of `document` by a schema.
pub(crate) fn assert_fits(document: &str, schema: &str) {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let document: Value = serde_json::from_str(document).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(&document).map(|e| format!("{} at {}", e, e.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn documents_fit_their_schema() {
    assert_valid(&render_json(&healthy()));
    assert_valid(&render_json(&troubled()));
}

#[test]
fn a_document_with_a_missing_field_does_not_fit() {
    let schema: Value = serde_json::from_str(&json_schema()).unwrap();
    for field in ["run", "verdict", "completeness", "iterations", "generator", "requests", "errors"] {
        let mut document = serde_json::to_value(healthy()).unwrap();
        document.as_object_mut().unwrap().remove(field);
        assert!(!jsonschema::is_valid(&schema, &document), "{field}");
    }
}

#[test]
fn a_document_reads_back_as_what_it_was() {
    let summary = troubled();
    let back: Summary = serde_json::from_str(&render_json(&summary)).unwrap();
    assert_eq!(back, summary);
}

#[test]
fn every_field_of_the_schema_is_described() {
    let schemas = [json_schema(), run_list_json_schema(), comparison_json_schema(), trend_json_schema()]
        .map(|schema| serde_json::from_str(&schema).unwrap());
    let roots = schemas.iter().map(|schema: &Value| ("root", schema));
    let types = schemas.iter().flat_map(|schema| schema["$defs"].as_object().unwrap());
    for (name, def) in types.map(|(name, def)| (name.as_str(), def)).chain(roots) {
        for (field, property) in def["properties"].as_object().into_iter().flatten() {
            assert!(property["description"].is_string(), "{name}.{field}");
        }
    }
}

#[test]
fn the_schema_says_the_version_that_documents_have() {
    let schema: Value = serde_json::from_str(&json_schema()).unwrap();
    let words = format!("The version of this document's layout: {SUMMARY_VERSION}.");
    assert_eq!(schema["properties"]["version"]["description"], words);
    let document: Value = serde_json::from_str(&render_json(&healthy())).unwrap();
    assert_eq!(document["version"], SUMMARY_VERSION);
}

#[test]
fn the_reference_holds_the_schema_of_this_version() {
    for (name, schema) in [
        ("report.schema.json", json_schema()),
        ("runs.schema.json", run_list_json_schema()),
        ("compare.schema.json", comparison_json_schema()),
        ("trend.schema.json", trend_json_schema()),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/reference").join(name);
        let written = std::fs::read_to_string(&path).unwrap();
        assert!(written == schema, "{} is out of date: run `cargo xtask gen`", path.display());
    }
}
