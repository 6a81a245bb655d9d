//! The builder of a column of text that repeats.

use std::hash::BuildHasher;
use std::sync::Arc;

use arrow::array::{ArrayRef, DictionaryArray, Int32Array, NullBufferBuilder, StringArray};
use arrow::buffer::OffsetBuffer;
use hashbrown::{DefaultHashBuilder, HashTable};

use super::columns::{self, TakeRows};

/// Each row has the key of its word; words are numbered as they come. Most columns have one word for many rows, so
/// that of the row before is compared first. Arrow's own builder hashes the text of each row.
#[derive(Debug)]
pub(super) struct WordBuilder {
    /// Of a row without a word it is 0.
    keys: Vec<i32>,
    nulls: NullBufferBuilder,
    words: Words,
    /// That of the last row that has one.
    last: i32,
}

/// Different words, one behind the other.
#[derive(Debug, Default)]
struct Words {
    text: String,
    /// Where each word ends.
    ends: Vec<i32>,
    keys: HashTable<i32>,
    hasher: DefaultHashBuilder,
}

impl WordBuilder {
    pub(super) fn new() -> WordBuilder {
        WordBuilder { keys: Vec::new(), nulls: NullBufferBuilder::new(0), words: Words::default(), last: -1 }
    }

    pub(super) fn append_value(&mut self, word: impl AsRef<str>) {
        let word = word.as_ref();
        if self.words.get(self.last) != Some(word) {
            self.last = self.words.key(word);
        }
        self.keys.push(self.last);
        self.nulls.append_non_null();
    }

    pub(super) fn append_null(&mut self) {
        self.keys.push(0);
        self.nulls.append_null();
    }

    pub(super) fn append_option(&mut self, word: Option<impl AsRef<str>>) {
        match word {
            Some(word) => self.append_value(word),
            None => self.append_null(),
        }
    }
}

impl TakeRows for WordBuilder {
    fn take_rows(&mut self) -> ArrayRef {
        let next = Vec::with_capacity(self.keys.len());
        let keys = std::mem::replace(&mut self.keys, next);
        let keys = Int32Array::new(keys.into(), self.nulls.finish());
        let words = std::mem::take(&mut self.words);
        self.last = -1;
        columns::fitted(DictionaryArray::new(keys, Arc::new(words.into_array())))
    }
}

impl Words {
    fn get(&self, key: i32) -> Option<&str> {
        word_at(&self.text, &self.ends, key)
    }

    fn key(&mut self, word: &str) -> i32 {
        let hash = self.hasher.hash_one(word);
        if let Some(key) = self.keys.find(hash, |key| self.get(*key) == Some(word)) {
            return *key;
        }
        let key = i32::try_from(self.ends.len()).expect("a batch has few rows");
        self.text.push_str(word);
        self.ends.push(i32::try_from(self.text.len()).expect("the text of a batch is bounded"));
        let Words { keys, hasher, text, ends } = self;
        keys.insert_unique(hash, key, |key| hasher.hash_one(word_at(text, ends, *key).unwrap_or_default()));
        key
    }

    fn into_array(self) -> StringArray {
        let offsets = std::iter::once(0).chain(self.ends).collect::<Vec<i32>>();
        StringArray::new(OffsetBuffer::new(offsets.into()), self.text.into_bytes().into(), None)
    }
}

fn word_at<'a>(text: &'a str, ends: &[i32], key: i32) -> Option<&'a str> {
    let key = usize::try_from(key).ok()?;
    let start = key.checked_sub(1).map_or(0, |before| ends[before] as usize);
    text.get(start..*ends.get(key)? as usize)
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, AsArray};
    use arrow::datatypes::Int32Type;
    use proptest::prelude::*;

    use super::*;

    fn column(rows: &[Option<String>], builder: &mut WordBuilder) -> (Vec<Option<String>>, usize) {
        rows.iter().for_each(|row| builder.append_option(row.as_deref()));
        let column = builder.take_rows();
        let words = column.as_dictionary::<Int32Type>();
        let texts = words.downcast_dict::<StringArray>().unwrap();
        (texts.into_iter().map(|row| row.map(str::to_owned)).collect(), words.values().len())
    }

    proptest! {
        #[test]
        fn rows_come_back_and_each_word_is_kept_once(
            batches in prop::collection::vec(prop::collection::vec(prop::option::of("[ab]{0,3}|é"), 0..200), 1..4),
        ) {
            let mut builder = WordBuilder::new();
            for rows in batches {
                let different: std::collections::HashSet<_> = rows.iter().flatten().collect();
                let words = different.len();
                prop_assert_eq!(column(&rows, &mut builder), (rows.clone(), words));
            }
        }
    }
}
