//! The JSON Schemas of plans and of files of tests, for editors.

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use crate::{PlanFile, TestFile};

/// The schema, for `#:schema` lines and editors' settings. TOML has no null, and a key that is left out is the
/// default: nothing in it may be null.
pub fn plan_json_schema() -> String {
    of_file::<PlanFile>("Outrider plan")
}

/// The schema of files of tests, in the same way.
pub fn test_json_schema() -> String {
    of_file::<TestFile>("Outrider tests")
}

fn of_file<T: JsonSchema>(title: &str) -> String {
    let mut schema = SchemaSettings::default().into_generator().into_root_schema_for::<T>();
    RecursiveTransform(without_null).transform(&mut schema);
    schema.insert("title".into(), title.into());
    format!("{:#}", schema.to_value())
}

fn without_null(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            object.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(words)) = object.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    let Some(Value::Array(kinds)) = object.get_mut("anyOf") else { return };
    kinds.retain(|kind| kind.get("type").is_none_or(|kind| kind != "null"));
    if let [Value::Object(only)] = &kinds[..] {
        let only = only.clone();
        object.remove("anyOf");
        // What the key says of itself goes before what its kind says in general.
        for (key, value) in only {
            object.entry(key).or_insert(value);
        }
    }
}
