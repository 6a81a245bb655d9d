//! The numbers of the words of one column, and the functions that go from one to the other.

use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::array::{Array, AsArray, StringViewArray, UInt32Array};
use arrow::datatypes::{DataType, Field, FieldRef, UInt32Type};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::view_ids::ViewIds;

/// The words that a column has had so far, numbered in the order in which they came: the same for all cores.
#[derive(Clone, Default)]
pub(super) struct Numbered {
    words: Arc<Mutex<Words>>,
}

#[derive(Debug, Default)]
struct Words {
    ids: HashMap<Arc<str>, u32>,
    words: Vec<Arc<str>>,
}

impl Words {
    fn id(&mut self, word: &str) -> u32 {
        if let Some(id) = self.ids.get(word) {
            return *id;
        }
        let id = u32::try_from(self.words.len()).expect("four billion words do not fit into memory");
        let word: Arc<str> = word.into();
        self.ids.insert(word.clone(), id);
        self.words.push(word);
        id
    }
}

impl Numbered {
    /// The number of a word.
    pub(super) fn id_of(&self, word: Expr) -> Expr {
        ScalarUDF::from(IdOf { numbered: self.clone(), signature: signature(DataType::Utf8View) })
            .call(vec![word])
    }

    /// The word of a number, as the field that it is given back for.
    pub(super) fn word_of(&self, id: Expr, field: &FieldRef) -> Expr {
        let signature = signature(DataType::UInt32);
        ScalarUDF::from(WordOf { numbered: self.clone(), signature, is_nullable: field.is_nullable() })
            .call(vec![id])
    }

    fn words(&self) -> MutexGuard<'_, Words> {
        self.words.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Rows of one batch that have the same word point to the same text of the page's dictionary, or have it in
    /// the same few bytes: each is looked up once.
    fn ids(&self, texts: &StringViewArray) -> UInt32Array {
        let mut known = ViewIds::new();
        let mut id = |row: usize, view: u128| known.id(view, || self.words().id(texts.value(row)));
        let views = texts.views().iter().copied().enumerate();
        let ids: Vec<u32> = match texts.nulls() {
            None => views.map(|(row, view)| id(row, view)).collect(),
            Some(nulls) => {
                views.map(|(row, view)| if nulls.is_valid(row) { id(row, view) } else { 0 }).collect()
            }
        };
        UInt32Array::new(ids.into(), texts.nulls().cloned())
    }

    fn words_of(&self, ids: &UInt32Array) -> StringViewArray {
        let words = self.words();
        ids.iter().map(|id| id.map(|id| words.words[id as usize].as_ref())).collect()
    }
}

impl fmt::Debug for Numbered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} words", self.words().words.len())
    }
}

/// Two are the same if what one has numbered the other has numbered too.
impl PartialEq for Numbered {
    fn eq(&self, other: &Numbered) -> bool {
        Arc::ptr_eq(&self.words, &other.words)
    }
}

impl Eq for Numbered {}

impl Hash for Numbered {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.words).hash(state);
    }
}

fn signature(argument: DataType) -> Signature {
    Signature::exact(vec![argument], Volatility::Immutable)
}

/// `word_id(word)`, which queries cannot call.
#[derive(Debug, PartialEq, Eq, Hash)]
struct IdOf {
    numbered: Numbered,
    signature: Signature,
}

impl ScalarUDFImpl for IdOf {
    fn name(&self) -> &'static str {
        "word_id"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::UInt32)
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let nullable = arguments.arg_fields.iter().any(|field| field.is_nullable());
        Ok(Arc::new(Field::new(self.name(), DataType::UInt32, nullable)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [words] = arguments.args.as_slice() else {
            return exec_err!("word_id takes one argument");
        };
        let words = words.to_array(arguments.number_rows)?;
        Ok(ColumnarValue::Array(Arc::new(self.numbered.ids(words.as_string_view()))))
    }
}

/// `word(id)`, which queries cannot call.
#[derive(Debug, PartialEq, Eq, Hash)]
struct WordOf {
    numbered: Numbered,
    signature: Signature,
    is_nullable: bool,
}

impl ScalarUDFImpl for WordOf {
    fn name(&self) -> &'static str {
        "word"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn return_field_from_args(&self, _: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(self.name(), DataType::Utf8View, self.is_nullable)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [ids] = arguments.args.as_slice() else {
            return exec_err!("word takes one argument");
        };
        let ids = ids.to_array(arguments.number_rows)?;
        Ok(ColumnarValue::Array(Arc::new(self.numbered.words_of(ids.as_primitive::<UInt32Type>()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_one_number_in_whatever_batch_and_comes_back() {
        let numbered = Numbered::default();
        let long = "GET /a/path/that/is/longer/than/a/view";
        let batches = [vec![Some("buy"), None, Some(long), Some("buy")], vec![Some(long), Some(""), None]];
        for (words, ids) in
            batches.into_iter().zip([vec![Some(0), None, Some(1), Some(0)], vec![Some(1), Some(2), None]])
        {
            let found = numbered.ids(&StringViewArray::from(words.clone()));
            assert_eq!(found.iter().collect::<Vec<_>>(), ids);
            assert_eq!(numbered.words_of(&found).iter().collect::<Vec<_>>(), words);
        }
    }
}
