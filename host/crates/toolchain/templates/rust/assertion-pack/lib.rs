//! {{name}}: no answer is an error of the server, and none takes too long.

use outrider_sdk::assertions::{Description, Exchange};
use outrider_sdk::{AssertionPack, Result, Verdict, json, vars};
use serde::Deserialize;

/// The pack, with its parameters.
#[derive(Debug, Deserialize)]
pub struct Pack {
    highest_status: u16,
}

impl AssertionPack for Pack {
    fn describe() -> Description {
        Description::new("{{name}}", "No answer is an error of the server.").exchanges().parameters(json!({
            "type": "object",
            "properties": {
                "highest_status": {
                    "type": "integer",
                    "default": 499,
                    "description": "The highest status that is no fault.",
                },
            },
        }))
    }

    fn start() -> Result<Self> {
        vars::parameters()
    }

    fn check_exchange(&mut self, exchange: &Exchange) -> Vec<Verdict> {
        let Ok(response) = &exchange.outcome else { return Vec::new() };
        let limit = self.highest_status;
        vec![Verdict::that("no error of the server").actual(response.status()).is_below(limit + 1)]
    }
}

outrider_sdk::assertion_pack!(Pack);
