//! Loops for ever without a call of the host.

use outrider_sdk::Result;

pub(super) fn spin() -> Result<()> {
    loop {
        std::hint::spin_loop();
    }
}
