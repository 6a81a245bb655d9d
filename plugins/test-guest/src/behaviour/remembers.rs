//! Checks that what `setup` returned is its own journey's.

use outrider_sdk::serde_json::Value;
use outrider_sdk::{Result, check, vars};

pub(super) fn remember(mark: &str) -> Result<()> {
    let prepared: Value = vars::setup_data()?;
    check::that("set-up data are those of this journey").actual(&prepared["mark"]).equals(mark);
    Ok(())
}
