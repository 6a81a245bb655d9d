//! What goes wrong in a command, as the user sees it: what, why, what to do. Rendered here, once.

use std::error::Error;

use crate::Env;
use outrider_session::Exit;

/// A command's failure.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    faults: Vec<Fault>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) message: String,
    pub(crate) causes: Vec<String>,
    pub(crate) hint: Option<String>,
}

impl Fault {
    pub(crate) fn new(message: impl Into<String>) -> Fault {
        Fault { message: message.into(), causes: Vec::new(), hint: None }
    }

    /// An error with its sources as causes.
    pub(crate) fn of(error: &dyn Error) -> Fault {
        let mut causes = Vec::new();
        let mut source = error.source();
        while let Some(cause) = source {
            causes.push(cause.to_string());
            source = cause.source();
        }
        Fault { message: error.to_string(), causes, hint: None }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Fault {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn maybe_hint(mut self, hint: Option<String>) -> Fault {
        self.hint = hint;
        self
    }

    /// Lines of more detail, for example a stack.
    pub(crate) fn cause(mut self, cause: impl Into<String>) -> Fault {
        self.causes.push(cause.into());
        self
    }
}

impl Failure {
    pub(crate) fn new(exit: Exit, fault: Fault) -> Failure {
        Failure { exit, faults: vec![fault] }
    }

    /// All faults of one thing, at once.
    pub(crate) fn all(exit: Exit, faults: Vec<Fault>) -> Failure {
        Failure { exit, faults }
    }

    pub(crate) fn invalid(fault: Fault) -> Failure {
        Failure::new(Exit::Invalid, fault)
    }

    pub(crate) fn unexpected(error: &dyn Error) -> Failure {
        Failure::new(Exit::Unexpected, Fault::of(error))
    }

    pub(crate) fn print(&self, env: &mut Env) {
        for fault in &self.faults {
            let label = env.style_err().red("error:");
            env.say(&format!("{label} {}", fault.message));
            for cause in &fault.causes {
                let mut lines = cause.lines();
                env.say(&format!("  caused by: {}", lines.next().unwrap_or_default()));
                for line in lines {
                    env.say(&format!("    {line}"));
                }
            }
            if let Some(hint) = &fault.hint {
                let label = env.style_err().cyan("hint:");
                env.say(&format!("{label} {hint}"));
            }
        }
    }
}
