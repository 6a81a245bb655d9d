//! What a witness of a user's exchanges needs: the answers for a while, and what an exchange without an
//! answer was.

use std::sync::Arc;

use super::HttpClient;
use crate::http::HttpRequest;
use crate::http::agent::subject_of;

/// What an exchange is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeName {
    /// The label under which it is counted.
    pub label: Arc<str>,
    /// The method, upper case.
    pub method: Arc<str>,
    /// The URL, without user, password and fragment.
    pub url: Arc<str>,
}

impl HttpClient {
    /// Lends this client's answers to another one, or takes them back: the two change places.
    pub fn exchange_answers_with(&mut self, other: &mut HttpClient) {
        std::mem::swap(&mut self.responses, &mut other.responses);
    }

    /// What the first exchange of a request is called, for one that has no answer to tell it.
    pub fn name_of(&self, request: &HttpRequest) -> ExchangeName {
        let subject = subject_of(&self.agent, request);
        ExchangeName { label: subject.name, method: subject.method, url: subject.url }
    }
}
