//! What wit-bindgen makes of the contract in `wit/`, written by `cargo xtask gen`. Internal: the other modules wrap it.
//!
//! It is checked in, and not made by wit-bindgen's macro, so that the first build of a project compiles no compiler.
#![allow(
    missing_debug_implementations,
    missing_docs,
    unreachable_pub,
    unsafe_code,
    unsafe_op_in_unsafe_fn,
    unused_lifetimes,
    clippy::all,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::uninlined_format_args,
    clippy::unwrap_used,
    reason = "generated"
)]

/// The world `journey`, and every import of any world.
#[rustfmt::skip]
pub mod journey;

/// The world `assertion-pack`: its exports alone, over the imports of [`journey`].
#[rustfmt::skip]
pub mod assertion_pack;

/// The world `transform`: its exports alone.
#[rustfmt::skip]
pub mod transform;

/// The world `alert-channel`: its exports alone.
#[rustfmt::skip]
pub mod alert_channel;

pub(crate) use journey::outrider::plugin as imports;
