//! What became of a record.

use std::collections::HashSet;
use std::time::Duration;

use outrider_model::Timestamp;
use outrider_wit::v0_1::transform::exports::outrider::plugin::transforms as wit;

use crate::fault::{PluginFault, one_line};

/// The most fields of a row.
pub const MAX_COLUMNS: usize = 256;

/// The most bytes of a column's name.
pub const MAX_COLUMN_BYTES: usize = 64;

/// What became of a record: exactly one of these.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordOutcome {
    /// These rows.
    Rows(Vec<Row>),
    /// Nothing, on purpose.
    Skipped,
    /// The transform cannot understand it; why.
    Rejected(String),
    /// The transform broke on it.
    Broke(PluginFault),
}

/// A row: columns and their values, each column once.
pub type Row = Vec<(String, ColumnValue)>;

/// A value of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnValue {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Float(f64),
    /// Text.
    Text(String),
    /// A point in time.
    Time(Timestamp),
    /// A length of time.
    Duration(Duration),
}

/// What the guest returned, if it is what the contract asks for.
pub(super) fn checked(outcomes: Vec<wit::Outcome>, records: usize) -> Result<Vec<RecordOutcome>, String> {
    if outcomes.len() != records {
        return Err(format!("transform returned {} outcomes for {records} records", outcomes.len()));
    }
    Ok(outcomes.into_iter().map(of_wit).collect())
}

/// A row that cannot be kept rejects its record: what the record holds decides over rows.
fn of_wit(outcome: wit::Outcome) -> RecordOutcome {
    match outcome {
        wit::Outcome::Rejected(why) => RecordOutcome::Rejected(one_line(&why)),
        wit::Outcome::Rows(rows) if !rows.is_empty() => {
            let rows: Result<Vec<Row>, String> = rows.into_iter().map(row).collect();
            rows.map_or_else(RecordOutcome::Rejected, RecordOutcome::Rows)
        }
        wit::Outcome::Rows(_) | wit::Outcome::Skipped => RecordOutcome::Skipped,
    }
}

fn row(fields: Vec<wit::Field>) -> Result<Row, String> {
    if fields.len() > MAX_COLUMNS {
        return Err(format!("a row has {} fields, and {MAX_COLUMNS} are allowed", fields.len()));
    }
    let mut seen = HashSet::with_capacity(fields.len());
    for wit::Field { column, .. } in &fields {
        if !is_column(column) {
            return Err(format!(
                "{:?} is no column's name: it has ASCII letters, digits and '_', {MAX_COLUMN_BYTES} at most, and begins \
                 with no digit",
                one_line(column)
            ));
        }
        if !seen.insert(column) {
            return Err(format!("the column '{column}' has two values in one row"));
        }
    }
    drop(seen);
    let of_field = |wit::Field { column, value }| match of_value(value) {
        Ok(value) => Ok((column, value)),
        Err(why) => Err(format!("column '{column}' {why}")),
    };
    fields.into_iter().map(of_field).collect()
}

fn is_column(name: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.len() <= MAX_COLUMN_BYTES
        && name.starts_with(is_letter)
        && name.chars().all(|c| is_letter(c) || c.is_ascii_digit())
}

fn of_value(value: wit::Value) -> Result<ColumnValue, String> {
    Ok(match value {
        wit::Value::Boolean(value) => ColumnValue::Boolean(value),
        wit::Value::Integer(value) => ColumnValue::Integer(value),
        wit::Value::Float(value) if value.is_finite() => ColumnValue::Float(value),
        wit::Value::Float(value) => {
            return Err(format!("is {value}, which is no number that a row can hold: leave it out for null"));
        }
        wit::Value::Text(value) => ColumnValue::Text(value),
        wit::Value::Time(value) => {
            let nanoseconds = i64::try_from(value);
            ColumnValue::Time(Timestamp(
                nanoseconds.map_err(|_| format!("is {value} ns since 1970, which is after the year 2262"))?,
            ))
        }
        wit::Value::Duration(value) => ColumnValue::Duration(Duration::from_nanos(value)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(column: &str) -> wit::Field {
        wit::Field { column: column.to_owned(), value: wit::Value::Integer(1) }
    }

    #[test]
    fn each_record_has_one_outcome() {
        let error = checked(vec![wit::Outcome::Skipped], 2).unwrap_err();
        assert_eq!(error, "transform returned 1 outcomes for 2 records");
        let rejected = checked(vec![wit::Outcome::Rejected("no\ntime".into())], 1).unwrap();
        assert_eq!(rejected, [RecordOutcome::Rejected("no time".into())]);
        let none = checked(vec![wit::Outcome::Rows(Vec::new())], 1).unwrap();
        assert_eq!(none, [RecordOutcome::Skipped]);
    }

    #[test]
    fn a_column_has_a_plain_name_and_one_value() {
        assert_eq!(row(vec![field("status")]).unwrap(), [("status".to_owned(), ColumnValue::Integer(1))]);
        for name in ["", "1st", "a b", "é", &"x".repeat(65)] {
            assert!(row(vec![field(name)]).unwrap_err().contains("is no column's name"), "{name}");
        }
        assert!(row(vec![field("a"), field("a")]).unwrap_err().contains("two values"));
        let many = (0..257).map(|number| field(&format!("c{number}"))).collect();
        assert!(row(many).unwrap_err().contains("257 fields"));
    }

    #[test]
    fn a_value_that_no_row_holds_is_refused_with_its_column() {
        let of = |value| row(vec![wit::Field { column: "share".to_owned(), value }]).unwrap_err();
        assert!(of(wit::Value::Float(f64::NAN)).starts_with("column 'share' is NaN"));
        assert!(of(wit::Value::Float(f64::NEG_INFINITY)).starts_with("column 'share' is -inf"));
        assert!(of(wit::Value::Time(u64::MAX)).contains("'share' is 18446744073709551615 ns since 1970"));
    }
}
