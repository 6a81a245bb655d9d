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
    /// A number.
    Float(f64),
    /// Text.
    Text(String),
    /// A point in time. What is before 1970 is 1970.
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
    /// `_`, at most 64 bytes; a row has at most 256 columns.
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

    pub(super) fn into_wit(self) -> Vec<wit::Field> {
        let fields = self.0.into_iter();
        fields.map(|(column, value)| wit::Field { column, value: value.into_wit() }).collect()
    }
}

impl Value {
    fn into_wit(self) -> wit::Value {
        match self {
            Self::Boolean(value) => wit::Value::Boolean(value),
            Self::Integer(value) => wit::Value::Integer(value),
            Self::Float(value) => wit::Value::Float(value),
            Self::Text(value) => wit::Value::Text(value),
            Self::Time(value) => {
                wit::Value::Time(nanos(value.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()))
            }
            Self::Duration(value) => wit::Value::Duration(nanos(value)),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_its_last_value() {
        let row = Row::new().with("status", 200).with("status", 404).with_some("bytes", None::<i64>);
        assert_eq!(row.into_wit().len(), 1);
    }

    #[test]
    fn a_time_before_1970_is_1970() {
        let early = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        assert!(matches!(Value::from(early).into_wit(), wit::Value::Time(0)));
    }
}
