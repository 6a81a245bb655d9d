//! The shop's routes. One file each for what belongs together; their bodies and errors are alike.

mod account;
mod body;
mod caller;
mod cart;
mod control;
mod error;
mod files;
mod orders;
mod products;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, post};
use axum::{Router, middleware};

pub use account::DEMO_PASSWORD;
pub(crate) use error::ApiError;

use crate::observe::observe;
use crate::shared::Shared;

pub(crate) const HEALTH_ROUTE: &str = "/healthz";
pub(crate) const FAULTS_ROUTE: &str = "/api/_faults";

/// 16 KiB, many times the largest body that a route wants.
const MAX_BODY_BYTES: usize = 16 << 10;

/// Every route that faults apply to, as [`FaultConfig::routes`](crate::FaultConfig::routes) names it.
pub const ROUTES: &[&str] = &[
    "/",
    "/assets/{file}",
    "/api/products",
    "/api/products/{id}",
    "/api/login",
    "/api/cart",
    "/api/cart/items",
    "/api/cart/items/{id}",
    "/api/checkout",
    "/api/orders/{id}",
];

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(files::page))
        .route("/assets/{file}", get(files::asset))
        .route("/api/products", get(products::list))
        .route("/api/products/{id}", get(products::one))
        .route("/api/login", post(account::login))
        .route("/api/cart", get(cart::show))
        .route("/api/cart/items", post(cart::add))
        .route("/api/cart/items/{id}", delete(cart::remove))
        .route("/api/checkout", post(orders::checkout))
        .route("/api/orders/{id}", get(orders::one))
        .route(HEALTH_ROUTE, get(control::health))
        .route(FAULTS_ROUTE, get(control::faults).put(control::set_faults))
        .fallback(async || ApiError::not_found("route"))
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn_with_state(shared.clone(), observe))
        .with_state(shared)
}
