//! Errors as answers: `{"error": "cart_empty", "message": "…"}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// An answer that says what the client did wrong, or that a fault was injected.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    /// A stable word for programs.
    error: &'static str,
    /// A sentence for people.
    message: String,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, error: &'static str, message: impl Into<String>) -> ApiError {
        ApiError { status, error, message: message.into() }
    }

    pub(crate) fn not_found(what: &str) -> ApiError {
        ApiError::new(StatusCode::NOT_FOUND, "not_found", format!("there is no such {what}"))
    }

    pub(crate) fn method_not_allowed() -> ApiError {
        let message = "this route has other methods, see the Allow header";
        ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
    }

    pub(crate) fn injected() -> ApiError {
        let message = "this error was injected, as the shop's faults ask for";
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "injected_fault", message)
    }

    pub(crate) fn no_session() -> ApiError {
        let message = "there is no session, open / or sign in at /api/login and keep the cookie";
        ApiError::new(StatusCode::UNAUTHORIZED, "no_session", message)
    }

    pub(crate) fn csrf_token() -> ApiError {
        let message = "the CSRF token is missing or wrong, take it from the page or from GET /api/cart \
                       and send it as the header x-csrf-token or the field csrf_token";
        ApiError::new(StatusCode::FORBIDDEN, "csrf_token_invalid", message)
    }

    pub(crate) fn field(message: impl Into<String>) -> ApiError {
        ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", message)
    }

    /// A body that could not be read; `status` says why.
    pub(crate) fn body(status: StatusCode, message: String) -> ApiError {
        let error = match status {
            StatusCode::PAYLOAD_TOO_LARGE => "body_too_large",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_media_type",
            StatusCode::UNPROCESSABLE_ENTITY => "invalid_field",
            _ => "malformed_body",
        };
        ApiError::new(status, error, message)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.error, "message": self.message }))).into_response()
    }
}
