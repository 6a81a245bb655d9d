//! Scripted answers, and what was asked for.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use outrider_capability::{Answerer, AskedRequest, Scripted, ScriptedFailure};
use outrider_plan::RequestPattern;

use super::pattern::{Asked, Conditions};

/// An answer that requests may get.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// Its table in the file, for faults: `answer[2]`, and where that stands.
    pub(super) title: String,
    pub(super) request: RequestPattern,
    pub(super) conditions: Conditions,
    pub(super) given: Scripted,
    /// How often it may be given yet; any number of times without one.
    pub(super) times: Option<u32>,
}

/// A request that had no answer, and why.
#[derive(Clone, Debug)]
pub(super) struct Unexpected {
    pub(super) request: String,
    pub(super) nearest: Option<String>,
}

/// What was asked for so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    pub(super) asked: Vec<Asked>,
    pub(super) unexpected: Vec<Unexpected>,
}

/// Answers by a script.
#[derive(Debug)]
pub(super) struct Script {
    /// Scheme, host and port of the target, as its URLs begin.
    origin: String,
    state: Mutex<(Vec<Answer>, Heard)>,
}

impl Script {
    /// `target` is the base URL.
    pub(super) fn new(origin: String, answers: Vec<Answer>) -> Script {
        Script { origin, state: Mutex::new((answers, Heard::default())) }
    }

    /// What was asked for.
    pub(super) fn heard(&self) -> Heard {
        self.lock().1.clone()
    }

    fn lock(&self) -> MutexGuard<'_, (Vec<Answer>, Heard)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asked(&self, request: AskedRequest<'_>) -> Asked {
        let url = request.url;
        let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
        let target = match url.origin().ascii_serialization() == self.origin {
            true => format!("{}{query}", url.path()),
            false => format!("{}{}{query}", url.origin().ascii_serialization(), url.path()),
        };
        let (headers, body) = (request.header_fields(), request.body.to_vec());
        Asked { method: request.method.to_owned(), target, headers, body }
    }
}

impl Answerer for Script {
    fn answer(&self, request: AskedRequest<'_>) -> Scripted {
        let asked = self.asked(request);
        let mut state = self.lock();
        let (answers, heard) = &mut *state;
        heard.asked.push(asked.clone());
        if let Some(answer) = answers.iter_mut().find(|answer| answer.is_for(&asked)) {
            answer.times = answer.times.map(|times| times - 1);
            return answer.given.clone();
        }
        let nearest = nearest(answers, &asked);
        heard.unexpected.push(Unexpected { request: asked.name(), nearest });
        let reason = format!("no answer of the test is for {}", asked.name());
        Scripted::Failure { after: Duration::ZERO, failure: ScriptedFailure::Unexpected(reason) }
    }
}

impl Answer {
    fn is_for(&self, asked: &Asked) -> bool {
        self.mismatch(asked).is_none()
    }

    /// Why it is none for a request: how near it comes, and the reason.
    fn mismatch(&self, asked: &Asked) -> Option<(usize, String)> {
        let (method, target) = (asked.has_method(&self.request), asked.has_target(&self.request));
        if method && target {
            if let Some((wanted, found)) = self.conditions.unmet(asked) {
                return Some((3, format!("it wants {wanted}; the request has {found}")));
            }
            return (self.times == Some(0)).then(|| (4, "it was given as often as it may be".to_owned()));
        }
        match target {
            true => Some((2, "another method".to_owned())),
            false => Some((usize::from(method), "another path".to_owned())),
        }
    }
}

/// The answer that comes nearest, in words.
fn nearest(answers: &[Answer], asked: &Asked) -> Option<String> {
    let mismatches = answers.iter().filter_map(|answer| Some((answer, answer.mismatch(asked)?)));
    let rank = |(answer, (rank, _)): &(&Answer, (usize, String))| {
        (*rank, common_prefix(&answer.request.target, &asked.target))
    };
    // Of several that are as near, the first.
    let (answer, (_, why)) = mismatches.rev().max_by_key(rank)?;
    Some(format!("{} '{}': {why}", answer.title, answer.request))
}

fn common_prefix(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count()
}

/// Answers one after the other, whatever is asked for.
#[derive(Debug)]
pub(super) struct Sequence(Mutex<std::vec::IntoIter<Scripted>>);

impl Sequence {
    pub(super) fn new(answers: Vec<Scripted>) -> Sequence {
        Sequence(Mutex::new(answers.into_iter()))
    }
}

impl Answerer for Sequence {
    fn answer(&self, _: AskedRequest<'_>) -> Scripted {
        let next = self.0.lock().unwrap_or_else(PoisonError::into_inner).next();
        next.unwrap_or_else(|| {
            let failure = ScriptedFailure::Unexpected("all exchanges were made".to_owned());
            Scripted::Failure { after: Duration::ZERO, failure }
        })
    }
}
