//! `random`.

use outrider_capability::Happening;
use outrider_wit::v0_1::journey::outrider::plugin::random::Host;
use outrider_wit::wasmtime::{Error, Result};

use crate::state::VuState;

impl Host for VuState {
    fn float(&mut self) -> Result<f64> {
        let value = self.random.float();
        drawn(self, || "float()".into(), || value.to_string());
        Ok(value)
    }

    fn between(&mut self, low: i64, high: i64) -> Result<i64> {
        let (low, high) = (low.min(high), low.max(high));
        // The distance of two i64 fits a u64; one more only overflows for the whole range.
        let offset = match high.wrapping_sub(low).cast_unsigned().checked_add(1) {
            Some(count) => self.random.below(count),
            None => self.random.next_u64(),
        };
        let value = low.wrapping_add_unsigned(offset);
        drawn(self, || format!("between({low}, {high})"), || value.to_string());
        Ok(value)
    }

    fn exponential(&mut self, mean: f64) -> Result<f64> {
        let value = self.random.exponential(mean).map_err(Error::new)?;
        drawn(self, || format!("exponential({mean})"), || value.to_string());
        Ok(value)
    }

    fn normal(&mut self, mean: f64, standard_deviation: f64) -> Result<f64> {
        let value = self.random.normal(mean, standard_deviation).map_err(Error::new)?;
        drawn(self, || format!("normal({mean}, {standard_deviation})"), || value.to_string());
        Ok(value)
    }

    fn text(&mut self, len: u32, alphabet: String) -> Result<String> {
        let value = self.random.text(len as usize, &alphabet).map_err(Error::new)?;
        drawn(self, || format!("text({len}, {alphabet:?})"), || value.clone());
        Ok(value)
    }

    fn bytes(&mut self, len: u32) -> Result<Vec<u8>> {
        let value = self.random.bytes(len as usize).map_err(Error::new)?;
        drawn(self, || format!("bytes({len})"), || format!("{} bytes", value.len()));
        Ok(value)
    }

    fn uuid(&mut self) -> Result<String> {
        let value = self.random.uuid();
        drawn(self, || "uuid()".into(), || value.clone());
        Ok(value)
    }
}

fn drawn(state: &VuState, of: impl FnOnce() -> String, value: impl FnOnce() -> String) {
    state.tell(|debugger| Happening::Random { of: debugger.text(&of()), value: debugger.value(&value()) });
}
