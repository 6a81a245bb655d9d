//! Waits.

use std::time::Duration;

use outrider_sdk::{Result, clock};

pub(super) fn sleep(sleep_ms: u64) -> Result<()> {
    clock::sleep(Duration::from_millis(sleep_ms));
    Ok(())
}
