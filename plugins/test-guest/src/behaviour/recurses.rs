//! Calls itself until the stack ends.

use std::hint::black_box;

use outrider_sdk::{Result, ensure};

pub(super) fn recurse() -> Result<()> {
    let depth = descend(black_box(1));
    ensure!(depth == 0, "the stack has no end");
    Ok(())
}

#[expect(unconditional_recursion, reason = "that is what it is for")]
fn descend(depth: u64) -> u64 {
    // A use after the call, or it would be a loop.
    black_box(descend(black_box(depth + 1))) + depth
}
