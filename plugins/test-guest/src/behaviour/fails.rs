//! Returns an error.

use outrider_sdk::{Error, Result};

use crate::parameters::Kind;

pub(super) fn fail(kind: Kind, message_bytes: usize) -> Result<()> {
    let message = super::padded("this journey fails on purpose", message_bytes);
    Err(match kind {
        Kind::Target => Error::target(message),
        Kind::Plugin => Error::plugin(message),
        Kind::Abort => Error::abort(message),
    })
}
