//! `POST /api/login`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::json;

use super::ApiError;
use super::body::Body;
use super::caller::{Caller, set_cookie};
use crate::shared::Shared;

/// The password of every user, whatever the name.
pub const DEMO_PASSWORD: &str = "open sesame";

/// 64 bytes, as the name is kept with the session.
const MAX_USER_BYTES: usize = 64;

#[derive(Deserialize)]
pub(super) struct Login {
    user: String,
    password: String,
}

/// Signs the caller's session in, opening one if there is none. The token in the answer is the session's
/// id, for clients that send `Authorization: Bearer` in place of the cookie.
pub(super) async fn login(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Body(login): Body<Login>,
) -> Result<impl IntoResponse, ApiError> {
    if login.user.is_empty() || login.user.len() > MAX_USER_BYTES {
        return Err(ApiError::field(format!("user must have 1 to {MAX_USER_BYTES} bytes")));
    }
    if login.password != DEMO_PASSWORD {
        let message = "no user has this password";
        return Err(ApiError::new(StatusCode::UNAUTHORIZED, "credentials_invalid", message));
    }
    let id = caller.session_id(&shared).unwrap_or_else(|| shared.sessions.open().0);
    let signed_in = shared.sessions.with(id, |session| {
        session.user = Some(login.user.clone());
        session.csrf_token.to_string()
    });
    // Only a flood of new sessions can have pushed this one out in between.
    let csrf_token = signed_in.ok_or_else(ApiError::no_session)?;
    let answer = json!({ "token": id.to_string(), "user": login.user, "csrf_token": csrf_token });
    Ok((set_cookie(id), Json(answer)))
}
