//! The answers of one iteration, by id. They are freed when it ends.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::Value;

use super::extract::{Document, Inventory, MAX_JSON_BYTES, Markup, PatternCache, parse_document};
use super::{Response, ResponseError};
use crate::Redactor;

/// 10,000 answers of an iteration can be asked for; of a longer one, the last 10,000.
pub const MAX_RESPONSES: usize = 10_000;

/// An answer's number. Numbers are not used again, so that one of an earlier iteration is found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResponseId(pub u32);

/// The answers of one iteration. Bodies are kept as they came; they are decompressed and parsed when a
/// guest asks for it.
#[derive(Debug)]
pub struct ResponseStore {
    responses: VecDeque<Response>,
    /// The number of the first one.
    first: u32,
    kept_bytes: usize,
    max_kept_bytes: usize,
    patterns: Arc<PatternCache>,
    recent: Mutex<Recent>,
}

/// What was last made of a body. Journeys ask several questions about one answer, then go on: to keep
/// more would make memory a matter of how well bodies are compressed.
#[derive(Debug, Default)]
struct Recent {
    decoded: Option<(ResponseId, Bytes)>,
    parsed: Option<(ResponseId, Arc<Value>)>,
    document: Option<(ResponseId, Arc<Document>)>,
}

impl ResponseStore {
    pub(crate) fn new(max_kept_bytes: usize, patterns: Arc<PatternCache>) -> ResponseStore {
        ResponseStore {
            responses: VecDeque::new(),
            first: 1,
            kept_bytes: 0,
            max_kept_bytes,
            patterns,
            recent: Mutex::default(),
        }
    }

    /// An answer of this iteration.
    ///
    /// # Errors
    ///
    /// [`ResponseError::Unknown`].
    pub fn get(&self, id: ResponseId) -> Result<&Response, ResponseError> {
        let index = usize::try_from(id.0.wrapping_sub(self.first)).ok();
        index.and_then(|index| self.responses.get(index)).ok_or(ResponseError::Unknown { id: id.0 })
    }

    /// How many answers are kept.
    pub fn len(&self) -> usize {
        self.responses.len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.responses.is_empty()
    }

    /// The body of an answer, decompressed.
    ///
    /// # Errors
    ///
    /// If it was not kept, or cannot be decompressed within the limit.
    pub fn bytes(&self, id: ResponseId) -> Result<Bytes, ResponseError> {
        let response = self.get(id)?;
        if let Some((_, decoded)) = self.recent().decoded.as_ref().filter(|(of, _)| *of == id) {
            return Ok(decoded.clone());
        }
        let decoded = response.bytes()?;
        self.recent().decoded = Some((id, decoded.clone()));
        Ok(decoded)
    }

    /// The body of an answer as UTF-8 text, decompressed; bytes that are not UTF-8 are replaced.
    ///
    /// # Errors
    ///
    /// As [`ResponseStore::bytes`].
    pub fn text(&self, id: ResponseId) -> Result<String, ResponseError> {
        self.bytes(id).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The body of an answer as JSON.
    ///
    /// # Errors
    ///
    /// As [`ResponseStore::bytes`], and if it is not JSON or longer than [`MAX_JSON_BYTES`].
    pub fn json(&self, id: ResponseId) -> Result<Arc<Value>, ResponseError> {
        let bytes = self.bytes(id)?;
        if let Some((_, parsed)) = self.recent().parsed.as_ref().filter(|(of, _)| *of == id) {
            return Ok(Arc::clone(parsed));
        }
        if bytes.len() > MAX_JSON_BYTES {
            return Err(ResponseError::JsonTooLarge { bytes: bytes.len() });
        }
        let parsed: Value = serde_json::from_slice(&bytes)
            .map_err(|error| ResponseError::NotJson { reason: error.to_string() })?;
        let parsed = Arc::new(parsed);
        self.recent().parsed = Some((id, Arc::clone(&parsed)));
        Ok(parsed)
    }

    /// The first value that a JSONPath (RFC 9535) finds in the body, as JSON text.
    ///
    /// # Errors
    ///
    /// If the body is not JSON, or the path is none.
    pub fn json_path(&self, id: ResponseId, path: &str) -> Result<Option<String>, ResponseError> {
        let document = self.json(id)?;
        Ok(self.patterns.first_json(&document, path)?)
    }

    /// All values that a JSONPath finds in the body, each as JSON text.
    ///
    /// # Errors
    ///
    /// As [`ResponseStore::json_path`].
    pub fn json_path_all(&self, id: ResponseId, path: &str) -> Result<Vec<String>, ResponseError> {
        let document = self.json(id)?;
        Ok(self.patterns.all_json(&document, path)?)
    }

    /// What a group of the first match of a regular expression matched in the body; group 0 is the
    /// whole match.
    ///
    /// # Errors
    ///
    /// If the body cannot be read, or the pattern cannot be used.
    pub fn regex(&self, id: ResponseId, pattern: &str, group: u32) -> Result<Option<String>, ResponseError> {
        let bytes = self.bytes(id)?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(self.patterns.regex_group(&text, pattern, group)?.map(str::to_owned))
    }

    /// How far a JSONPath that finds nothing in the body gets.
    pub(crate) fn json_path_reach(&self, id: ResponseId, path: &str, redactor: &Redactor) -> Option<String> {
        self.patterns.json_reach(&*self.json(id).ok()?, path, redactor)
    }

    /// What the body consists of, read as a document.
    pub(crate) fn inventory(&self, id: ResponseId) -> Result<Inventory, ResponseError> {
        Ok(self.document(id)?.inventory())
    }

    /// The body of an answer as a document: as XML if its media type says so, else as HTML.
    fn document(&self, id: ResponseId) -> Result<Arc<Document>, ResponseError> {
        let bytes = self.bytes(id)?;
        if let Some((_, document)) = self.recent().document.as_ref().filter(|(of, _)| *of == id) {
            return Ok(Arc::clone(document));
        }
        let media_type = self.get(id)?.header("content-type");
        let markup = Markup::of_media_type(media_type.as_deref());
        let document = Arc::new(parse_document(&String::from_utf8_lossy(&bytes), markup)?);
        self.recent().document = Some((id, Arc::clone(&document)));
        Ok(document)
    }

    /// The text of the first element that a CSS selector finds in the body; or the value of an
    /// attribute, of the first one that has it.
    ///
    /// # Errors
    ///
    /// If the body cannot be read, the selector is none, or they are beyond their bounds.
    pub fn css(
        &self,
        id: ResponseId,
        selector: &str,
        attribute: Option<&str>,
    ) -> Result<Option<String>, ResponseError> {
        let found = self.patterns.css(&*self.document(id)?, selector, attribute, 1)?;
        Ok(found.into_iter().next())
    }

    /// The texts of all elements that a CSS selector finds in the body, in document order; or the values
    /// of an attribute, of those that have it.
    ///
    /// # Errors
    ///
    /// As [`ResponseStore::css`].
    pub fn css_all(
        &self,
        id: ResponseId,
        selector: &str,
        attribute: Option<&str>,
    ) -> Result<Vec<String>, ResponseError> {
        self.patterns.css(&*self.document(id)?, selector, attribute, usize::MAX)
    }

    /// The string value of the first node that an XPath finds in the body; or the string, number or truth
    /// value that it comes to, as text.
    ///
    /// # Errors
    ///
    /// If the body cannot be read, the expression is none, or they are beyond their bounds.
    pub fn xpath(&self, id: ResponseId, expression: &str) -> Result<Option<String>, ResponseError> {
        Ok(self.patterns.xpath(&*self.document(id)?, expression, 1)?.into_iter().next())
    }

    /// The string values of all nodes that an XPath finds in the body, in document order; or the one
    /// value that it comes to.
    ///
    /// # Errors
    ///
    /// As [`ResponseStore::xpath`].
    pub fn xpath_all(&self, id: ResponseId, expression: &str) -> Result<Vec<String>, ResponseError> {
        self.patterns.xpath(&*self.document(id)?, expression, usize::MAX)
    }

    /// What a group of the first match of a regular expression matched in the values of a header field;
    /// group 0 is the whole match.
    ///
    /// # Errors
    ///
    /// [`ResponseError::Unknown`], or if the pattern cannot be used.
    pub fn header_regex(
        &self,
        id: ResponseId,
        name: &str,
        pattern: &str,
        group: u32,
    ) -> Result<Option<String>, ResponseError> {
        let response = self.get(id)?;
        // A pattern is judged also where there is no such field.
        self.patterns.regex_group("", pattern, group)?;
        let mut found = None;
        for value in response.header_values(name) {
            found = self.patterns.regex_group(&value, pattern, group)?.map(str::to_owned);
            if found.is_some() {
                break;
            }
        }
        Ok(found)
    }

    /// Keeps an answer. The oldest bodies are dropped if there are too many bytes, the oldest answers
    /// if there are too many.
    pub(crate) fn insert(&mut self, response: Response) -> ResponseId {
        if self.responses.len() >= MAX_RESPONSES {
            self.drop_oldest();
        }
        self.kept_bytes += response.kept_bytes();
        self.responses.push_back(response);
        self.free_oldest_bodies();
        ResponseId(self.first.wrapping_add(u32::try_from(self.responses.len() - 1).unwrap_or(0)))
    }

    /// Frees all answers.
    pub(crate) fn clear(&mut self) {
        self.first = self.first.wrapping_add(u32::try_from(self.responses.len()).unwrap_or(0));
        self.responses.clear();
        self.kept_bytes = 0;
        self.forget_recent();
    }

    /// Forgets what was last made of a body.
    pub(crate) fn forget_recent(&mut self) {
        *self.recent() = Recent::default();
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn drop_oldest(&mut self) {
        if let Some(oldest) = self.responses.pop_front() {
            self.kept_bytes -= oldest.kept_bytes();
            self.first = self.first.wrapping_add(1);
        }
    }

    /// The last answer keeps its body whatever its size, which has a limit of its own.
    fn free_oldest_bodies(&mut self) {
        let last = self.responses.len() - 1;
        for response in self.responses.iter_mut().take(last) {
            if self.kept_bytes <= self.max_kept_bytes {
                return;
            }
            self.kept_bytes -= response.kept_bytes();
            response.free_body();
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};
    use outrider_model::{Phases, Timestamp};

    use super::*;
    use crate::http::exchange::{Expected, Measured, Subject};
    use crate::http::response::Body;

    fn response(body: &str) -> Response {
        Response {
            subject: Subject {
                name: "n".into(),
                method: "GET".into(),
                url: "u".into(),
                trace_id: None,
                span_id: None,
                tags: None,
                expected: Expected::default(),
            },
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: Body::Kept(Bytes::copy_from_slice(body.as_bytes())),
            body_length: body.len() as u64,
            measured: Measured {
                started_at: Timestamp(0),
                duration: std::time::Duration::ZERO,
                phases: Phases::default(),
                protocol: None,
                bytes_sent: 0,
                bytes_received: 0,
                connection_reused: false,
                remote_address: None,
            },
            redirects: 0,
            exchange: None,
            max_decoded_bytes: 100,
        }
    }

    fn store(max_kept_bytes: usize) -> ResponseStore {
        ResponseStore::new(max_kept_bytes, Arc::default())
    }

    #[test]
    fn an_id_is_valid_until_the_iteration_ends() {
        let mut store = store(100);
        let id = store.insert(response("a"));
        assert_eq!(store.get(id).unwrap().text().unwrap(), "a");
        store.clear();
        assert_eq!(store.get(id).unwrap_err().to_string(), "there is no response 1 in this iteration");
        let next = store.insert(response("b"));
        assert_ne!(id, next);
        assert!(store.get(id).is_err());
        assert_eq!(store.get(next).unwrap().text().unwrap(), "b");
        assert!(store.get(ResponseId(u32::MAX)).is_err());
    }

    #[test]
    fn the_oldest_bodies_make_room_for_the_latest() {
        let mut store = store(10);
        let ids: Vec<ResponseId> = ["aaaa", "bbbb", "cccc"].map(|body| store.insert(response(body))).to_vec();
        assert_eq!(store.get(ids[0]).unwrap().text(), Err(ResponseError::Freed));
        assert_eq!(store.get(ids[0]).unwrap().status(), 200);
        assert_eq!(store.get(ids[1]).unwrap().text().unwrap(), "bbbb");
        let large = store.insert(response("a body that is too large"));
        assert!(store.get(large).unwrap().text().is_ok());
        assert_eq!(store.get(ids[2]).unwrap().text(), Err(ResponseError::Freed));
    }

    #[test]
    fn the_oldest_answers_go_when_there_are_too_many() {
        let mut store = store(usize::MAX);
        let ids: Vec<ResponseId> = (0..=MAX_RESPONSES).map(|_| store.insert(response("x"))).collect();
        assert_eq!(store.len(), MAX_RESPONSES);
        assert!(store.get(ids[0]).is_err());
        assert!(store.get(ids[1]).is_ok());
        assert!(store.get(ids[MAX_RESPONSES]).is_ok());
    }

    #[test]
    fn values_are_extracted_in_the_host() {
        let mut store = store(100);
        let id = store.insert(response(r#"{"id": 17, "tags": ["a", "b"]}"#));
        assert_eq!(store.json_path(id, "$.id").unwrap().unwrap(), "17");
        assert_eq!(store.json_path_all(id, "$.tags[*]").unwrap(), [r#""a""#, r#""b""#]);
        assert_eq!(store.regex(id, r#""id": (\d+)"#, 1).unwrap().unwrap(), "17");
        let id = store.insert(response("<html>"));
        let error = store.json_path(id, "$.id").unwrap_err();
        assert!(error.to_string().starts_with("the body is not JSON: expected value"), "{error}");
    }
}
