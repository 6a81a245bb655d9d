//! What goes wrong in a command, as the user sees it: what, why, what to do. Rendered here, once.

use std::error::Error;

use outrider_session::Exit;
pub(crate) use outrider_session::Fault;

use crate::Env;

/// A command's failure.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    faults: Vec<Fault>,
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

    pub(crate) fn print(&self, env: &Env) {
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
            if !fault.said.is_empty() {
                env.say("  it said before:");
            }
            for line in &fault.said {
                env.say(&format!("    {line}"));
            }
            if let Some(hint) = &fault.hint {
                let label = env.style_err().cyan("hint:");
                env.say(&format!("{label} {hint}"));
            }
        }
    }
}
