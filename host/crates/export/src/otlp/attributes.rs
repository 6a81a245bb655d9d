//! Attributes, and what all messages of a run have in common.

use super::messages::{AnyValue, KeyValue, Resource, Scope, Value};
use crate::RunIdentity;

pub(super) fn text(key: &str, value: impl Into<String>) -> KeyValue {
    attribute(key, Value::StringValue(value.into()))
}

pub(super) fn number(key: &str, value: impl TryInto<i64>) -> KeyValue {
    attribute(key, Value::IntValue(value.try_into().unwrap_or(i64::MAX)))
}

pub(super) fn seconds(key: &str, value: std::time::Duration) -> KeyValue {
    attribute(key, Value::DoubleValue(value.as_secs_f64()))
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }) }
}

/// The run. What the environment says of it goes first.
pub(super) fn resource(run: &RunIdentity, of_environment: &[(String, String)]) -> Resource {
    let mut all: Vec<(String, String)> = of_environment.to_vec();
    let mut add = |key: &str, value: &str| {
        if !all.iter().any(|(known, _)| known == key) {
            all.push((key.to_owned(), value.to_owned()));
        }
    };
    add("service.version", run.version);
    add("service.instance.id", run.run_id.as_str());
    add("outrider.run.id", run.run_id.as_str());
    if let Some(name) = &run.name {
        add("outrider.run.name", name);
    }
    if let Some(target) = &run.target {
        add("outrider.target", target);
    }
    for tag in &run.tags {
        let (key, value) = tag.as_str().split_once('=').unwrap_or((tag.as_str(), ""));
        add(&format!("outrider.run.tag.{key}"), value);
    }
    Resource { attributes: all.into_iter().map(|(key, value)| text(&key, value)).collect() }
}

/// This program.
pub(super) fn scope(run: &RunIdentity) -> Scope {
    Scope { name: "outrider".to_owned(), version: run.version.to_owned() }
}
