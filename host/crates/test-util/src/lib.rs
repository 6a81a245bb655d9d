//! What tests need around the code under test: a target that behaves as it is told, addresses that do
//! not answer, a sink that keeps what it is given.
//!
//! * [`TargetServer`] listens on a free port of 127.0.0.1 and speaks HTTP/1.1 and HTTP/2, plain or over
//!   TLS. Each route has a [`Behaviour`], from an ordinary answer to a reset in the middle of a body, and
//!   each behaviour a [`Latency`]. It counts and records what it was asked.
//! * [`refused_addr`] and [`silent_addr`] give addresses at which a connection is refused, or never made.
//! * [`S3Server`] is an endpoint of S3, real but for its disk, that fails as it is told.
//! * [`FakeSink`] is a [`SampleSink`](outrider_model::SampleSink) that keeps every sample.
//!
//! The target runs on a thread and a runtime of its own: it works in tests with and without a runtime,
//! is not disturbed by what a test does to its own, and is gone when it is dropped. Its time is real
//! time; a test that pauses tokio's clock and waits for it will see its own timers run ahead.
//!
//! This is for tests: what cannot be set up panics and says why, and nothing here is tuned for load (the
//! demo shop is).
//!
//! ```
//! use std::io::{Read, Write};
//! use std::time::Duration;
//! use outrider_test_util::{Behaviour, Latency, TargetServer};
//!
//! let late = Behaviour::text("hello").after(Latency::Constant(Duration::from_millis(5)));
//! let target = TargetServer::builder()
//!     .route("/hello", late)
//!     .route("/flaky", Behaviour::statuses([503, 200]))
//!     .route("/broken", Behaviour::resets_before_answer())
//!     .start();
//!
//! let mut stream = std::net::TcpStream::connect(target.addr())?;
//! stream.write_all(b"GET /hello HTTP/1.1\r\nhost: target\r\nconnection: close\r\n\r\n")?;
//! let mut answer = String::new();
//! stream.read_to_string(&mut answer)?;
//! assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\nhello"));
//! assert_eq!(target.requests("/hello"), 1);
//! assert_eq!(target.log()[0].status, Some(200));
//! # Ok::<(), std::io::Error>(())
//! ```
#![warn(missing_docs)]

mod address;
mod behaviour;
mod s3;
mod sink;
mod target;
mod tls;

pub use address::{RefusedAddr, SilentAddr, refused_addr, silent_addr};
pub use behaviour::{Behaviour, Encoding, Latency, pattern};
pub use s3::{S3Fault, S3Server};
pub use sink::FakeSink;
pub use target::{ALONE_LIMIT, Protocols, TargetBuilder, TargetRequest, TargetServer};
pub use tls::Certificate;
