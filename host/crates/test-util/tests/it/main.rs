//! Each behaviour as a client sees it, over each protocol.
#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

mod answers;
mod client;
mod faults;
mod protocols;
mod record;
