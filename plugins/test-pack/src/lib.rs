//! An assertion pack for the host's tests: it asks to see everything, and gives one verdict about each
//! thing with what it saw in it, or misbehaves as its parameters say.

use std::time::Duration;

use outrider_sdk::assertions::{Description, Exchange, Iteration, Page, Step};
use outrider_sdk::http::{ReadError, Response};
use outrider_sdk::{AssertionPack, Error, Result, Verdict, clock, json, log, metric, vars};
use serde::Deserialize;

/// What the pack does when it is to judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Behaviour {
    /// Says what it saw.
    Judges,
    /// Reads the answer, and says what is in it; logs, and records a metric.
    Reads,
    Panics,
    Spins,
    Sleeps,
    /// Gives a thousand verdicts with long texts and control characters.
    Floods,
    FailsAtStart,
    SpinsAtStart,
}

/// The pack, with its parameters.
#[derive(Debug, Deserialize)]
pub struct SeesAll {
    pack_behaviour: Behaviour,
    /// It behaves so in every call of this number, and judges in the others.
    every: u32,
    #[serde(default)]
    calls: u32,
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
                        "enum": [
                            "judges", "reads", "panics", "spins", "sleeps", "floods", "fails-at-start",
                            "spins-at-start",
                        ],
                        "default": "judges",
                        "description": "What the pack does when it is to judge.",
                    },
                    "every": {
                        "type": "integer",
                        "minimum": 1,
                        "default": 1,
                        "description": "It does so in every call of this number.",
                    },
                },
            }))
    }

    fn start() -> Result<Self> {
        let pack: Self = vars::parameters()?;
        match pack.pack_behaviour {
            Behaviour::FailsAtStart => Err(Error::plugin("this pack fails at its start on purpose")),
            Behaviour::SpinsAtStart => spin(),
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
        let mut verdicts = self.judge("saw an exchange", passed, saw);
        if let (Behaviour::Reads, Ok(response)) = (self.pack_behaviour, &exchange.outcome) {
            verdicts.push(self.read(response));
        }
        verdicts
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
    fn judge(&mut self, name: &str, passed: bool, saw: String) -> Vec<Verdict> {
        self.calls += 1;
        let verdict = Verdict { actual: Some(saw), ..Verdict::new(name, passed) };
        let behaves = self.calls.is_multiple_of(self.every);
        match self.pack_behaviour {
            Behaviour::Panics if behaves => panic!("this pack panics on purpose"),
            Behaviour::Spins if behaves => spin(),
            Behaviour::Sleeps if behaves => clock::sleep(Duration::from_secs(60)),
            Behaviour::Floods if behaves => return flood(),
            _ => {}
        }
        vec![verdict]
    }

    /// Reads parts of an answer that stays in the host.
    fn read(&self, response: &Response) -> Verdict {
        let read = || -> Result<String, ReadError> {
            let kind = response.header("content-type")?.unwrap_or_default();
            Ok(format!("{kind}, {} characters", response.text()?.chars().count()))
        };
        log::info!("read in call {}", self.calls);
        metric::counter("pack.reads").add(1.0);
        match read() {
            Ok(actual) => Verdict { actual: Some(actual), ..Verdict::new("read an answer", true) },
            Err(error) => {
                Verdict { actual: Some(error.to_string()), ..Verdict::new("read an answer", false) }
            }
        }
    }
}

fn spin() -> ! {
    loop {
        std::hint::spin_loop();
    }
}

fn flood() -> Vec<Verdict> {
    let long = format!("\u{1b}[31mred\u{7}\n{}", "é".repeat(1_000));
    let verdict =
        Verdict { expected: Some(long.clone()), actual: Some(long), ..Verdict::new("flood\u{1b}[0m", false) };
    vec![verdict; 1_000]
}

outrider_sdk::assertion_pack!(SeesAll);
