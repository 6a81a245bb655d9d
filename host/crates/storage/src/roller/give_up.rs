//! Whether anybody still wants to wait for a far store.

use std::sync::Arc;

use tokio::sync::watch;

/// Ends a roller's waiting for a far store, from outside: what is not put by then stays in the write-ahead log. A folder
/// of this machine is waited for all the same: it takes what it gets, or fails. Clones are the same switch.
#[derive(Clone, Debug, Default)]
pub struct GiveUp(Arc<watch::Sender<bool>>);

impl GiveUp {
    /// Nobody waits any longer.
    pub fn now(&self) {
        self.0.send_replace(true);
    }

    /// Whether that was said.
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Ready when it is said.
    pub(super) async fn asked(&self) {
        // The sender lives as long as this does.
        drop(self.0.subscribe().wait_for(|asked| *asked).await);
    }
}
