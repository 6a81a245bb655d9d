//! The numbers of the words of one batch, by where their text is.

use std::collections::HashMap;

/// A power of two; half of them stay empty.
const SLOTS: usize = 1 << BITS;
const BITS: u32 = 10;

const EMPTY: u32 = u32::MAX;

/// 2^64 divided by the golden ratio: multiplied by it, bits of all places reach the highest (Knuth, The Art of Computer
/// Programming, volume 3, 6.4).
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// A hash table of fixed size with linear probing, small enough to stay in the first cache. A batch with more words than
/// fit keeps the others in a slower one.
pub(super) struct ViewIds {
    slots: Box<[Slot; SLOTS]>,
    used: usize,
    more: HashMap<u128, u32>,
}

#[derive(Clone, Copy)]
struct Slot {
    view: u128,
    id: u32,
}

impl ViewIds {
    pub(super) fn new() -> ViewIds {
        ViewIds { slots: Box::new([Slot { view: 0, id: EMPTY }; SLOTS]), used: 0, more: HashMap::new() }
    }

    /// The number of a view, which is looked up if it was not seen yet. It is asked in every row.
    #[inline(always)]
    pub(super) fn id(&mut self, view: u128, look_up: impl FnOnce() -> u32) -> u32 {
        let folded = (view >> 64) as u64 ^ (view as u64).rotate_left(32);
        let mut place = (folded.wrapping_mul(GOLDEN) >> (64 - BITS)) as usize;
        loop {
            let slot = &self.slots[place % SLOTS];
            if slot.view == view && slot.id != EMPTY {
                return slot.id;
            }
            if slot.id == EMPTY {
                return self.id_elsewhere(place % SLOTS, view, look_up);
            }
            place += 1;
        }
    }

    /// Of a view that is in no slot.
    #[cold]
    fn id_elsewhere(&mut self, place: usize, view: u128, look_up: impl FnOnce() -> u32) -> u32 {
        if self.used == SLOTS / 2 {
            return *self.more.entry(view).or_insert_with(look_up);
        }
        let id = look_up();
        self.slots[place] = Slot { view, id };
        self.used += 1;
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_looked_up_once_however_many_there_are() {
        let mut ids = ViewIds::new();
        let mut asked = 0;
        for _ in 0..2 {
            for number in 0..2_000_u32 {
                // Text of twenty bytes in a buffer: length, first bytes, buffer, offset.
                let view = u128::from(number * 20) << 96 | 0x2f_u128 << 32 | 20;
                let found = ids.id(view, || {
                    asked += 1;
                    number
                });
                assert_eq!(found, number);
            }
        }
        assert_eq!(asked, 2_000);
    }
}
