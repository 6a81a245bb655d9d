//! Between the component's exports and the trait. Called by the code that `alert_channel!` writes.

use std::cell::RefCell;

use super::{Alert, AlertChannel, DeliveryError};
use crate::{Error, panic};

pub use crate::bindings::alert_channel::exports::outrider::plugin::alerts::Guest;

/// The contract's types, under one name.
pub mod wit {
    pub use crate::bindings::alert_channel::exports::outrider::plugin::alerts::{
        Alert, AlertKind, DeliveryError, Description, Location,
    };
    pub use crate::bindings::imports::types::Failure;
}

/// Holds the one channel of an instance.
#[derive(Debug)]
pub struct ChannelCell<C>(RefCell<Option<C>>);

impl<C: AlertChannel> ChannelCell<C> {
    /// No channel yet.
    #[expect(clippy::new_without_default, reason = "a thread-local needs a constant")]
    pub const fn new() -> Self {
        Self(RefCell::new(None))
    }

    /// Makes the channel.
    pub fn start(&self) -> Result<(), wit::Failure> {
        panic::install_hook();
        let channel = C::start().map_err(Error::into_wit)?;
        self.0.replace(Some(channel));
        Ok(())
    }

    /// Delivers an alert.
    pub fn deliver(&self, alert: wit::Alert) -> Result<(), wit::DeliveryError> {
        let mut channel = self.0.borrow_mut();
        let channel = channel.as_mut().expect("the host starts a channel before it gives it an alert");
        channel.deliver(&Alert::from_wit(alert)).map_err(DeliveryError::into_wit)
    }
}

/// The channel's description.
pub fn describe<C: AlertChannel>() -> wit::Description {
    panic::install_hook();
    C::describe().into_wit()
}
