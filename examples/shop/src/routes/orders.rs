//! `POST /api/checkout` and `GET /api/orders/{id}`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use serde::Deserialize;

use super::ApiError;
use super::body::Body;
use super::caller::Caller;
use crate::sessions::{Order, OrderDetails};
use crate::shared::Shared;

/// 200 bytes, as orders are kept with the session.
const MAX_FIELD_BYTES: usize = 200;

/// The first order is number 1001, so that an order's number is not mistaken for a product's.
const ORDERS_BEFORE_THE_FIRST: u64 = 1000;

#[derive(Deserialize)]
pub(super) struct Checkout {
    name: String,
    address: String,
    csrf_token: Option<String>,
}

type Placed = (StatusCode, [(HeaderName, String); 1], Json<Order>);

pub(super) async fn checkout(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Body(checkout): Body<Checkout>,
) -> Result<Placed, ApiError> {
    let Checkout { name, address, csrf_token } = checkout;
    let order = caller.change(&shared, csrf_token.as_deref(), |session| {
        if session.cart.is_empty() {
            return Err(ApiError::new(StatusCode::CONFLICT, "cart_empty", "there is nothing in the cart"));
        }
        let details = OrderDetails { name: valid("name", name)?, address: valid("address", address)? };
        let content = session.cart.content(&shared.catalog);
        let order_id = ORDERS_BEFORE_THE_FIRST + shared.counters.orders.increment();
        Ok(session.place_order(order_id, details, content))
    })?;
    let location = [(header::LOCATION, format!("/api/orders/{}", order.order_id))];
    Ok((StatusCode::CREATED, location, Json(order)))
}

fn valid(field: &str, value: String) -> Result<String, ApiError> {
    if value.trim().is_empty() || value.len() > MAX_FIELD_BYTES {
        return Err(ApiError::field(format!("{field} must have 1 to {MAX_FIELD_BYTES} bytes")));
    }
    Ok(value)
}

/// An order of the caller; those of others do not exist for it.
pub(super) async fn one(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Order>, ApiError> {
    let order = caller.read(&shared, |session| session.order(id.parse().ok()?).cloned())?;
    order.map(Json).ok_or_else(|| ApiError::not_found("order"))
}
