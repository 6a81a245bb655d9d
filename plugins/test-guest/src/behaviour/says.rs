//! Prints to both streams, logs, and fails.

use std::io::{Write, stderr, stdout};

use outrider_sdk::{Result, log};

use crate::parameters::Kind;

pub(super) fn say(kind: Kind) -> Result<()> {
    writeln!(stdout(), "said to standard output")?;
    writeln!(stderr(), "said to standard error")?;
    log::info!("said to the log");
    super::fails::fail(kind, 0)
}
