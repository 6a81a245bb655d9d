//! Values with the place where they stand.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

/// A place in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

/// A value that a file holds. Two are equal if they say the same, wherever they stand.
#[derive(Clone, Debug)]
pub struct Written<T> {
    /// The value.
    pub value: T,
    /// Where its key stands.
    pub at: Place,
}

impl<T: PartialEq> PartialEq for Written<T> {
    fn eq(&self, other: &Written<T>) -> bool {
        self.value == other.value
    }
}

/// What a key may hold, for the JSON Schema.
pub trait Described {
    /// Its schema.
    fn schema(generator: &mut SchemaGenerator) -> Schema;
}

/// A written value's schema is its value's.
impl<T: Described> JsonSchema for Written<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Written".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::schema(generator)
    }
}
