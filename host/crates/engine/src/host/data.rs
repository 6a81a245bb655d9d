//! `data`.

use outrider_capability::{DataError as Fault, Happening};
use outrider_wit::v0_1::journey::outrider::plugin::data::{DataError, Host};
use outrider_wit::wasmtime::Result;

use crate::state::VuState;

impl Host for VuState {
    fn row(&mut self, name: String) -> Result<Result<String, DataError>> {
        let row = self.run.data.row(&name, self.asks_for_row()).map(str::to_owned);
        self.data_exhausted |= matches!(row, Err(Fault::Exhausted { .. }));
        self.tell(|debugger| Happening::DataRow {
            data: debugger.text(&name),
            row: self.run.data.place(&name, self.asks_for_row()).map(|place| place + 1),
            rows: self.run.data.len(&name).ok(),
            fields: row.as_deref().ok().map(|row| debugger.value(row)),
            error: row.as_ref().err().map(|fault| debugger.text(&fault.to_string())),
        });
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
