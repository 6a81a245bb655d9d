//! Reads a data file into rows of JSON text.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::value::RawValue;

use super::DataError;

/// What a foreign format gives: rows as JSON objects, or why there are none.
pub type ForeignRows = Result<Vec<Box<str>>, Box<dyn std::error::Error + Send + Sync>>;

/// A format that is read by somebody else, because what reads it is too heavy for this crate.
#[derive(Clone, Copy, Debug)]
pub struct ForeignFormat {
    /// The ending of its files, without the dot, in lower case.
    pub ending: &'static str,
    /// Reads the file at a path to rows of at most so many bytes in all.
    pub read: fn(&Path, u64) -> ForeignRows,
}

/// So many faults of one file are listed: enough to see the pattern.
const MAX_FAULTS: usize = 20;

/// What is wrong with one file, in the order of its lines.
struct Faults<'a> {
    path: &'a Path,
    listed: Vec<DataError>,
    more: u64,
}

impl<'a> Faults<'a> {
    fn new(path: &'a Path) -> Faults<'a> {
        Faults { path, listed: Vec::new(), more: 0 }
    }

    fn add(&mut self, line: u64, what: String) {
        if self.listed.len() < MAX_FAULTS {
            self.listed.push(DataError::Line { path: self.path.to_owned(), line, what });
        } else {
            self.more += 1;
        }
    }

    fn or(mut self, rows: Vec<Box<str>>) -> Result<Vec<Box<str>>, Vec<DataError>> {
        if self.more > 0 {
            self.listed.push(DataError::More { path: self.path.to_owned(), more: self.more });
        }
        match (self.listed.is_empty(), rows.is_empty()) {
            (false, _) => Err(self.listed),
            (true, true) => Err(vec![DataError::Empty { path: self.path.to_owned() }]),
            (true, false) => Ok(rows),
        }
    }
}

/// All rows of the file at `path`.
pub(super) fn rows(
    path: &Path,
    foreign: &[ForeignFormat],
    max_bytes: u64,
) -> Result<Vec<Box<str>>, Vec<DataError>> {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
    let parse = match ending.as_deref() {
        Some("csv") => csv_rows,
        Some("json") => json_rows,
        Some("jsonl" | "ndjson") => jsonl_rows,
        other => {
            return match foreign.iter().find(|format| Some(format.ending) == other) {
                Some(format) => foreign_rows(path, *format, max_bytes),
                None => {
                    let foreign = foreign.iter().map(|format| format.ending).collect();
                    Err(vec![DataError::Format { path: path.to_owned(), foreign }])
                }
            };
        }
    };
    let bytes = read(path, max_bytes).map_err(|fault| vec![fault])?;
    let faults = Faults::new(path);
    match std::str::from_utf8(&bytes) {
        // Spreadsheets write a byte order mark.
        Ok(text) => parse(text.strip_prefix('\u{feff}').unwrap_or(text), faults),
        Err(error) => {
            let mut faults = faults;
            faults.add(line_of(&bytes, error.valid_up_to()), "not UTF-8 text".to_owned());
            faults.or(Vec::new())
        }
    }
}

fn foreign_rows(path: &Path, format: ForeignFormat, max_bytes: u64) -> Result<Vec<Box<str>>, Vec<DataError>> {
    // What is missing is said in the same words for all formats.
    std::fs::metadata(path)
        .map_err(|source| vec![DataError::Read { path: path.to_owned(), source }])
        .and_then(|_| {
            (format.read)(path, max_bytes)
                .map_err(|source| vec![DataError::Foreign { path: path.to_owned(), source }])
        })
        .and_then(|rows| Faults::new(path).or(rows))
}

fn read(path: &Path, max_bytes: u64) -> Result<Vec<u8>, DataError> {
    let read = |source| DataError::Read { path: path.to_owned(), source };
    let bytes = std::fs::metadata(path).map_err(read)?.len();
    if bytes > max_bytes {
        return Err(DataError::TooLarge { path: path.to_owned(), bytes, max_bytes });
    }
    std::fs::read(path).map_err(read)
}

fn csv_rows(text: &str, mut faults: Faults<'_>) -> Result<Vec<Box<str>>, Vec<DataError>> {
    // Flexible, so that every ragged row is found and not just the first.
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let columns = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            faults.add(1, error.to_string());
            return faults.or(Vec::new());
        }
    };
    check_header(&columns, &mut faults);
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) if record.len() == columns.len() => rows.push(csv_row(&columns, &record)),
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                faults.add(line, format!("{} columns, but the header has {}", record.len(), columns.len()));
            }
            Err(error) => {
                faults.add(error.position().map_or(0, csv::Position::line), error.to_string());
                break;
            }
        }
    }
    faults.or(rows)
}

fn check_header(columns: &csv::StringRecord, faults: &mut Faults<'_>) {
    let mut seen = BTreeSet::new();
    for (index, column) in columns.iter().enumerate() {
        if column.is_empty() {
            faults.add(1, format!("column {} has no name", index + 1));
        } else if !seen.insert(column) {
            faults.add(1, format!("two columns are named '{column}'"));
        }
    }
    // A file without a header would lose its first row in silence.
    if !columns.is_empty() && columns.iter().all(|column| column.trim().parse::<f64>().is_ok()) {
        faults.add(1, "the first line has to name the columns, but holds numbers alone".to_owned());
    }
}

fn csv_row(columns: &csv::StringRecord, record: &csv::StringRecord) -> Box<str> {
    let row: serde_json::Map<String, serde_json::Value> =
        columns.iter().zip(record).map(|(column, value)| (column.to_owned(), value.into())).collect();
    serde_json::Value::Object(row).to_string().into_boxed_str()
}

fn json_rows(text: &str, mut faults: Faults<'_>) -> Result<Vec<Box<str>>, Vec<DataError>> {
    // Raw values keep numbers as they were written, and tell where in the text they are.
    let values: Vec<&RawValue> = match serde_json::from_str(text) {
        Ok(values) => values,
        Err(error) => {
            faults.add(error.line() as u64, format!("not a JSON array of objects: {error}"));
            return faults.or(Vec::new());
        }
    };
    let mut rows = Vec::new();
    for value in values {
        if is_object(value) {
            rows.push(value.get().into());
        } else {
            let offset = value.get().as_ptr().addr() - text.as_ptr().addr();
            faults.add(line_of(text.as_bytes(), offset), "not a JSON object".to_owned());
        }
    }
    faults.or(rows)
}

fn jsonl_rows(text: &str, mut faults: Faults<'_>) -> Result<Vec<Box<str>>, Vec<DataError>> {
    let mut rows = Vec::new();
    for (line, content) in (1..).zip(text.lines()).filter(|(_, content)| !content.trim().is_empty()) {
        match serde_json::from_str::<&RawValue>(content) {
            Ok(value) if is_object(value) => rows.push(value.get().into()),
            Ok(_) => faults.add(line, "not a JSON object".to_owned()),
            Err(error) => faults.add(line, format!("not JSON: {error}")),
        }
    }
    faults.or(rows)
}

fn is_object(value: &RawValue) -> bool {
    value.get().starts_with('{')
}

/// The line of the byte at `offset`, from 1.
fn line_of(text: &[u8], offset: usize) -> u64 {
    1 + text[..offset].iter().filter(|byte| **byte == b'\n').count() as u64
}
