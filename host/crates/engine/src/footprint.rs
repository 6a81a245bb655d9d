//! What users take of this machine, and what there is of it.

use crate::EngineError;

/// Users that are replaced exist twice for a moment, and `setup` and `teardown` need an instance too.
pub(crate) const SPARE_INSTANCES: u32 = 16;

/// Linux's default for `vm.max_map_count`.
const DEFAULT_MAX_MAP_COUNT: u64 = 65_530;

/// Mappings of this program that have nothing to do with users: libraries, threads, heaps.
const OWN_MAPPINGS: u64 = 2_000;

/// 112 TiB: seven eighths of the 47 bits of address that a Linux process has on x86-64 and AArch64. The rest
/// is for everything that is not a user's.
const ADDRESS_SPACE: u64 = 7 << 44;

/// What a memory reserves of that, used or not: wasmtime's default of 4 GiB and a guard of 32 MiB.
const MEMORY_RESERVATION: u64 = (4 << 30) + (32 << 20);

/// What instances take of a machine, or what it has for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    /// Memory mappings.
    pub mappings: u64,
    /// Linear memories, each of which reserves address space, used or not.
    pub memories: u64,
}

impl Footprint {
    /// What this machine has for instances: without what the program takes for itself.
    pub fn of_this_machine() -> Footprint {
        Footprint {
            mappings: available_mappings().saturating_sub(OWN_MAPPINGS),
            memories: ADDRESS_SPACE / MEMORY_RESERVATION,
        }
    }

    /// What `count` of these take.
    #[must_use]
    pub fn times(self, count: u32) -> Footprint {
        let times = |of_one: u64| of_one.saturating_mul(u64::from(count));
        Footprint { mappings: times(self.mappings), memories: times(self.memories) }
    }

    /// What these take together.
    #[must_use]
    pub fn plus(self, other: Footprint) -> Footprint {
        Footprint {
            mappings: self.mappings.saturating_add(other.mappings),
            memories: self.memories.saturating_add(other.memories),
        }
    }

    /// What a component takes besides its users, where this is what one of them takes.
    #[must_use]
    pub fn of_spares(self) -> Footprint {
        self.times(SPARE_INSTANCES)
    }
}

/// Compares what instances need together with what the kernel allows. `name` says which components, `vus`
/// how many users.
pub(crate) fn check_room(name: &str, vus: u32, instances: Footprint) -> Result<(), EngineError> {
    let (needed, available) = (instances.mappings.saturating_add(OWN_MAPPINGS), available_mappings());
    match needed <= available {
        true => Ok(()),
        false => Err(EngineError::TooManyVus { name: name.into(), vus, needed, available }),
    }
}

/// How many memory mappings a process may have.
fn available_mappings() -> u64 {
    std::fs::read_to_string("/proc/sys/vm/max_map_count")
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(DEFAULT_MAX_MAP_COUNT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_space_holds_some_ten_thousand_memories() {
        assert_eq!(Footprint::of_this_machine().memories, 28_449, "28 Ki of 4 GiB, less the guards");
    }

    #[test]
    fn what_is_too_much_to_be_counted_is_too_much() {
        let one = Footprint { mappings: u64::MAX / 2, memories: 3 };
        let all = one.times(u32::MAX).plus(one);
        assert_eq!(all.mappings, u64::MAX);
        let refused = check_room("journey", 7, all).unwrap_err();
        assert!(matches!(refused, EngineError::TooManyVus { vus: 7, needed: u64::MAX, .. }));
    }
}
