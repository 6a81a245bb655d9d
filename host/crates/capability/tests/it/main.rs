//! The HTTP client against small servers on the loopback interface.
#![expect(clippy::unwrap_used, reason = "clippy knows test functions, but not what they call")]

mod answers;
mod batches;
mod connections;
mod cookies;
mod failures;
mod grants;
mod http2;
mod interruption;
mod lateness;
mod phases;
mod redirects;
mod requests;
mod server;
mod tls;
mod user;
