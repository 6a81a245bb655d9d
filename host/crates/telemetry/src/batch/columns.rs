//! Builders of single columns.

use std::sync::Arc;
use std::time::Duration;

use arrow::array::{
    Array, ArrayBuilder, ArrayRef, BinaryBuilder, BooleanBuilder, DictionaryArray, Float64Builder,
    Int32Array, Int64Builder, MapBuilder, MapFieldNames, StringArray, StringBuilder,
    TimestampNanosecondBuilder, UInt16Builder, UInt32Builder, new_null_array,
};
use outrider_model::{Tags, Timestamp};

use crate::schema::{ColumnKind, TAGS_ENTRY, TAGS_KEY, TAGS_VALUE};

/// Tags.
pub(super) type TagsBuilder = MapBuilder<StringBuilder, StringBuilder>;

/// A builder that makes room for a batch like the last one: what grows with its rows is copied each time that it is full.
pub(super) trait TakeRows {
    /// Takes the rows as a column, which keeps no room for others.
    fn take_rows(&mut self) -> ArrayRef;
}

/// A column in no more memory than it needs: it waits for its row group, and what waits is bounded by its bytes.
pub(super) fn fitted(mut column: impl Array + 'static) -> ArrayRef {
    column.shrink_to_fit();
    Arc::new(column)
}

macro_rules! take_rows {
    ($($builder:ident),+ $(,)?) => {
        $(impl TakeRows for $builder {
            fn take_rows(&mut self) -> ArrayRef {
                let next = $builder::with_capacity(self.len());
                fitted(std::mem::replace(self, next).finish())
            }
        })+
    };
}
take_rows!(BooleanBuilder, Float64Builder, Int64Builder, UInt16Builder, UInt32Builder);

impl TakeRows for TimestampNanosecondBuilder {
    fn take_rows(&mut self) -> ArrayRef {
        let next = TimestampNanosecondBuilder::with_capacity(self.len())
            .with_data_type(ColumnKind::Time.data_type());
        fitted(std::mem::replace(self, next).finish())
    }
}

impl TakeRows for StringBuilder {
    fn take_rows(&mut self) -> ArrayRef {
        let next = StringBuilder::with_capacity(self.len(), self.values_slice().len());
        fitted(std::mem::replace(self, next).finish())
    }
}

impl TakeRows for BinaryBuilder {
    fn take_rows(&mut self) -> ArrayRef {
        let next = BinaryBuilder::with_capacity(self.len(), self.values_slice().len());
        fitted(std::mem::replace(self, next).finish())
    }
}

/// Most rows have no tags, and room cannot be asked for.
impl TakeRows for TagsBuilder {
    fn take_rows(&mut self) -> ArrayRef {
        fitted(self.finish())
    }
}

/// A column that has the same word, or none, in every row.
pub(super) fn constant(word: Option<&str>, length: usize) -> ArrayRef {
    match word {
        Some(word) => {
            let keys = Int32Array::from_value(0, length);
            Arc::new(DictionaryArray::new(keys, Arc::new(StringArray::from(vec![word]))))
        }
        None => new_null_array(&ColumnKind::Word.data_type(), length),
    }
}

/// A builder of instants in UTC.
pub(super) fn times() -> TimestampNanosecondBuilder {
    TimestampNanosecondBuilder::new().with_data_type(ColumnKind::Time.data_type())
}

/// A builder of tags.
pub(super) fn tags() -> TagsBuilder {
    let names = MapFieldNames {
        entry: TAGS_ENTRY.to_owned(),
        key: TAGS_KEY.to_owned(),
        value: TAGS_VALUE.to_owned(),
    };
    MapBuilder::new(Some(names), StringBuilder::new(), StringBuilder::new())
}

/// Appends one row's tags, and says how many bytes they have.
pub(super) fn append_tags(builder: &mut TagsBuilder, tags: Option<&Tags>) -> usize {
    let mut bytes = 0;
    for (key, value) in tags.into_iter().flat_map(|tags| tags.iter()) {
        builder.keys().append_value(key);
        builder.values().append_value(value);
        bytes += key.len() + value.len();
    }
    builder.append(true).expect("every key has a value");
    bytes
}

/// Appends text or null, and says how many bytes it has.
pub(super) fn append_text(builder: &mut StringBuilder, text: Option<&str>) -> usize {
    builder.append_option(text);
    text.map_or(0, str::len)
}

pub(super) fn append_time(builder: &mut TimestampNanosecondBuilder, at: Timestamp) {
    builder.append_value(at.0);
}

pub(super) fn append_duration(builder: &mut Int64Builder, duration: Duration) {
    builder.append_value(nanoseconds(duration));
}

/// 292 years fit.
pub(super) fn nanoseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

/// Counts are signed in the tables; none of ours comes near the bound.
pub(super) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
