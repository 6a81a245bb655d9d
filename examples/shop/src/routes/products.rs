//! `GET /api/products` and `GET /api/products/{id}`.

use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::ApiError;
use crate::shared::Shared;

#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    query: String,
    page: Option<NonZeroUsize>,
}

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    search: Result<Query<Search>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(search) = search.map_err(|rejection| {
        ApiError::new(StatusCode::BAD_REQUEST, "invalid_query", rejection.body_text())
    })?;
    let page = search.page.map_or(1, NonZeroUsize::get);
    Ok(Json(shared.catalog.search(&search.query, page)).into_response())
}

pub(super) async fn one(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let product = id.parse().ok().and_then(|id| shared.catalog.get(id));
    product.map(|product| Json(product).into_response()).ok_or_else(|| ApiError::not_found("product"))
}
