//! The target as rustup brings it.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use super::GuestToolchain;
use crate::command::run_bounded;

/// The download is 25 MB; a machine that has not got it by then is one that cannot download.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(180);

pub(super) fn add_target() -> Result<GuestToolchain> {
    let mut rustup = Command::new("rustup");
    // The toolchain that called this program is the one that lacks the target: RUSTUP_TOOLCHAIN names it.
    rustup.args(["target", "add", "wasm32-wasip2"]).env("RUSTUP_MAX_RETRIES", "1");
    run_bounded(&mut rustup, DOWNLOAD_LIMIT, "rustup target add wasm32-wasip2, where the network allows it")?;
    let toolchain = GuestToolchain::ordinary();
    if !toolchain.works() {
        bail!("rustup added wasm32-wasip2, but `rustc` on the PATH does not find it: is it rustup's?");
    }
    Ok(toolchain)
}
