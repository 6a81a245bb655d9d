//! Tags.

use crate::bindings::imports::{measure, types};

/// Sets a tag on everything that follows in this iteration. Few different values, please: every
/// combination is a series of its own. Key and value are cut after 256 bytes; the host ends a guest that sets more
/// than 32 different keys.
///
/// ```no_run
/// outrider_sdk::tag("plan", "premium");
/// ```
pub fn tag(key: impl Into<String>, value: impl Into<String>) {
    measure::set_tag(&new(key, value));
}

pub(crate) fn new(key: impl Into<String>, value: impl Into<String>) -> types::Tag {
    types::Tag { key: key.into(), value: value.into() }
}
