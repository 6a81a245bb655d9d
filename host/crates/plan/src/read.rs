//! Reading TOML so that every fault is found, and every value keeps its place.

mod aliases;
mod node;
mod scalar;
mod table;

pub(crate) use node::{Node, Read, Source, document};
pub(crate) use scalar::one_of;
pub use scalar::{Bytes, Share};
pub(crate) use table::Table;
