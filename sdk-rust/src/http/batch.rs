//! Requests side by side.

use super::{Error, Request, Response};
use crate::bindings::imports::http;

/// Sends requests side by side, over up to six connections for each origin as browsers do (one with
/// HTTP/2), 100 at once at most, and waits for all. The results stand in the order of the requests. The host ends a
/// guest that sends more than 1,000.
///
/// ```no_run
/// # use outrider_sdk::{Result, http};
/// # fn example() -> Result<()> {
/// for answer in http::batch([http::get("/app.js"), http::get("/app.css")]) {
///     answer?.ensure_status(200)?;
/// }
/// # Ok(()) }
/// ```
pub fn batch(requests: impl IntoIterator<Item = Request>) -> Vec<Result<Response, Error>> {
    let (requests, faults) = split(requests);
    let answers = if requests.is_empty() { Vec::new() } else { http::batch(&requests) };
    let answers = answers.into_iter().map(|answer| answer.map(Response::from_wit).map_err(Error::from_wit));
    merge(answers, faults)
}

/// The requests that can be sent, and for each of all whether it could not be built.
fn split(requests: impl IntoIterator<Item = Request>) -> (Vec<http::Request>, Vec<Option<Error>>) {
    let mut sendable = Vec::new();
    let mut keep = |request: Request| request.into_wit().map(|request| sendable.push(request)).err();
    let faults = requests.into_iter().map(&mut keep).collect();
    (sendable, faults)
}

/// Puts the faults back to their places among the answers.
fn merge<T>(
    mut answers: impl Iterator<Item = Result<T, Error>>,
    faults: Vec<Option<Error>>,
) -> Vec<Result<T, Error>> {
    let mut next = || answers.next().unwrap_or_else(|| Err(Error::Other("the host gave no answer".into())));
    faults.into_iter().map(|fault| fault.map_or_else(&mut next, Err)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_cannot_be_built_keeps_its_place() {
        let broken = super::super::post("/b").json(&std::collections::BTreeMap::from([((1, 2), 3)]));
        let (sendable, faults) = split([super::super::get("/a"), broken, super::super::get("/c")]);
        assert_eq!(sendable.iter().map(|r| r.url.as_str()).collect::<Vec<_>>(), ["/a", "/c"]);

        let merged = merge(["a", "c"].into_iter().map(Ok), faults);
        assert!(matches!(merged.as_slice(), [Ok("a"), Err(Error::InvalidRequest(_)), Ok("c")]));
    }
}
