//! Reading TOML so that every fault is found, and every value keeps its place.

mod aliases;
mod node;
mod scalar;
mod table;

pub(crate) use node::{Node, Read, Source, document};
pub use scalar::Bytes;
pub(crate) use scalar::one_of;
pub(crate) use table::Table;
