//! What keeps the load from being made, and whose fault it is.

use outrider_engine::PluginFault;
use outrider_model::FailureCause;

use crate::{Exit, Fault};

/// Something that ends a run, or does not let it begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakdown {
    /// Whose fault.
    pub cause: FailureCause,
    /// What happened.
    pub message: String,
    /// Where, in the author's source.
    pub stack: Option<String>,
    /// The last lines that the journey printed or logged before.
    pub said: Vec<String>,
    /// The assertion pack that broke, if it was not the journey.
    pub pack: Option<Box<str>>,
}

impl Breakdown {
    /// Whose fault it was, for the title of a [`fault`](Breakdown::fault). `journey` is the journey that did not
    /// go on, as faults name it.
    pub fn who(&self, journey: &str) -> String {
        match self.cause {
            FailureCause::Target => "the target failed".to_owned(),
            FailureCause::Plugin if self.pack.is_some() => "an assertion pack broke".to_owned(),
            FailureCause::Plugin => format!("{journey} broke"),
            FailureCause::Generator => "this machine failed".to_owned(),
        }
    }

    /// Whose fault it was that a call of the journey's broke, as `the journey broke in setup`. `journey` is named
    /// where there are several.
    pub fn who_in(&self, call: &str, journey: Option<&str>) -> String {
        match (journey, self.cause) {
            (None, _) => format!("{} in {call}", self.who("the journey")),
            (Some(journey), FailureCause::Plugin) => format!("{} in {call}", self.who(journey)),
            (Some(journey), _) => format!("{} in {call} of {journey}", self.who(journey)),
        }
    }

    /// The fault to show, with this title.
    pub fn fault(&self, title: impl Into<String>) -> Fault {
        let fault = Fault::new(title).cause(self.message.clone());
        fault.stack(self.stack.as_deref()).said(self.said.clone())
    }

    /// The fault to show where an assertion pack could not say what it is.
    pub fn fault_of_pack(&self, pack: &str) -> Fault {
        self.fault(match self.cause {
            FailureCause::Generator => {
                format!("this machine failed in describe of the assertion pack '{pack}'")
            }
            FailureCause::Target | FailureCause::Plugin => {
                format!("the assertion pack '{pack}' broke in describe")
            }
        })
    }

    /// The exit code of a program that could do nothing else.
    pub fn exit(&self) -> Exit {
        match self.cause {
            FailureCause::Target => Exit::TargetFailed,
            FailureCause::Plugin => Exit::PluginBroken,
            FailureCause::Generator => Exit::Unexpected,
        }
    }
}

impl From<PluginFault> for Breakdown {
    fn from(fault: PluginFault) -> Breakdown {
        let PluginFault { cause, message, stack, said, pack, .. } = fault;
        Breakdown { cause, message, stack, said, pack: pack.as_deref().map(Box::from) }
    }
}
