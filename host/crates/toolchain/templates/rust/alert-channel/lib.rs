//! {{name}}: posts each alert to a web hook.

use outrider_sdk::alerts::{Alert, DeliveryError, Description, accepted};
use outrider_sdk::{AlertChannel, Result, http, json, vars};
use serde::Deserialize;

/// The channel, with its parameters.
#[derive(Debug, Deserialize)]
pub struct Hook {
    path: String,
}

impl AlertChannel for Hook {
    fn describe() -> Description {
        Description::new("{{name}}", "Tells a web hook.").parameters(json!({
            "type": "object",
            "properties": {
                "path": { "type": "string", "default": "/", "description": "The web hook's path at the target." },
            },
        }))
    }

    fn start() -> Result<Self> {
        vars::parameters()
    }

    fn deliver(&mut self, alert: &Alert) -> Result<(), DeliveryError> {
        let text = format!("{} {}: {}", alert.monitor, alert.kind.word(), alert.summary);
        accepted(&http::post(&self.path).json(&json!({ "text": text })).send()?)
    }
}

outrider_sdk::alert_channel!(Hook);
