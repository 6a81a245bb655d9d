//! Who calls: the session of a request.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::ApiError;
use crate::sessions::{Session, SessionId};
use crate::shared::Shared;

const COOKIE: &str = "shop_session";

/// The session id that a request carries, as `Authorization: Bearer …` or in the cookie, and its CSRF
/// token if it has one in a header.
#[derive(Debug)]
pub(super) struct Caller {
    id: Option<SessionId>,
    csrf_token: Option<String>,
}

impl FromRequestParts<Arc<Shared>> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Shared>) -> Result<Caller, Infallible> {
        let csrf_token = parts.headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
        let id = bearer(&parts.headers).or_else(|| cookie(&parts.headers));
        Ok(Caller { id: id.and_then(|id| id.parse().ok()), csrf_token: csrf_token.map(str::to_owned) })
    }
}

impl Caller {
    /// The session, if it still exists.
    pub(super) fn session_id(&self, shared: &Shared) -> Option<SessionId> {
        self.id.filter(|id| shared.sessions.with(*id, |_| ()).is_some())
    }

    /// Does something with the caller's session.
    pub(super) fn read<T>(
        &self,
        shared: &Shared,
        work: impl FnOnce(&mut Session) -> T,
    ) -> Result<T, ApiError> {
        self.id.and_then(|id| shared.sessions.with(id, work)).ok_or_else(ApiError::no_session)
    }

    /// Does something that changes the caller's session, so it wants the CSRF token: from the header, else
    /// `from_body`.
    pub(super) fn change<T>(
        &self,
        shared: &Shared,
        from_body: Option<&str>,
        work: impl FnOnce(&mut Session) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let token = self.csrf_token.as_deref().or(from_body);
        self.read(shared, |session| match token {
            Some(token) if session.csrf_token.matches(token) => work(session),
            _ => Err(ApiError::csrf_token()),
        })?
    }
}

/// The header that gives a browser its session.
pub(super) fn set_cookie(id: SessionId) -> [(header::HeaderName, String); 1] {
    [(header::SET_COOKIE, format!("{COOKIE}={id}; Path=/; HttpOnly; SameSite=Lax"))]
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_session_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("theme=dark; not_shop_session=1"));
        assert_eq!(cookie(&headers), None);
        headers.append(header::COOKIE, HeaderValue::from_static("a=b;shop_session=2f; c=d"));
        assert_eq!(cookie(&headers), Some("2f"));
    }
}
