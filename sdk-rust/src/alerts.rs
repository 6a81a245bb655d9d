//! How people are told that a monitor fails: the trait [`AlertChannel`] and the macro
//! [`alert_channel!`](crate::alert_channel!).
//!
//! ```
//! use outrider_sdk::alerts::{Alert, DeliveryError, Description, accepted};
//! use outrider_sdk::{AlertChannel, Result, http, json};
//!
//! /// A web hook that takes a text.
//! struct Chat;
//!
//! impl AlertChannel for Chat {
//!     fn describe() -> Description {
//!         Description::new("chat", "Tells a room of the chat.")
//!     }
//!
//!     fn start() -> Result<Self> {
//!         Ok(Self)
//!     }
//!
//!     fn deliver(&mut self, alert: &Alert) -> Result<(), DeliveryError> {
//!         let text = format!("{}: {}", alert.monitor, alert.summary);
//!         accepted(&http::post("/hook").json(&json!({ "text": text })).send()?)
//!     }
//! }
//!
//! outrider_sdk::alert_channel!(Chat);
//! ```

mod alert;
mod delivery;
#[doc(hidden)]
pub mod export;

use serde_json::Value;

use crate::Result;

pub use alert::{Alert, AlertKind, Location};
pub use delivery::{DeliveryError, accepted};

/// Tells people of alerts.
pub trait AlertChannel: Sized + 'static {
    /// Says what the channel is. Called first; without network.
    fn describe() -> Description;

    /// Called once for each instance; the place to read parameters.
    fn start() -> Result<Self>;

    /// Delivers an alert. After [`DeliveryError::TryAgain`] it is called again, some time later, with the same one.
    /// It may take a minute.
    fn deliver(&mut self, alert: &Alert) -> Result<(), DeliveryError>;
}

/// What a channel is.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a description is for the host: return it from `describe`"]
pub struct Description {
    name: String,
    description: String,
    parameters: Option<Value>,
}

impl Description {
    /// A channel with this name, and one sentence about whom it tells.
    pub fn new(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self { name: name.into(), description: description.into(), parameters: None }
    }

    /// Sets the JSON Schema of the parameters: an object, whose properties' defaults the host fills in.
    pub fn parameters(self, schema: Value) -> Self {
        Self { parameters: Some(schema), ..self }
    }

    fn into_wit(self) -> export::wit::Description {
        export::wit::Description {
            name: self.name,
            description: self.description,
            parameters: self.parameters.map(|schema| schema.to_string()),
        }
    }
}

/// Makes an [`AlertChannel`](trait@crate::AlertChannel) the component's. Once in a crate, in the crate's root.
#[macro_export]
macro_rules! alert_channel {
    ($channel:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use $crate::__private::channel_export::{self as export, Guest, wit};

            struct Component;

            ::std::thread_local! {
                static CHANNEL: export::ChannelCell<$channel> = const { export::ChannelCell::new() };
            }

            impl Guest for Component {
                fn describe() -> wit::Description {
                    export::describe::<$channel>()
                }

                fn start() -> ::std::result::Result<(), wit::Failure> {
                    CHANNEL.with(|cell| cell.start())
                }

                fn deliver(alert: wit::Alert) -> ::std::result::Result<(), wit::DeliveryError> {
                    CHANNEL.with(|cell| cell.deliver(alert))
                }
            }

            $crate::__private::alert_channel::export_alert_channel!(
                Component with_types_in $crate::__private::alert_channel
            );
        };

        // Elsewhere (unit tests, an editor's check) there is nothing to export, and the type is checked.
        #[cfg(not(target_arch = "wasm32"))]
        const _: fn() -> $crate::alerts::Description = <$channel as $crate::AlertChannel>::describe;
    };
}
