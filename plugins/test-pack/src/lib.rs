//! An assertion pack for the host's tests: it asks to see everything, and gives one verdict about each
//! thing with what it saw in it, or misbehaves as its parameters say.

use outrider_sdk::assertions::{Description, Exchange, Iteration, Page, Step};
use outrider_sdk::{AssertionPack, Error, Result, Verdict, json, vars};
use serde::Deserialize;

/// What the pack does when it is to judge.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Behaviour {
    Judges,
    Panics,
    Spins,
    FailsAtStart,
}

/// The pack, with its parameters.
#[derive(Debug, Deserialize)]
pub struct SeesAll {
    pack_behaviour: Behaviour,
}

impl AssertionPack for SeesAll {
    fn describe() -> Description {
        Description::new("test-pack", "Sees everything, and says what.")
            .exchanges()
            .steps()
            .pages()
            .iterations()
            .parameters(json!({
                "type": "object",
                "properties": {
                    "pack_behaviour": {
                        "enum": ["judges", "panics", "spins", "fails-at-start"],
                        "default": "judges",
                        "description": "What the pack does when it is to judge.",
                    },
                },
            }))
    }

    fn start() -> Result<Self> {
        let pack: Self = vars::parameters()?;
        match pack.pack_behaviour {
            Behaviour::FailsAtStart => Err(Error::plugin("this pack fails at its start on purpose")),
            _ => Ok(pack),
        }
    }

    fn check_exchange(&mut self, exchange: &Exchange) -> Vec<Verdict> {
        let outcome = match &exchange.outcome {
            Ok(response) => response.status().to_string(),
            Err(error) => error.to_string(),
        };
        let passed = exchange.outcome.is_ok();
        let saw = format!("{} {} as '{}': {outcome}", exchange.method, exchange.url, exchange.name);
        self.judge("saw an exchange", passed, saw)
    }

    fn check_step(&mut self, step: &Step) -> Vec<Verdict> {
        let saw = format!("{}: {}", step.name, step.error.as_deref().unwrap_or("ok"));
        self.judge("saw a step", step.error.is_none(), saw)
    }

    fn check_page(&mut self, page: &Page) -> Vec<Verdict> {
        self.judge("saw a page", true, format!("{} as '{}'", page.url, page.name))
    }

    fn check_iteration(&mut self, iteration: &Iteration) -> Vec<Verdict> {
        let outcome = match &iteration.failure {
            Some(failure) => format!("{:?}: {}", failure.kind, failure.message),
            None => "ok".to_owned(),
        };
        let passed = iteration.failure.is_none();
        self.judge("saw an iteration", passed, format!("{}: {outcome}", iteration.scenario))
    }
}

impl SeesAll {
    fn judge(&self, name: &str, passed: bool, saw: String) -> Vec<Verdict> {
        match self.pack_behaviour {
            Behaviour::Panics => panic!("this pack panics on purpose"),
            Behaviour::Spins => loop {
                std::hint::spin_loop();
            },
            Behaviour::Judges | Behaviour::FailsAtStart => {
                vec![Verdict { actual: Some(saw), ..Verdict::new(name, passed) }]
            }
        }
    }
}

outrider_sdk::assertion_pack!(SeesAll);
