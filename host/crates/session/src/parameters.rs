//! The parameters of a journey or a pack: from `KEY=VALUE` to a JSON object that fits its schema.

use outrider_engine::Description;
use outrider_model::nearest;
use serde_json::{Map, Value};

use crate::{Asked, Fault, ParameterValue, Places};

/// Who has parameters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whose<'a> {
    /// In words, as faults name them.
    pub(crate) who: &'a str,
    /// Where in the plan the parameters stand.
    pub(crate) places: &'a Places,
}

/// Reads each value by the schema's type (text stays text where a string is wanted; else JSON, and text
/// that is not JSON), fills in the schema's defaults and checks the whole.
///
/// # Errors
///
/// All faults at once.
pub(crate) fn resolve(
    whose: Whose<'_>,
    given: &[(String, ParameterValue)],
    schema: Option<&Value>,
) -> Asked<Map<String, Value>> {
    let Whose { who, places } = whose;
    if schema.is_none() && !given.is_empty() {
        return Err(vec![undeclared(who, given).at(places.of(""))]);
    }
    let properties = schema.and_then(|schema| schema.get("properties")).and_then(Value::as_object);
    let mut faults = Vec::new();
    let mut parameters = Map::new();
    for (key, written) in given {
        let property = properties.and_then(|properties| properties.get(key));
        if property.is_none() && !allows_unknown(schema) {
            faults.push(unknown(who, key, properties).at(places.of(key)));
            continue;
        }
        parameters.insert(key.clone(), value(written, property));
    }
    for (key, property) in properties.into_iter().flatten() {
        if let Some(default) = property.get("default") {
            parameters.entry(key.clone()).or_insert_with(|| default.clone());
        }
    }
    if let Some(schema) = schema {
        faults.extend(violations(whose, schema, &parameters));
    }
    if faults.is_empty() { Ok(parameters) } else { Err(faults) }
}

/// Whether a journey with this schema has a parameter.
pub(crate) fn takes(schema: Option<&Value>, key: &str) -> bool {
    let properties = schema.and_then(|schema| schema.get("properties")).and_then(Value::as_object);
    properties.is_some_and(|properties| properties.contains_key(key)) || allows_unknown(schema)
}

/// Checks that each parameter that is set for all journeys is one of at least one of them.
///
/// # Errors
///
/// All that are of none.
pub(crate) fn all_taken(set: &[(String, ParameterValue)], journeys: &[&Description]) -> Asked<()> {
    let schemas = || journeys.iter().map(|journey| journey.parameters.as_ref());
    let untaken = set.iter().filter(|(key, _)| !schemas().any(|schema| takes(schema, key)));
    let faults: Vec<Fault> = untaken
        .map(|(key, _)| {
            let properties = schemas().filter_map(|schema| schema?.get("properties")?.as_object());
            let all: Map<String, Value> = properties.flatten().map(|(k, v)| (k.clone(), v.clone())).collect();
            let who = if journeys.len() == 1 { "the journey" } else { "no journey of the plan" };
            match journeys {
                [_] => unknown(who, key, Some(&all)),
                _ => Fault {
                    message: format!("{who} has a parameter '{key}'"),
                    ..unknown("none", key, Some(&all))
                },
            }
        })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// Only what the schema lists is taken, unless it says otherwise.
fn allows_unknown(schema: Option<&Value>) -> bool {
    let additional = schema.and_then(|schema| schema.get("additionalProperties"));
    additional.is_some_and(|allowed| allowed != &Value::Bool(false))
}

fn undeclared(who: &str, given: &[(String, ParameterValue)]) -> Fault {
    let names: Vec<String> = given.iter().map(|(key, _)| format!("'{key}'")).collect();
    Fault::new(format!("{who} has no parameters: nothing would read {}", names.join(", "))).hint(
        "what it takes is declared by a JSON Schema: parameters: { type: \"object\", properties: { … } } in \
         journey({ … }), or export const parameters; in Rust Description::parameters",
    )
}

fn unknown(who: &str, key: &str, properties: Option<&Map<String, Value>>) -> Fault {
    let names: Vec<&str> = properties.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    let hint = match (nearest(key, names.iter().copied()), names.is_empty()) {
        (Some(name), _) => format!("did you mean {name}?"),
        (None, true) => format!("{who} takes no parameters"),
        (None, false) => format!("it takes {}", names.join(", ")),
    };
    Fault::new(format!("{who} has no parameter '{key}'")).hint(hint)
}

fn value(written: &ParameterValue, property: Option<&Value>) -> Value {
    let text = match written {
        ParameterValue::Text(text) => text,
        ParameterValue::Json(value) => return value.clone(),
    };
    let wants_text = property.and_then(|property| property.get("type")).is_some_and(|kind| kind == "string");
    match serde_json::from_str(text) {
        Ok(value) if !wants_text => value,
        _ => Value::String(text.clone()),
    }
}

/// `the journey's schema`; of one that has a name in quotes, `the schema of the journey of scenario 'buy'`.
fn schema_of(who: &str) -> String {
    if who.ends_with('\'') { format!("the schema of {who}") } else { format!("{who}'s schema") }
}

fn violations(whose: Whose<'_>, schema: &Value, parameters: &Map<String, Value>) -> Vec<Fault> {
    let Whose { who, places } = whose;
    let validator = match jsonschema::validator_for(schema) {
        Ok(validator) => validator,
        Err(error) => {
            return vec![Fault::new(format!("the schema of the parameters of {who} is not valid: {error}"))];
        }
    };
    validator
        .iter_errors(&Value::Object(parameters.clone()))
        .map(|error| {
            let place = error.instance_path().to_string();
            let name = place.trim_start_matches('/');
            let fault = Fault::new(match name.is_empty() {
                true => format!("the parameters do not fit {}: {error}", schema_of(who)),
                false => format!("parameter '{name}' does not fit {}: {error}", schema_of(who)),
            });
            fault.at(places.of(name.split('/').next().unwrap_or_default()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const WHO: &str = "the journey";

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, ParameterValue)> {
        let text = |value: &str| ParameterValue::Text(value.to_owned());
        pairs.iter().map(|(key, value)| ((*key).to_owned(), text(value))).collect()
    }

    fn resolved(given: &[(String, ParameterValue)], schema: Option<&Value>) -> Asked<Map<String, Value>> {
        resolve(Whose { who: WHO, places: &Places::default() }, given, schema)
    }

    fn schema() -> Value {
        json!({"type": "object", "properties": {
            "think_ms": {"type": "integer", "minimum": 0, "default": 5},
            "zip": {"type": "string"},
        }})
    }

    #[test]
    fn values_are_read_by_their_type_and_defaults_filled_in() {
        let parameters = resolved(&pairs(&[("zip", "01234")]), Some(&schema())).unwrap();
        assert_eq!(Value::Object(parameters), json!({"zip": "01234", "think_ms": 5}));
        let anything = json!({"type": "object", "additionalProperties": true});
        let given = pairs(&[("a", "1"), ("b", "x"), ("c", "{\"d\":[]}")]);
        let free = resolved(&given, Some(&anything)).unwrap();
        assert_eq!(Value::Object(free), json!({"a": 1, "b": "x", "c": {"d": []}}));
    }

    #[test]
    fn a_value_that_has_a_type_keeps_it() {
        let given = |value: Value| [("zip".to_owned(), ParameterValue::Json(value))];
        let parameters = resolved(&given(json!("1")), Some(&schema())).unwrap();
        assert_eq!(parameters["zip"], json!("1"));
        let faults = resolved(&given(json!(1)), Some(&schema())).unwrap_err();
        assert_eq!(
            faults[0].message,
            "parameter 'zip' does not fit the journey's schema: 1 is not of type \"string\""
        );
    }

    #[test]
    fn all_faults_come_at_once_with_names() {
        let faults = resolved(&pairs(&[("think_sm", "1"), ("think_ms", "-1")]), Some(&schema())).unwrap_err();
        let messages: Vec<_> = faults.iter().map(|fault| fault.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "the journey has no parameter 'think_sm'",
                "parameter 'think_ms' does not fit the journey's schema: -1 is less than the minimum of 0"
            ]
        );
        assert_eq!(faults[0].hint.as_deref(), Some("did you mean think_ms?"));
    }

    #[test]
    fn who_declares_no_parameters_takes_none() {
        assert!(resolved(&[], None).unwrap().is_empty());
        let faults = resolved(&pairs(&[("foo", "1"), ("bar", "2")]), None).unwrap_err();
        let messages: Vec<_> = faults.iter().map(|fault| fault.message.as_str()).collect();
        assert_eq!(messages, ["the journey has no parameters: nothing would read 'foo', 'bar'"]);
        assert!(faults[0].hint.as_deref().unwrap().contains("JSON Schema"));
    }
}
