//! The page and its assets.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::ApiError;
use super::caller::{Caller, set_cookie};
use crate::shared::Shared;

const PAGE: &str = include_str!("../../web/index.html");
const TOKEN_PLACE: &str = "{{csrf_token}}";

/// Ten minutes: a browser's visit asks for each asset once, the next day's visit sees a new version.
const ASSETS_CACHED: &str = "public, max-age=600";

/// The page, with the caller's CSRF token in it; opens a session for a caller without one.
pub(super) async fn page(State(shared): State<Arc<Shared>>, caller: Caller) -> Response {
    let present = caller.read(&shared, |session| session.csrf_token).ok();
    let (cookie, token) = match present {
        Some(token) => (None, token),
        None => {
            let (id, token) = shared.sessions.open();
            (Some(set_cookie(id)), token)
        }
    };
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'self'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let page = Html(PAGE.replacen(TOKEN_PLACE, &token.to_string(), 1));
    match cookie {
        Some(cookie) => (headers, cookie, page).into_response(),
        None => (headers, page).into_response(),
    }
}

/// An asset, or 304 if the client has it.
pub(super) async fn asset(
    State(shared): State<Arc<Shared>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let asset = shared.assets.get(&file).ok_or_else(|| ApiError::not_found("asset"))?;
    let validators = [(header::ETAG, asset.etag.clone()), (header::CACHE_CONTROL, ASSETS_CACHED.to_owned())];
    if is_known(&headers, &asset.etag) {
        return Ok((StatusCode::NOT_MODIFIED, validators).into_response());
    }
    Ok((validators, [(header::CONTENT_TYPE, asset.media_type)], asset.content).into_response())
}

fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;
    use crate::assets::Assets;

    #[test]
    fn the_page_has_one_place_for_the_token_and_names_assets_that_exist() {
        assert_eq!(PAGE.matches(TOKEN_PLACE).count(), 1);
        let assets = Assets::load();
        for part in PAGE.split("\"/assets/").skip(1) {
            let file = part.split('"').next().unwrap();
            assert!(assets.get(file).is_some(), "the page names {file}");
        }
    }

    #[test]
    fn a_known_etag_is_found_in_a_list_and_weakened() {
        let given = |value| HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(value))]);
        assert!(is_known(&given(r#""a", W/"b""#), r#""b""#));
        assert!(is_known(&given("*"), r#""b""#));
        assert!(!is_known(&given(r#""a""#), r#""b""#));
        assert!(!is_known(&HeaderMap::new(), r#""b""#));
    }
}
