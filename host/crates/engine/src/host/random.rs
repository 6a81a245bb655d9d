//! `random`.

use outrider_wit::v0_1::journey::outrider::plugin::random::Host;
use outrider_wit::wasmtime::{Error, Result};

use crate::state::VuState;

impl Host for VuState {
    fn float(&mut self) -> Result<f64> {
        Ok(self.random.float())
    }

    fn between(&mut self, low: i64, high: i64) -> Result<i64> {
        let (low, high) = (low.min(high), low.max(high));
        // The distance of two i64 fits a u64; one more only overflows for the whole range.
        let offset = match high.wrapping_sub(low).cast_unsigned().checked_add(1) {
            Some(count) => self.random.below(count),
            None => self.random.next_u64(),
        };
        Ok(low.wrapping_add_unsigned(offset))
    }

    fn exponential(&mut self, mean: f64) -> Result<f64> {
        self.random.exponential(mean).map_err(Error::new)
    }

    fn normal(&mut self, mean: f64, standard_deviation: f64) -> Result<f64> {
        self.random.normal(mean, standard_deviation).map_err(Error::new)
    }

    fn text(&mut self, len: u32, alphabet: String) -> Result<String> {
        self.random.text(len as usize, &alphabet).map_err(Error::new)
    }

    fn bytes(&mut self, len: u32) -> Result<Vec<u8>> {
        self.random.bytes(len as usize).map_err(Error::new)
    }

    fn uuid(&mut self) -> Result<String> {
        Ok(self.random.uuid())
    }
}
