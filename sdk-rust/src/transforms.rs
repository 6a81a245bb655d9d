//! From raw records to rows of a table: the trait [`Transform`] and the macro [`transform!`](crate::transform!).
//!
//! A transform reads what others wrote: lines of an access log, messages of a stream. Each record has exactly one
//! outcome: rows, nothing on purpose, or a rejection, with which the host keeps the record whole.
//!
//! ```
//! use outrider_sdk::transforms::{Description, RawRecord, Rejection, Row};
//! use outrider_sdk::{Result, Transform};
//!
//! /// Lines such as `GET /cart 200`.
//! struct Requests;
//!
//! impl Transform for Requests {
//!     fn describe() -> Description {
//!         Description::new("requests", "Reads a method, a path and a status.", "access_logs")
//!     }
//!
//!     fn start() -> Result<Self> {
//!         Ok(Self)
//!     }
//!
//!     fn transform(&mut self, record: &RawRecord) -> Result<Vec<Row>, Rejection> {
//!         let line = record.text()?;
//!         if line.starts_with('#') {
//!             return Ok(Vec::new()); // a comment: nothing, on purpose
//!         }
//!         let [method, path, status] = line.split(' ').collect::<Vec<_>>()[..] else {
//!             return Err(Rejection::new("a line has three words"));
//!         };
//!         let status: u16 = status.parse()?; // any error rejects the record, with its words
//!         Ok(vec![Row::new().with("method", method).with("path", path).with("status", status)])
//!     }
//! }
//!
//! outrider_sdk::transform!(Requests);
//! # let record = RawRecord::new("GET /cart 200");
//! # assert_eq!(Requests.transform(&record).unwrap()[0].get("status"), Some(&200.into()));
//! # assert!(Requests.transform(&RawRecord::new("GET /cart x")).is_err());
//! # assert!(Requests.transform(&RawRecord::new("# comment")).unwrap().is_empty());
//! ```

#[doc(hidden)]
pub mod export;
mod record;
mod row;

use serde_json::Value as Json;

use crate::Result;

pub use record::{RawRecord, Rejection};
pub use row::{Row, Value};

/// Makes rows of raw records. A value of the type reads the records of some sources, those of each in their order.
pub trait Transform: Sized + 'static {
    /// Says what the transform is. Called first.
    fn describe() -> Description;

    /// Called once for each instance; the place to read parameters.
    fn start() -> Result<Self>;

    /// What becomes of a record: its rows, or none on purpose. A [`Rejection`] says that it cannot be understood;
    /// every [`std::error::Error`] turns into one by `?`. A panic is the transform's fault, not the record's.
    fn transform(&mut self, record: &RawRecord) -> Result<Vec<Row>, Rejection>;
}

/// What a transform is.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a description is for the host: return it from `describe`"]
pub struct Description {
    name: String,
    description: String,
    table: String,
    parameters: Option<Json>,
}

impl Description {
    /// A transform with this name, one sentence about what it reads, and the table that its rows are for:
    /// `access_logs`, or one of its own.
    pub fn new(name: impl Into<String>, description: impl Into<String>, table: impl Into<String>) -> Self {
        let (name, description, table) = (name.into(), description.into(), table.into());
        Self { name, description, table, parameters: None }
    }

    /// Sets the JSON Schema of the parameters: an object, whose properties' defaults the host fills in.
    pub fn parameters(self, schema: Json) -> Self {
        Self { parameters: Some(schema), ..self }
    }

    fn into_wit(self) -> export::wit::Description {
        export::wit::Description {
            name: self.name,
            description: self.description,
            table: self.table,
            parameters: self.parameters.map(|schema| schema.to_string()),
        }
    }
}

/// Makes a [`Transform`](trait@crate::Transform) the component's. Once in a crate, in the crate's root.
#[macro_export]
macro_rules! transform {
    ($transform:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use $crate::__private::transform_export::{self as export, Guest, wit};

            struct Component;

            ::std::thread_local! {
                static TRANSFORM: export::TransformCell<$transform> =
                    const { export::TransformCell::new() };
            }

            impl Guest for Component {
                fn describe() -> wit::Description {
                    export::describe::<$transform>()
                }

                fn start() -> ::std::result::Result<(), wit::Failure> {
                    TRANSFORM.with(|cell| cell.start())
                }

                fn transform(
                    records: ::std::vec::Vec<wit::RawRecord>,
                ) -> ::std::result::Result<::std::vec::Vec<wit::Outcome>, wit::Failure> {
                    TRANSFORM.with(|cell| cell.transform(records))
                }
            }

            $crate::__private::transform::export_transform!(
                Component with_types_in $crate::__private::transform
            );
        };

        // Elsewhere (unit tests, an editor's check) there is nothing to export, and the type is checked.
        #[cfg(not(target_arch = "wasm32"))]
        const _: fn() -> $crate::transforms::Description = <$transform as $crate::Transform>::describe;
    };
}
