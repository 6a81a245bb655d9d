//! Values of a file of tests that are of a kind of their own.

use outrider_model::Timestamp;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};
use toml::de::DeValue;
use toml::value::Datetime;

use crate::file::table;
use crate::read::{Node, Read, one_of};
use crate::{Described, Named, Written};

/// Which requests are meant: a method, and a path or a URL with `*` for anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestPattern {
    /// The method, in capitals; any if there is none.
    pub method: Option<String>,
    /// A path of the target, or a whole URL.
    pub target: String,
}

/// As `RequestPattern` is read.
const REQUEST_PATTERN: &str = r"^([A-Za-z-]+ +)?(/|\*|https?://)\S*$";

impl Read for RequestPattern {
    fn read(node: &Node<'_, '_>) -> Option<RequestPattern> {
        let text = String::read(node)?;
        let (method, target) = match text.trim().rsplit_once(' ') {
            Some((method, target)) => (Some(method.trim()), target),
            None => (None, text.trim()),
        };
        let is_target = target.starts_with('/')
            || target.starts_with('*')
            || ["http://", "https://"].iter().any(|scheme| target.starts_with(scheme));
        let is_word = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
        if !is_target || !method.is_none_or(is_word) {
            let hint = format!("write for example {} = \"GET /cart\" or \"/api/products/*\"", node.key);
            return node.refuse(format_args!(": '{text}' is no method and path"), Some(hint));
        }
        Some(RequestPattern { method: method.map(str::to_uppercase), target: target.to_owned() })
    }
}

impl Described for RequestPattern {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": REQUEST_PATTERN, "examples": ["GET /api/products/*"]})
    }
}

impl std::fmt::Display for RequestPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.method {
            Some(method) => write!(f, "{method} {}", self.target),
            None => f.write_str(&self.target),
        }
    }
}

table! {
    /// A request that is expected, with conditions.
    RequestTable {
        /// Method and path, as in "POST /api/cart".
        request: RequestPattern,
        /// Header fields that it has, each with a text that its value is or that `*` makes it.
        headers: Named<String>,
        /// Its body is JSON that has this in it: objects may have more keys.
        json: serde_json::Value,
        /// Its body has this text in it. Forms are `a=1&b=2`.
        text: String,
    }
}

/// A request that is expected: a pattern, or a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExpectedRequest(
    /// As a table.
    pub RequestTable,
);

impl Read for ExpectedRequest {
    fn read(node: &Node<'_, '_>) -> Option<ExpectedRequest> {
        let table = match node.value {
            DeValue::String(_) => {
                let request = Some(Written { value: RequestPattern::read(node)?, at: node.at });
                RequestTable { request, ..RequestTable::default() }
            }
            DeValue::Table(_) => RequestTable::read(node)?,
            _ => {
                return node.is_no("a request", "\"GET /cart\" or { request = \"GET /cart\", json = { … } }");
            }
        };
        Some(ExpectedRequest(table))
    }
}

impl Described for ExpectedRequest {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let (text, table) = (RequestPattern::schema(generator), RequestTable::schema(generator));
        json_schema!({"anyOf": [text, table]})
    }
}

table! {
    /// What is expected to become of a record: one of these.
    ExpectedRecordTable {
        /// It becomes these rows: values by column, times in RFC 3339, durations in nanoseconds. A row may have more.
        rows: Vec<Written<Value>>,
        /// It cannot be understood: a text in why.
        rejected: String,
        /// It breaks the transform: a text in how.
        broke: String,
    }
}

/// What is expected to become of a record.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpectedRecord {
    /// It becomes these rows, which may have more columns.
    Rows(Vec<Value>),
    /// Nothing, on purpose.
    Skipped,
    /// It cannot be understood; with this text in why, if one is said.
    Rejected(Option<String>),
    /// It breaks the transform; with this text in how, if one is said.
    Broke(Option<String>),
}

impl Read for ExpectedRecord {
    fn read(node: &Node<'_, '_>) -> Option<ExpectedRecord> {
        if let DeValue::String(_) = node.value {
            let (rejected, broke) = (ExpectedRecord::Rejected(None), ExpectedRecord::Broke(None));
            let words = [("skipped", 0), ("rejected", 1), ("broke", 2)];
            let all = [ExpectedRecord::Skipped, rejected, broke];
            return one_of(node, &words).map(|word: usize| all[word].clone());
        }
        let ExpectedRecordTable { rows, rejected, broke, unsound } = ExpectedRecordTable::read(node)?;
        match (rows, rejected, broke) {
            (Some(rows), None, None) => {
                Some(ExpectedRecord::Rows(rows.value.into_iter().map(|row| row.value).collect()))
            }
            (None, Some(why), None) => Some(ExpectedRecord::Rejected(Some(why.value))),
            (None, None, Some(how)) => Some(ExpectedRecord::Broke(Some(how.value))),
            _ if !unsound.is_empty() => None,
            _ => {
                let hint = "write for example { rows = [{ status = 200 }] }, { rejected = \"no date\" } or \"skipped\"";
                node.refuse(" is one of rows, rejected and broke", Some(hint.to_owned()))
            }
        }
    }
}

impl Described for ExpectedRecord {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let table = ExpectedRecordTable::schema(generator);
        json_schema!({"anyOf": [{"type": "string", "enum": ["skipped", "rejected", "broke"]}, table]})
    }
}

/// A text, or several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(
    /// In their order.
    pub Vec<String>,
);

impl Read for Texts {
    fn read(node: &Node<'_, '_>) -> Option<Texts> {
        match node.value {
            DeValue::Array(_) => {
                let all = Vec::<Written<String>>::read(node)?;
                Some(Texts(all.into_iter().map(|text| text.value).collect()))
            }
            DeValue::String(text) => Some(Texts(vec![text.to_string()])),
            _ => node.is_no("a text", &format!("{} = \"…\"", node.key)),
        }
    }
}

impl Described for Texts {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        let text = json_schema!({"type": "string"});
        json_schema!({"anyOf": [text, {"type": "array", "items": text}]})
    }
}

/// What a metric comes to: one number, or all values.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// A counter's sum, or the last value of another kind.
    One(f64),
    /// All values in their order.
    All(Vec<f64>),
}

impl Read for Numbers {
    fn read(node: &Node<'_, '_>) -> Option<Numbers> {
        match Value::read(node)? {
            Value::Number(number) => number.as_f64().map(Numbers::One),
            Value::Array(all) if all.iter().all(Value::is_number) => {
                Some(Numbers::All(all.iter().filter_map(Value::as_f64).collect()))
            }
            _ => node.is_no("a number, nor a list of them", &format!("{} = 1.5", quoted(&node.key))),
        }
    }
}

impl Described for Numbers {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}}]})
    }
}

/// A key as TOML has it.
fn quoted(key: &str) -> String {
    let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if plain { key.to_owned() } else { format!("{key:?}") }
}

/// Rows of test data.
#[derive(Clone, Debug, PartialEq)]
pub enum Rows {
    /// They themselves.
    Inline(Vec<Map<String, Value>>),
    /// A file with its policy, as `--data NAME=` takes it.
    File(String),
}

impl Read for Rows {
    fn read(node: &Node<'_, '_>) -> Option<Rows> {
        if let DeValue::String(_) = node.value {
            return String::read(node).map(Rows::File);
        }
        let example = format!("{} = [{{ name = \"ada\" }}]", quoted(&node.key));
        let Value::Array(rows) = Value::read(node)? else {
            return node.is_no("a list of tables, nor a file", &example);
        };
        let row = |row: &Value| row.as_object().cloned();
        match rows.iter().map(row).collect::<Option<Vec<_>>>() {
            Some(rows) if !rows.is_empty() => Some(Rows::Inline(rows)),
            Some(_) => node.refuse(" has no rows", Some(format!("write for example {example}"))),
            None => node.refuse(" has a row that is no table", Some(format!("write for example {example}"))),
        }
    }
}

impl Described for Rows {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"type": "array", "items": {"type": "object"}, "minItems": 1},
            {"type": "string", "minLength": 1},
        ]})
    }
}

/// A date with its time and its offset from UTC, bare or as text.
impl Read for Timestamp {
    fn read(node: &Node<'_, '_>) -> Option<Timestamp> {
        let parsed = match node.value {
            DeValue::Datetime(date) => Some(*date),
            DeValue::String(text) => text.parse::<Datetime>().ok(),
            _ => return node.is_no("a date", "now = 2026-01-01T00:00:00Z"),
        };
        let time = parsed.and_then(|date| unix_nanoseconds(&date));
        let hint = || "write for example now = 2026-01-01T00:00:00Z".to_owned();
        time.map(Timestamp).or_else(|| node.refuse(" is no date with a time and an offset", Some(hint())))
    }
}

impl Described for Timestamp {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date-time", "examples": ["2026-01-01T00:00:00Z"]})
    }
}

/// Nanoseconds since 1970, if the date is complete and between the years 1677 and 2262.
fn unix_nanoseconds(date: &Datetime) -> Option<i64> {
    let (day, time) = (date.date?, date.time?);
    let offset_minutes = match date.offset? {
        toml::value::Offset::Z => 0,
        toml::value::Offset::Custom { minutes } => i64::from(minutes),
    };
    let days = days_since_1970(i64::from(day.year), i64::from(day.month), i64::from(day.day));
    let minutes = (days * 24 + i64::from(time.hour)) * 60 + i64::from(time.minute) - offset_minutes;
    let seconds = minutes * 60 + i64::from(time.second);
    seconds.checked_mul(1_000_000_000)?.checked_add(i64::from(time.nanosecond))
}

/// Days of the Gregorian calendar, by Howard Hinnant's `days_from_civil`.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}
