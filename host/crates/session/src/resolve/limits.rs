//! Limits under which nothing could run.

use outrider_engine::Limits;

use crate::fault::Faults;
use crate::{Fault, Places};

/// Memory of guests comes in pages of 64 KiB (WebAssembly core specification, §4.2.8): with less there is none.
const PAGE_BYTES: usize = 64 * 1024;

/// The limits as they were asked for. One that would let nothing run is a fault, and the default stands in for it: what
/// the journeys say of themselves is wanted all the same.
pub(super) fn sound(asked: Limits, places: &Places, faults: &mut Faults) -> Limits {
    let (mut limits, default) = (asked, Limits::default());
    if asked.cpu_time.is_zero() {
        limits.cpu_time = default.cpu_time;
        faults.push(
            Fault::new("an iteration without CPU time could do nothing")
                .at(places.of("limits.cpu"))
                .hint("--max-cpu 2s is the default"),
        );
    }
    if asked.iteration_timeout.is_zero() {
        limits.iteration_timeout = default.iteration_timeout;
        faults.push(
            Fault::new("an iteration that may take no time could do nothing")
                .at(places.of("limits.iteration_timeout"))
                .hint("--iteration-timeout 10m is the default"),
        );
    }
    if asked.memory_bytes < PAGE_BYTES {
        limits.memory_bytes = default.memory_bytes;
        faults.push(
            Fault::new(format!("a user with {} bytes of memory could not be made", asked.memory_bytes))
                .at(places.of("limits.memory"))
                .hint("at least 64KiB; --max-memory 128MiB is the default"),
        );
    }
    limits
}
