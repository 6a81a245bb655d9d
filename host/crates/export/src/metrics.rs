//! What is counted of a run, once, for everybody who asks.

mod distribution;
mod family;
mod keys;
pub(crate) mod label;
mod registry;
mod series;
mod system;

pub(crate) use distribution::{BOUNDS_S, Distribution};
pub(crate) use family::{Data, Family, Labels};
pub(crate) use registry::{RegistryTap, SharedRegistry};
