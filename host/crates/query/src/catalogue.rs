//! What can be asked: tables, views and functions, for people, programs and the reference.

mod reference;
mod text;

use outrider_telemetry::{Column, ColumnKind, Table};
use schemars::JsonSchema;
use serde::Serialize;

use crate::functions;
use crate::output::ColumnDocument;
use crate::runs::{RUNS_COLUMNS, RUNS_DESCRIPTION, RUNS_TABLE};
use crate::table::columns_of;
use crate::views::VIEWS;

pub use reference::sql_reference_markdown;
pub use text::render_catalogue_text;

/// All that a query can name.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Catalogue {
    /// Tables, then views.
    pub tables: Vec<CatalogueTable>,
    /// The functions besides those of SQL.
    pub functions: Vec<CatalogueFunction>,
}

/// A table or a view.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CatalogueTable {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: TableKind,
    /// What a row of it is.
    pub description: String,
    /// Its columns, in order.
    pub columns: Vec<CatalogueColumn>,
}

/// What a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TableKind {
    /// Rows as they are kept.
    Table,
    /// A question that is asked anew each time.
    View,
}

/// A column.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CatalogueColumn {
    /// Its name.
    pub name: String,
    /// The type of its values, in words.
    #[serde(rename = "type")]
    pub kind: String,
    /// Their unit; null where there is none.
    pub unit: Option<String>,
    /// Whether a row may have no value.
    pub nullable: bool,
    /// What the values mean.
    pub description: String,
}

/// A function.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CatalogueFunction {
    /// How it is called.
    pub usage: String,
    /// What it gives.
    pub description: String,
}

impl Catalogue {
    /// All of it.
    pub fn new() -> Catalogue {
        let tables = Table::ALL
            .into_iter()
            .map(|known| table(known.as_str(), TableKind::Table, known.description(), columns_of(known)));
        let runs = table(RUNS_TABLE, TableKind::Table, RUNS_DESCRIPTION, RUNS_COLUMNS);
        let views =
            VIEWS.iter().map(|view| table(view.name, TableKind::View, view.description, view.columns));
        let functions = functions::documented().into_iter().map(|function| CatalogueFunction {
            usage: function.usage.to_owned(),
            description: function.description,
        });
        Catalogue { tables: tables.chain([runs]).chain(views).collect(), functions: functions.collect() }
    }

    /// One table or view of it, with all functions left out; `None` if there is none of this name.
    pub fn only(mut self, name: &str) -> Option<Catalogue> {
        self.tables.retain(|table| table.name == name);
        self.functions.clear();
        (!self.tables.is_empty()).then_some(self)
    }

    /// The names of tables and views.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tables.iter().map(|table| table.name.as_str())
    }
}

impl Default for Catalogue {
    fn default() -> Catalogue {
        Catalogue::new()
    }
}

fn table<'a>(
    name: &str,
    kind: TableKind,
    description: &str,
    columns: impl IntoIterator<Item = &'a Column>,
) -> CatalogueTable {
    let columns = columns.into_iter().map(|column| CatalogueColumn {
        name: column.name.to_owned(),
        kind: type_word(column.kind).to_owned(),
        unit: unit(column).map(str::to_owned),
        nullable: column.nullable,
        description: column.description.to_owned(),
    });
    CatalogueTable { name: name.into(), kind, description: description.into(), columns: columns.collect() }
}

/// The type as queries see it: that words are kept as dictionaries is the files' affair.
fn type_word(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Word => ColumnKind::Text.as_str(),
        other => other.as_str(),
    }
}

fn unit(column: &Column) -> Option<&'static str> {
    Some(column.unit).filter(|unit| !matches!(*unit, "none" | "ns since 1970"))
}

/// The unit of the columns of this name, if all have the same.
pub(crate) fn unit_of_column(name: &str) -> Option<&'static str> {
    let views = VIEWS.iter().flat_map(|view| view.columns);
    let all = Table::ALL.into_iter().flat_map(columns_of).chain(RUNS_COLUMNS).chain(views);
    let mut units = all.filter(|column| column.name == name).map(unit);
    let first = units.next()??;
    units.all(|other| other == Some(first)).then_some(first)
}

/// What `--format json` prints of an answer.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "Answer")]
struct AnswerDocument {
    /// The answer's columns, in order.
    columns: Vec<ColumnDocument>,
    /// The rows, each an object with a key for each column. Times are in RFC 3339, binary values in hexadecimal digits.
    rows: Vec<serde_json::Map<String, serde_json::Value>>,
    /// What the runs lack, a sentence each; empty if nothing of what was asked is missing.
    incomplete: Vec<String>,
}

/// The JSON Schema of an answer.
pub fn answer_json_schema() -> String {
    pretty(&schemars::schema_for!(AnswerDocument))
}

/// The JSON Schema of a [`Catalogue`].
pub fn catalogue_json_schema() -> String {
    pretty(&schemars::schema_for!(Catalogue))
}

/// The catalogue for programs.
pub fn render_catalogue_json(catalogue: &Catalogue) -> String {
    pretty(catalogue)
}

fn pretty(document: &impl Serialize) -> String {
    serde_json::to_string_pretty(document).expect("text keys only")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_said_where_all_columns_of_the_name_agree() {
        assert_eq!(unit_of_column("bytes_sent"), Some("bytes"));
        assert_eq!(unit_of_column("p95_ms"), Some("ms"));
        assert_eq!(unit_of_column("name"), None);
        assert_eq!(unit_of_column("started_at"), None);
        assert_eq!(unit_of_column("what is this"), None);
    }

    #[test]
    fn names_are_unique_and_everything_is_described() {
        let catalogue = Catalogue::new();
        let mut names: Vec<&str> = catalogue.names().collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), catalogue.tables.len());
        for table in &catalogue.tables {
            for column in &table.columns {
                assert!(column.description.ends_with('.'), "{}.{}", table.name, column.name);
            }
        }
        assert_eq!(catalogue.clone().only("steps").expect("a table").tables.len(), 1);
        assert!(catalogue.only("people").is_none());
    }
}
