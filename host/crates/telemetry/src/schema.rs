//! The tables of a dataset: one schema each, built here and nowhere else.
//!
//! A [`Column`] carries its unit and its description; the Arrow field has both as metadata, and
//! `docs/reference/dataset.md` is rendered from them. Three rules hold in every table:
//!
//! * Times are nanoseconds: instants as timestamps in UTC, durations as signed 64-bit integers. Counts
//!   are signed as well, since a difference of two unsigned numbers is an error in many SQL engines.
//! * Words that repeat are dictionaries, free text is plain.
//! * The worker is *not* a column of the files: it is in the folder's name (`worker=<n>`), as Hive has
//!   it. Engines add it by themselves; pandas (pyarrow 26) refuses files which have it as well.

mod columns;
mod reference;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use serde::{Deserialize, Serialize};

use crate::sketch::SKETCH_RELATIVE_ACCURACY;

pub use reference::dataset_reference_markdown;

/// The version of all schemas together; it is in the key-value metadata of every Parquet file.
///
/// * 1: the first.
/// * 2: `system` has `others_cpu`.
/// * 3: `iterations` has `stack`.
/// * 4: `requests` has `lateness_ns`, `iterations` has `waited_ns`, `windows` has `corrected_sketch`.
/// * 5: `system` has `bottleneck`, and the limits and counts that it is judged by.
/// * 6: `requests` and `steps` have `interrupted`: what the end of the run cut off is no failure any more, neither there
///   (`ok` is null) nor in `windows` (`interrupted`, besides `count`). What an iteration's own time limit cut off still
///   is one, of the kind `iteration timed out`.
/// * 7: `checks` has `source_location`; a name of `requests` that follows from the URL has the host before it where that is not
///   the target's (`cdn.test/logo.svg`), and so has `windows`.
pub const SCHEMA_VERSION: u32 = 7;

/// The tables of a run, in the order of the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Table {
    /// Iterations, dropped ones too.
    Iterations,
    /// Named parts of iterations.
    Steps,
    /// HTTP exchanges.
    Requests,
    /// Verdicts of journeys and assertion packs.
    Checks,
    /// Values of custom metrics.
    Metrics,
    /// Lines that guests logged or printed.
    Logs,
    /// Counts, sums and sketches per second and name.
    Windows,
    /// The generator's own health.
    System,
}

impl Table {
    /// All tables.
    pub const ALL: [Table; 8] = [
        Table::Iterations,
        Table::Steps,
        Table::Requests,
        Table::Checks,
        Table::Metrics,
        Table::Logs,
        Table::Windows,
        Table::System,
    ];

    /// The table's name: of its folder, in SQL, in manifests.
    pub fn as_str(self) -> &'static str {
        match self {
            Table::Iterations => "iterations",
            Table::Steps => "steps",
            Table::Requests => "requests",
            Table::Checks => "checks",
            Table::Metrics => "metrics",
            Table::Logs => "logs",
            Table::Windows => "windows",
            Table::System => "system",
        }
    }

    /// The table of this name.
    pub fn from_name(name: &str) -> Option<Table> {
        Table::ALL.into_iter().find(|table| table.as_str() == name)
    }

    /// What a row of it is, in a sentence.
    pub fn description(self) -> &'static str {
        match self {
            Table::Iterations => {
                "One row for each iteration that was due, also for those that never started."
            }
            Table::Steps => "One row for each named part of an iteration.",
            Table::Requests => {
                "One row for each HTTP exchange; a redirect that was followed is one of its own."
            }
            Table::Checks => "One row for each verdict of a journey or of an assertion pack.",
            Table::Metrics => "One row for each value of a custom metric.",
            Table::Logs => "One row for each line that a guest logged or printed.",
            Table::Windows => {
                "Derived: counts, sums and sketches per second, kind and name. Rows of one key add up."
            }
            Table::System => "The generator's own health, about one row a second.",
        }
    }

    /// Whether its rows come from samples, one row each; `windows` alone is derived from them.
    pub fn is_sampled(self) -> bool {
        self != Table::Windows
    }

    /// Its columns in order.
    pub fn columns(self) -> impl Iterator<Item = &'static Column> {
        let (shared, own) = columns::of(self);
        shared.iter().chain(own)
    }

    /// Its Arrow schema. Made once; every batch of the table shares it.
    pub fn schema(self) -> SchemaRef {
        static SCHEMAS: LazyLock<Vec<SchemaRef>> =
            LazyLock::new(|| Table::ALL.into_iter().map(build_schema).collect());
        SCHEMAS[self as usize].clone()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

fn build_schema(table: Table) -> SchemaRef {
    let fields: Fields = table.columns().map(Column::field).collect();
    let metadata = HashMap::from([
        ("table".to_owned(), table.as_str().to_owned()),
        ("schema_version".to_owned(), SCHEMA_VERSION.to_string()),
    ]);
    Arc::new(Schema::new_with_metadata(fields, metadata))
}

/// What kind of values a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Free text.
    Text,
    /// Text that repeats: a dictionary.
    Word,
    /// An instant in UTC, in nanoseconds.
    Time,
    /// A whole number or a duration.
    Int64,
    /// A small number: a VU, a count of VUs.
    UInt32,
    /// A status code.
    UInt16,
    /// A number with a fraction.
    Float64,
    /// Yes or no.
    Flag,
    /// Pairs of key and value.
    Tags,
    /// An encoded [`Sketch`](crate::Sketch).
    Sketch,
}

impl ColumnKind {
    /// The Arrow type.
    pub fn data_type(self) -> DataType {
        match self {
            ColumnKind::Text => DataType::Utf8,
            ColumnKind::Word => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            ColumnKind::Time => DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into())),
            ColumnKind::Int64 => DataType::Int64,
            ColumnKind::UInt32 => DataType::UInt32,
            ColumnKind::UInt16 => DataType::UInt16,
            ColumnKind::Float64 => DataType::Float64,
            ColumnKind::Flag => DataType::Boolean,
            ColumnKind::Tags => DataType::Map(Arc::new(tags_entry()), false),
            ColumnKind::Sketch => DataType::Binary,
        }
    }

    /// The type in words, as the reference spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            ColumnKind::Text => "text",
            ColumnKind::Word => "text (dictionary)",
            ColumnKind::Time => "timestamp (ns, UTC)",
            ColumnKind::Int64 => "int64",
            ColumnKind::UInt32 => "uint32",
            ColumnKind::UInt16 => "uint16",
            ColumnKind::Float64 => "float64",
            ColumnKind::Flag => "boolean",
            ColumnKind::Tags => "map (text → text)",
            ColumnKind::Sketch => "binary (DDSketch)",
        }
    }
}

/// The names that Parquet's own specification gives to the parts of a map.
pub(crate) const TAGS_ENTRY: &str = "key_value";
pub(crate) const TAGS_KEY: &str = "key";
pub(crate) const TAGS_VALUE: &str = "value";

fn tags_entry() -> Field {
    let pair = Fields::from(vec![
        Field::new(TAGS_KEY, DataType::Utf8, false),
        Field::new(TAGS_VALUE, DataType::Utf8, true),
    ]);
    Field::new(TAGS_ENTRY, DataType::Struct(pair), false)
}

/// A column of a table, documented.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether a row may have no value.
    pub nullable: bool,
    /// The unit of its values; `none` where there is none.
    pub unit: &'static str,
    /// What the values mean, in a sentence or two.
    pub description: &'static str,
}

impl Column {
    fn field(&self) -> Field {
        let mut metadata = HashMap::from([
            ("unit".to_owned(), self.unit.to_owned()),
            ("description".to_owned(), self.description.to_owned()),
        ]);
        if self.kind == ColumnKind::Sketch {
            metadata.insert("encoding".to_owned(), "ddsketch".to_owned());
            metadata.insert("relative_accuracy".to_owned(), SKETCH_RELATIVE_ACCURACY.to_string());
        }
        Field::new(self.name, self.kind.data_type(), self.nullable).with_metadata(metadata)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_column_is_documented_with_its_unit() {
        for table in Table::ALL {
            for field in table.schema().fields() {
                let place = format!("{table}.{}", field.name());
                assert!(!field.metadata()["unit"].is_empty(), "{place}");
                assert!(field.metadata()["description"].ends_with('.'), "{place}");
            }
        }
    }

    #[test]
    fn units_agree_with_names_and_names_are_unique() {
        for table in Table::ALL {
            let mut seen = HashSet::new();
            for column in table.columns() {
                assert!(seen.insert(column.name), "{table}.{} twice", column.name);
                assert_eq!(column.name.ends_with("_ns"), column.unit == "ns", "{table}.{}", column.name);
                assert_eq!(
                    column.kind == ColumnKind::Time,
                    column.unit == "ns since 1970",
                    "{}",
                    column.name
                );
            }
        }
    }

    #[test]
    fn every_table_has_run_region_and_time_first() {
        for table in Table::ALL {
            let names: Vec<_> = table.columns().map(|column| column.name).collect();
            assert_eq!(names[..2], ["run_id", "region"], "{table}");
            assert!(names.contains(&"started_at"), "{table}");
            assert!(!names.contains(&"worker"), "{table}: the worker is in the folder's name");
        }
    }

    #[test]
    fn names_lead_back_to_tables() {
        for (index, table) in Table::ALL.into_iter().enumerate() {
            assert_eq!(Table::from_name(table.as_str()), Some(table));
            assert_eq!(table as usize, index);
        }
        assert_eq!(Table::from_name("pages"), None);
    }
}
