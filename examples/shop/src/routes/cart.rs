//! `/api/cart` and its items.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::body::Body;
use super::caller::Caller;
use crate::catalog::{Catalog, ProductId};
use crate::sessions::{CartContent, CartLine, QuantityLimit, Session};
use crate::shared::Shared;

#[derive(Deserialize)]
pub(super) struct NewItem {
    product_id: ProductId,
    quantity: u32,
    csrf_token: Option<String>,
}

/// The cart as the API gives it.
#[derive(Serialize)]
pub(super) struct CartAnswer {
    items: Vec<CartLine>,
    item_count: u32,
    total_cents: u64,
    currency: &'static str,
    user: Option<String>,
    csrf_token: String,
}

impl CartAnswer {
    fn of(session: &Session, catalog: &Catalog) -> CartAnswer {
        let CartContent { items, item_count, total_cents, currency } = session.cart.content(catalog);
        let (user, csrf_token) = (session.user.clone(), session.csrf_token.to_string());
        CartAnswer { items, item_count, total_cents, currency, user, csrf_token }
    }
}

pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
) -> Result<Json<CartAnswer>, ApiError> {
    caller.read(&shared, |session| Json(CartAnswer::of(session, &shared.catalog)))
}

pub(super) async fn add(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Body(item): Body<NewItem>,
) -> Result<(StatusCode, Json<CartAnswer>), ApiError> {
    caller.change(&shared, item.csrf_token.as_deref(), |session| {
        if shared.catalog.get(item.product_id).is_none() {
            return Err(ApiError::not_found("product"));
        }
        let added = session.cart.add(item.product_id, item.quantity);
        added.map_err(|QuantityLimit| ApiError::field("a cart takes 1 to 99 of a product"))?;
        Ok((StatusCode::CREATED, Json(CartAnswer::of(session, &shared.catalog))))
    })
}

pub(super) async fn remove(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<CartAnswer>, ApiError> {
    caller.change(&shared, None, |session| match id.parse() {
        Ok(id) if session.cart.remove(id) => Ok(Json(CartAnswer::of(session, &shared.catalog))),
        _ => Err(ApiError::not_found("product in the cart")),
    })
}
