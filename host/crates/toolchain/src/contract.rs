//! The contract's worlds, as the crates that make components know them.

use std::error::Error;

use outrider_wit::SOURCES;
use wit_parser::{Resolve, SourceMap, WorldId};

/// A world of the contract by its name, with everything that it speaks of.
pub(crate) fn world(name: &str) -> Result<(Resolve, WorldId), Box<dyn Error + Send + Sync>> {
    let mut files = SourceMap::default();
    SOURCES.iter().for_each(|(name, content)| files.push_str(name, *content));
    let mut resolve = Resolve::default();
    let package = resolve.push_group(files.parse().map_err(|(_, error)| error)?)?;
    let world = resolve.select_world(&[package], Some(name))?;
    Ok((resolve, world))
}
