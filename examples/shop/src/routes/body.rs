//! Request bodies: JSON or a form, whichever the client says it is.

use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::{Form, Json};
use serde::de::DeserializeOwned;

use super::ApiError;

/// A body of type `T`, sent as JSON or as a form.
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Body<T>, ApiError> {
        match media_type(&request) {
            "application/json" => match Json::from_request(request, state).await {
                Ok(Json(body)) => Ok(Body(body)),
                Err(rejection) => Err(ApiError::body(rejection.status(), rejection.body_text())),
            },
            "application/x-www-form-urlencoded" => match Form::from_request(request, state).await {
                Ok(Form(body)) => Ok(Body(body)),
                Err(rejection) => Err(ApiError::body(rejection.status(), rejection.body_text())),
            },
            other => {
                let message = format!("a body is JSON or a form here, not '{other}'");
                Err(ApiError::body(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
            }
        }
    }
}

/// The media type without its parameters, empty if the client says none.
fn media_type(request: &Request) -> &'static str {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    ["application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain", ""]
        .into_iter()
        .find(|known| essence.eq_ignore_ascii_case(known))
        .unwrap_or("something else")
}
