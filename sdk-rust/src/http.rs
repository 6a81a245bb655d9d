//! HTTP requests, sent and measured by the host.
//!
//! ```no_run
//! use std::time::Duration;
//! use outrider_sdk::{Result, http, json};
//!
//! # fn example() -> Result<()> {
//! let order = http::post("/api/orders")
//!     .name("POST /api/orders")
//!     .header("x-csrf-token", "…")
//!     .json(&json!({ "sku": "tent-2" }))
//!     .timeout(Duration::from_secs(5))
//!     .send()?
//!     .ensure_status(201)?;
//! let id: u64 = order.json_path("$.id")?;
//! # let _ = id; Ok(()) }
//! ```

mod batch;
mod body;
mod error;
mod request;
mod response;
mod status;

pub use batch::batch;
pub use body::Part;
pub use error::{Error, ReadError};
pub use request::{DEFAULT_REDIRECTS, DEFAULT_TIMEOUT, Request};
pub use response::{Header, Phases, Response};
pub use status::StatusRange;

use crate::bindings::imports::http;

/// A request with the method GET, to an absolute URL or to a path that is resolved against the target.
pub fn get(url: impl Into<String>) -> Request {
    Request::new("GET", url)
}

/// A request with the method HEAD.
pub fn head(url: impl Into<String>) -> Request {
    Request::new("HEAD", url)
}

/// A request with the method POST.
pub fn post(url: impl Into<String>) -> Request {
    Request::new("POST", url)
}

/// A request with the method PUT.
pub fn put(url: impl Into<String>) -> Request {
    Request::new("PUT", url)
}

/// A request with the method PATCH.
pub fn patch(url: impl Into<String>) -> Request {
    Request::new("PATCH", url)
}

/// A request with the method DELETE.
pub fn delete(url: impl Into<String>) -> Request {
    Request::new("DELETE", url)
}

/// A request with the method OPTIONS.
pub fn options(url: impl Into<String>) -> Request {
    Request::new("OPTIONS", url)
}

/// Forgets this user's cookies.
pub fn clear_cookies() {
    http::clear_cookies();
}

/// Closes this user's idle connections, so that the next request opens a new one, as a new visitor's does.
pub fn close_connections() {
    http::close_connections();
}
