//! Allocates for ever, and touches what it gets.

use std::hint::black_box;

use outrider_sdk::Result;

const CHUNK_BYTES: usize = 1 << 20;

pub(super) fn allocate() -> Result<()> {
    let mut chunks = Vec::new();
    loop {
        chunks.push(black_box(vec![1_u8; CHUNK_BYTES]));
    }
}
