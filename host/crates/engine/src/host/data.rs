//! `data`.

use outrider_capability::DataError as Fault;
use outrider_wit::v0_1::journey::outrider::plugin::data::{DataError, Host};
use outrider_wit::wasmtime::Result;

use crate::state::VuState;

impl Host for VuState {
    fn row(&mut self, name: String) -> Result<Result<String, DataError>> {
        let row = self.run.data.row(&name, self.asks_for_row()).map(str::to_owned);
        self.data_exhausted |= matches!(row, Err(Fault::Exhausted { .. }));
        Ok(row.map_err(|fault| translate(self, fault)))
    }

    fn count(&mut self, name: String) -> Result<Result<u64, DataError>> {
        Ok(self.run.data.len(&name).map_err(|fault| translate(self, fault)))
    }
}

fn translate(state: &VuState, fault: Fault) -> DataError {
    match fault {
        Fault::Unknown { .. } => DataError::Unknown(state.run.data.names().map(str::to_owned).collect()),
        Fault::Exhausted { rows, .. } => DataError::Exhausted(rows),
        other => DataError::Other(other.to_string()),
    }
}
