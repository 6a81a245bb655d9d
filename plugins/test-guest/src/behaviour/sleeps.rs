//! Prints a line without an end, and waits.

use std::io::{Write, stdout};
use std::time::Duration;

use outrider_sdk::{Result, clock};

pub(super) fn sleep(sleep_ms: u64) -> Result<()> {
    write!(stdout(), "about to sleep")?;
    stdout().flush()?;
    clock::sleep(Duration::from_millis(sleep_ms));
    Ok(())
}
