//! Rows.

use std::time::{Duration, SystemTime};

use super::export::wit;
use crate::clock::nanos;

/// A value of a column. Numbers, texts, times and durations turn into one by [`Row::with`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A whole number of 2⁶³ or more, which no column holds: it rejects the record. Written as text it is kept whole.
    TooLarge(u64),
    /// A number. One that is not finite (NaN, infinite) rejects the record.
    Float(f64),
    /// Text.
    Text(String),
    /// A point in time, from 1970 to 2262: another one rejects the record.
    Time(SystemTime),
    /// A length of time.
    Duration(Duration),
}

/// A row: values by columns. A column that it does not name is null in it.
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "a row counts only when it is returned to the host"]
pub struct Row(Vec<(String, Value)>);

impl Row {
    /// A row without a value.
    pub fn new() -> Self {
        Self::default()
    }

    /// The row with a value in a column, in place of the one that it had. A column's name has letters, digits and
    /// `_`, at most 64 bytes; a row has at most 256 columns. No value is changed to fit: what a column does not hold
    /// rejects the record, with the column's name.
    pub fn with(mut self, column: impl Into<String>, value: impl Into<Value>) -> Self {
        let (column, value) = (column.into(), value.into());
        match self.0.iter_mut().find(|(known, _)| *known == column) {
            Some(known) => known.1 = value,
            None => self.0.push((column, value)),
        }
        self
    }

    /// The row with a value in a column, if there is one.
    pub fn with_some(self, column: impl Into<String>, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(column, value),
            None => self,
        }
    }

    /// The value in a column.
    pub fn get(&self, column: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known == column).map(|(_, value)| value)
    }

    /// What the host is given; what is wrong with it where it is no row.
    pub(super) fn into_wit(self) -> Result<Vec<wit::Field>, String> {
        let fields = self.0.into_iter().map(|(column, value)| match value.into_wit() {
            Ok(value) => Ok(wit::Field { column, value }),
            Err(why) => Err(format!("column '{column}' {why}")),
        });
        fields.collect()
    }
}

impl Value {
    fn into_wit(self) -> Result<wit::Value, String> {
        Ok(match self {
            Self::Boolean(value) => wit::Value::Boolean(value),
            Self::Integer(value) => wit::Value::Integer(value),
            Self::Float(value) => wit::Value::Float(value),
            Self::Text(value) => wit::Value::Text(value),
            Self::TooLarge(value) => {
                return Err(format!(
                    "is {value}, larger than a column holds (64 bits with a sign): write it as text"
                ));
            }
            Self::Time(value) => match value.duration_since(SystemTime::UNIX_EPOCH) {
                Ok(since) => wit::Value::Time(nanos(since)),
                Err(_) => {
                    return Err("is a time before 1970, which no column holds: write it as text".to_owned());
                }
            },
            Self::Duration(value) => wit::Value::Duration(nanos(value)),
        })
    }
}

macro_rules! value_from {
    ($($type:ty => $case:ident),* $(,)?) => {
        $(impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$case(value.into())
            }
        })*
    };
}

value_from! {
    bool => Boolean,
    i64 => Integer, i32 => Integer, i16 => Integer, i8 => Integer, u32 => Integer, u16 => Integer, u8 => Integer,
    f64 => Float, f32 => Float,
    String => Text, &str => Text,
    SystemTime => Time,
    Duration => Duration,
}

impl From<u64> for Value {
    fn from(value: u64) -> Self {
        i64::try_from(value).map_or(Self::TooLarge(value), Self::Integer)
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Self::from(value as u64)
    }
}

impl From<isize> for Value {
    fn from(value: isize) -> Self {
        Self::Integer(value as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_its_last_value() {
        let row = Row::new().with("status", 200).with("status", 404).with_some("bytes", None::<i64>);
        assert_eq!(row.into_wit().unwrap().len(), 1);
    }

    #[test]
    fn numbers_of_any_width_are_whole_numbers_or_numbers() {
        let all: [Value; 5] = [7_u64.into(), 7_usize.into(), 7_isize.into(), 7_u8.into(), i64::MAX.into()];
        assert_eq!(all[..4], [const { Value::Integer(7) }; 4]);
        assert_eq!(all[4], Value::from(i64::MAX as u64));
        assert_eq!(Value::from(0.5_f32), Value::Float(0.5));
    }

    #[test]
    fn what_no_column_holds_is_said_and_never_changed() {
        let why = |value: Value| Row::new().with("id", value).into_wit().unwrap_err();
        assert!(
            why(u64::MAX.into()).starts_with("column 'id' is 18446744073709551615, larger than a column")
        );
        let early = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        assert!(why(early.into()).starts_with("column 'id' is a time before 1970"));
    }
}
