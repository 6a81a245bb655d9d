//! The demo shop: a small real single-page shop with settable latency and faults. The demo, the tests
//! and the guides load it.
//!
//! * [`Shop::start`] serves a [`ShopConfig`]; the [`RunningShop`] says where, counts, and stops.
//! * [`FaultConfig`] says how slow and how faulty it is, for all routes and for one; it can be changed
//!   while the shop runs ([`RunningShop::set_faults`], or `PUT /api/_faults`).
//! * [`Latency`] is the law that answers follow. It is known exactly, so that a measured percentile can
//!   be compared with [`Latency::quantile`].
//!
//! The page is one HTML file with vanilla JavaScript in front of a JSON API. A journey has to do what a
//! browser does: keep the session cookie, and extract the CSRF token from
//! `<meta name="csrf-token" content="…">` (or from `GET /api/cart`) before it changes the cart. The
//! routes are listed in the README.
//!
//! It is not a shop to put on the internet: it speaks HTTP/1.1 without TLS, keeps everything in memory,
//! and lets anyone who reaches it set its faults.
//!
//! ```
//! use std::time::Duration;
//! use outrider_shop::{FaultConfig, Shop, ShopConfig};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), outrider_shop::ShopError> {
//! let faults = FaultConfig { latency: Duration::from_millis(20), error_rate: 0.01, ..FaultConfig::default() };
//! let shop = Shop::start(ShopConfig { faults, ..ShopConfig::default() }).await?;
//! assert!(shop.url().starts_with("http://127.0.0.1:"));
//!
//! let totals = shop.shutdown().await?;
//! assert_eq!(totals.requests, 0);
//! # Ok(())
//! # }
//! ```
#![warn(missing_docs)]

mod access_log;
mod assets;
mod catalog;
mod config;
mod error;
mod faults;
mod observe;
mod random;
mod routes;
mod server;
mod sessions;
mod shared;
mod shop;

pub use config::{DEFAULT_MAX_SESSIONS, DEFAULT_SHUTDOWN_GRACE, ShopConfig};
pub use error::ShopError;
pub use faults::{FaultConfig, FaultProblem, Latency, LatencyLaw, MAX_DELAY, RouteFaults};
pub use routes::{DEMO_PASSWORD, ROUTES};
pub use shop::{RunningShop, Shop, Totals};
