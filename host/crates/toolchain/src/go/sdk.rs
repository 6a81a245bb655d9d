//! The Go SDK, built in: no published module is needed, and no network.

/// Its module.
pub(super) const MODULE: &str = "outrider.dev/outrider";

/// The version that a go.mod requires; the contract's and this program's.
pub(super) const VERSION: &str = concat!("v", env!("CARGO_PKG_VERSION"));

/// Its files, by their paths in the module.
pub(super) use crate::sdk::GO as FILES;
