//! What is not part of the shop: its health and its faults.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::ApiError;
use super::body::Body;
use crate::FaultConfig;
use crate::shared::Shared;

pub(super) async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

pub(super) async fn faults(State(shared): State<Arc<Shared>>) -> Json<FaultConfig> {
    Json(shared.faults().config().clone())
}

/// Replaces all faults: what the body leaves out is off from now on.
pub(super) async fn set_faults(
    State(shared): State<Arc<Shared>>,
    Body(config): Body<FaultConfig>,
) -> Result<Json<FaultConfig>, ApiError> {
    shared.set_faults(&config).map_err(|error| ApiError::field(error.to_string()))?;
    Ok(Json(config))
}
