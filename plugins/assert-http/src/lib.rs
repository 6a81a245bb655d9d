//! What any site's answers should be, whatever the journey asks for: there is an answer, it is no server
//! error, it comes in time, and what it carries has a media type.

mod answer;

use outrider_sdk::assertions::{Description, Exchange};
use outrider_sdk::{AssertionPack, Result, Verdict, json, vars};
use serde::Deserialize;

use answer::Answer;

/// The pack, with its parameters.
#[derive(Debug, Deserialize)]
pub struct AssertHttp {
    max_duration_ms: u64,
}

impl AssertionPack for AssertHttp {
    fn describe() -> Description {
        let description = "Every request is answered, in time, without a server error, with a content type.";
        Description::new("assert-http", description).exchanges().parameters(json!({
            "type": "object",
            "properties": {
                "max_duration_ms": {
                    "type": "integer",
                    "minimum": 1,
                    // Where people begin to wait: Nielsen's limit for an uninterrupted flow of thought.
                    "default": 1000,
                    "description": "The longest that an exchange may take, in milliseconds.",
                },
            },
        }))
    }

    fn start() -> Result<Self> {
        vars::parameters()
    }

    fn check_exchange(&mut self, exchange: &Exchange) -> Vec<Verdict> {
        let answered = Verdict::new("request is answered", exchange.outcome.is_ok());
        match &exchange.outcome {
            Ok(response) => {
                let mut verdicts = vec![answered];
                verdicts.extend(Answer::read(response).judge(self.max_duration_ms));
                verdicts
            }
            Err(error) => vec![Verdict { actual: Some(error.to_string()), ..answered }],
        }
    }
}

outrider_sdk::assertion_pack!(AssertHttp);
