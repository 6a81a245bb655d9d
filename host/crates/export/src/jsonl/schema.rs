//! What a line may be, for programs. It follows from the tables' columns.

use outrider_telemetry::{Column, ColumnKind, Table};
use serde_json::{Map, Value, json};

/// The JSON Schema of a line.
pub fn jsonl_schema() -> String {
    let tables: Vec<Value> =
        Table::ALL.into_iter().filter(|table| table.is_sampled()).map(of_table).collect();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of host run --export jsonl",
        "description": "A row of the dataset: the field table says of which table, the others are its columns. What has no value has no field.",
        "oneOf": tables,
    });
    format!("{schema:#}")
}

fn of_table(table: Table) -> Value {
    let mut properties = Map::new();
    properties.insert("table".into(), json!({"const": table.as_str()}));
    properties.insert(
        "worker".into(),
        json!({"type": "integer", "minimum": 0, "description": "The worker that made the row."}),
    );
    let mut required = vec!["table", "worker"];
    for column in table.columns().filter(|column| column.kind != ColumnKind::Sketch) {
        properties.insert(column.name.into(), of_column(column));
        if !column.nullable {
            required.push(column.name);
        }
    }
    json!({
        "title": table.as_str(),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn of_column(column: &Column) -> Value {
    let mut schema = match column.kind {
        ColumnKind::Text | ColumnKind::Word => json!({"type": "string"}),
        ColumnKind::Time => json!({"type": "string", "format": "date-time"}),
        ColumnKind::Int64 => json!({"type": "integer"}),
        ColumnKind::UInt32 | ColumnKind::UInt16 => json!({"type": "integer", "minimum": 0}),
        ColumnKind::Float64 => json!({"type": ["number", "null"]}),
        ColumnKind::Flag => json!({"type": "boolean"}),
        ColumnKind::Tags => json!({"type": "object", "additionalProperties": {"type": ["string", "null"]}}),
        ColumnKind::Sketch => json!(false),
    };
    let unit = match (column.kind, column.unit) {
        // Written as text, and not as the number that it is in Parquet.
        (ColumnKind::Time, _) | (_, "none") => String::new(),
        (_, unit) => format!(" Unit: {unit}."),
    };
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".into(), format!("{}{unit}", column.description).into());
    }
    schema
}
