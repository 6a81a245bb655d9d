//! A C compiler: ring and zstd are partly written in C.

use std::process::Command;

use anyhow::{Context, Result};

use super::apt;
use crate::command::succeeds;

pub(super) fn ensure() -> Result<()> {
    if works() {
        return Ok(());
    }
    apt::install(&["build-essential"]).context("no C compiler `cc` was found; ring and zstd need one")
}

fn works() -> bool {
    succeeds(Command::new("cc").arg("--version"))
}
