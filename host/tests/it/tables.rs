//! A run's tables, read from their Parquet files by nothing of ours.

use std::fs::File;
use std::path::{Path, PathBuf};

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};

use crate::harness::Place;

/// One row of a table.
pub(crate) struct TableRow(Row);

impl TableRow {
    /// A column's value as text; empty if it is null.
    pub(crate) fn text(&self, column: &str) -> String {
        match self.field(column) {
            Field::Null => String::new(),
            Field::Str(text) => text.clone(),
            other => other.to_string(),
        }
    }

    /// A column's value as a whole number.
    pub(crate) fn number(&self, column: &str) -> i64 {
        match self.field(column) {
            Field::Long(number) => *number,
            other => panic!("{column} is {other:?}"),
        }
    }

    fn field(&self, column: &str) -> &Field {
        let found = self.0.get_column_iter().find(|(name, _)| *name == column);
        found.unwrap_or_else(|| panic!("there is no column {column}")).1
    }
}

/// The rows of a table in every file of it, whatever the manifests say; in the order of the files.
pub(crate) fn rows(place: &Place, table: &str) -> Vec<TableRow> {
    let mut rows = Vec::new();
    for path in files(place.path(), table) {
        let file = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
        rows.extend(file.get_row_iter(None).unwrap().map(|row| TableRow(row.unwrap())));
    }
    rows
}

fn files(place: &Path, table: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![place.join("runs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "parquet")
                && path.components().any(|part| part.as_os_str() == table)
            {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
