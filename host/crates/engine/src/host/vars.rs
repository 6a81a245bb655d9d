//! `vars`.

use outrider_capability::Happening;
use outrider_wit::v0_1::journey::outrider::plugin::vars::{Host, SecretError};
use outrider_wit::wasmtime::Result;

use crate::state::VuState;

impl Host for VuState {
    fn parameters(&mut self) -> Result<String> {
        self.tell(|debugger| Happening::Parameters { value: debugger.value(&self.run.parameters) });
        Ok(self.run.parameters.clone())
    }

    fn setup_data(&mut self) -> Result<String> {
        let value = self.run.setup_data.get().cloned().unwrap_or_else(|| "null".into());
        self.tell(|debugger| Happening::SetupData { value: debugger.value(&value) });
        Ok(value)
    }

    fn secret(&mut self, name: String) -> Result<Result<String, SecretError>> {
        let secrets = &self.run.secrets;
        self.tell(|debugger| Happening::Secret {
            name: debugger.text(&name),
            granted: secrets.get(&name).is_some(),
        });
        Ok(match secrets.get(&name) {
            Some(secret) => Ok(secret.reveal().to_owned()),
            None => Err(SecretError::NotGranted(secrets.names().map(str::to_owned).collect())),
        })
    }
}
