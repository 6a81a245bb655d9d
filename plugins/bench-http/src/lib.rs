//! One GET for each iteration and nothing else: what the host itself costs.

use outrider_sdk::{Description, Iteration, Journey, Result, User, http, json, vars};
use serde::Deserialize;

/// A user who asks for one path, again and again.
#[derive(Debug, Deserialize)]
pub struct Get {
    path: String,
}

impl Journey for Get {
    fn describe() -> Description {
        Description::new("bench-http", "Sends one GET.").parameters(json!({
            "type": "object",
            "properties": {
                "path": { "type": "string", "default": "/", "description": "What is asked for." },
            },
            "additionalProperties": false,
        }))
    }

    fn start(_user: &User) -> Result<Self> {
        vars::parameters()
    }

    fn iterate(&mut self, _iteration: &Iteration) -> Result<()> {
        http::get(self.path.as_str()).send()?;
        Ok(())
    }
}

outrider_sdk::journey!(Get);
