//! What series are told apart by, as the registry keeps it.

use std::sync::Arc;

use outrider_telemetry::OTHER_NAME;

use super::family::Labels;
use super::label;
use super::series::Key;

/// How a step, a check or a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Ending {
    Ok,
    Failed,
    Interrupted,
}

impl Ending {
    pub(super) fn of(ok: bool, interrupted: bool) -> Ending {
        match (interrupted, ok) {
            (true, _) => Ending::Interrupted,
            (false, true) => Ending::Ok,
            (false, false) => Ending::Failed,
        }
    }

    fn word(self) -> Arc<str> {
        match self {
            Ending::Ok => "ok",
            Ending::Failed => "failed",
            Ending::Interrupted => "interrupted",
        }
        .into()
    }
}

fn other() -> Arc<str> {
    OTHER_NAME.into()
}

/// Exchanges.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RequestKey {
    pub(super) scenario: Arc<str>,
    pub(super) name: Arc<str>,
    pub(super) method: Arc<str>,
    pub(super) status: Option<u16>,
    pub(super) error: Option<Arc<str>>,
    pub(super) ending: Ending,
    pub(super) host: Arc<str>,
    pub(super) port: u16,
}

impl Key for RequestKey {
    fn other() -> RequestKey {
        RequestKey {
            scenario: other(),
            name: other(),
            method: other(),
            status: None,
            error: None,
            ending: Ending::Ok,
            host: other(),
            port: 0,
        }
    }
}

impl RequestKey {
    /// Without how it ended, which of a histogram `error` says.
    pub(super) fn labels(&self) -> Labels {
        let text = |status: u16| status.to_string().into();
        Labels(vec![
            (&label::SCENARIO, Arc::clone(&self.scenario)),
            (&label::NAME, Arc::clone(&self.name)),
            (&label::METHOD, Arc::clone(&self.method)),
            (&label::STATUS, self.status.map_or_else(|| "".into(), text)),
            (&label::ERROR, self.error.clone().unwrap_or_else(|| "".into())),
            (&label::HOST, Arc::clone(&self.host)),
            (&label::PORT, if self.port == 0 { "".into() } else { text(self.port) }),
        ])
    }

    pub(super) fn with_ending(&self) -> Labels {
        let Labels(mut labels) = self.labels();
        labels.insert(2, (&label::RESULT, self.ending.word()));
        Labels(labels)
    }
}

/// Iterations by how they ended and whose fault it was.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct IterationKey {
    pub(super) scenario: Arc<str>,
    pub(super) outcome: &'static str,
    pub(super) cause: &'static str,
}

impl Key for IterationKey {
    fn other() -> IterationKey {
        IterationKey { scenario: other(), outcome: OTHER_NAME, cause: "" }
    }
}

impl IterationKey {
    pub(super) fn labels(&self) -> Labels {
        Labels(vec![
            (&label::SCENARIO, Arc::clone(&self.scenario)),
            (&label::OUTCOME, self.outcome.into()),
            (&label::CAUSE, self.cause.into()),
        ])
    }
}

/// A scenario, and something in it that has a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct NamedKey {
    pub(super) scenario: Arc<str>,
    pub(super) name: Arc<str>,
    pub(super) ending: Ending,
}

impl Key for NamedKey {
    fn other() -> NamedKey {
        NamedKey { scenario: other(), name: other(), ending: Ending::Ok }
    }
}

impl NamedKey {
    pub(super) fn labels(&self, name: &'static label::Label) -> Labels {
        Labels(vec![(&label::SCENARIO, Arc::clone(&self.scenario)), (name, Arc::clone(&self.name))])
    }

    pub(super) fn with_ending(&self, name: &'static label::Label) -> Labels {
        let Labels(mut labels) = self.labels(name);
        labels.push((&label::RESULT, self.ending.word()));
        Labels(labels)
    }

    /// The values of a rate: ones are yes.
    pub(super) fn with_value(&self) -> Labels {
        let Labels(mut labels) = self.labels(&label::METRIC);
        labels.push((&label::VALUE, if self.ending == Ending::Ok { "true" } else { "false" }.into()));
        Labels(labels)
    }
}

/// Checks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct CheckKey {
    pub(super) scenario: Arc<str>,
    pub(super) pack: Arc<str>,
    pub(super) name: Arc<str>,
    pub(super) passed: bool,
}

impl Key for CheckKey {
    fn other() -> CheckKey {
        CheckKey { scenario: other(), pack: other(), name: other(), passed: true }
    }
}

impl CheckKey {
    pub(super) fn labels(&self) -> Labels {
        Labels(vec![
            (&label::SCENARIO, Arc::clone(&self.scenario)),
            (&label::PACK, Arc::clone(&self.pack)),
            (&label::CHECK, Arc::clone(&self.name)),
            (&label::RESULT, if self.passed { "passed" } else { "failed" }.into()),
        ])
    }
}

impl Key for Arc<str> {
    fn other() -> Arc<str> {
        other()
    }
}

impl Key for &'static str {
    fn other() -> &'static str {
        OTHER_NAME
    }
}
