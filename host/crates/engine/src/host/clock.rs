//! `clock`.

use std::time::Duration;

use outrider_capability::Happening;
use outrider_wit::v0_1::journey::outrider::plugin::clock::{Host, Timestamp};
use outrider_wit::wasmtime::Result;

use crate::state::VuState;

impl Host for VuState {
    fn now(&mut self) -> Result<Timestamp> {
        Ok(u64::try_from(self.run.clock.now().0).unwrap_or(0))
    }

    fn elapsed(&mut self) -> Result<u64> {
        Ok(u64::try_from(self.run.clock.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }

    async fn sleep(&mut self, duration: u64) -> Result<()> {
        let duration = Duration::from_nanos(duration);
        let skipped = self.run.skips_waits;
        self.tell(|_| Happening::Wait { duration_ms: Happening::milliseconds(duration), skipped });
        self.leave_guest()?;
        self.http.rest();
        match skipped {
            true => tokio::task::yield_now().await,
            false => tokio::time::sleep(duration).await,
        }
        self.enter_guest();
        Ok(())
    }
}
