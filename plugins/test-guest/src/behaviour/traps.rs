//! Executes `unreachable` without a word, two calls deep, so that a trace has names to show.

use outrider_sdk::Result;

pub(super) fn trap() -> Result<()> {
    outer()
}

#[inline(never)]
fn outer() -> Result<()> {
    inner()
}

#[inline(never)]
#[cfg(target_arch = "wasm32")]
fn inner() -> ! {
    core::arch::wasm32::unreachable()
}

#[inline(never)]
#[cfg(not(target_arch = "wasm32"))]
fn inner() -> ! {
    std::process::abort()
}
