//! Each row as a line of JSON, as soon as it is there.
//!
//! The batcher hands each batch to storage through a [`Tee`]; what goes here is the same memory, and costs the batcher a
//! look. A thread of its own writes the lines. When it cannot keep up, whole batches are dropped, and their rows counted.

mod open;
mod queue;
mod row;
mod schema;
mod writer;

pub(crate) use open::Opened;
pub use queue::Tee;
pub use schema::jsonl_schema;
pub(crate) use writer::JsonlWriter;
