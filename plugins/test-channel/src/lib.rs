//! An alert channel for tests: a parameter says what becomes of each alert.

use std::time::{Duration, SystemTime};

use outrider_sdk::alerts::{Alert, DeliveryError, Description, Location, accepted};
use outrider_sdk::serde_json::Value;
use outrider_sdk::{AlertChannel, Error, Result, Verdict, check, clock, http, json, log, metric, vars};
use serde::Deserialize;

/// What the channel does with an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Behaviour {
    /// Posts all of the alert to `/hook`.
    Posts,
    /// Says itself what becomes of it.
    TriesAgain,
    Refuses,
    Breaks,
    Panics,
    Spins,
    Sleeps,
    FailsAtStart,
    /// Logs, and records a metric.
    Records,
    /// Records a check, which is for journeys and packs.
    Checks,
    /// Reads a secret that it may not have been given.
    ReadsSecret,
}

/// The channel, with its parameters.
#[derive(Debug, Deserialize)]
pub struct Told {
    does: Behaviour,
}

impl AlertChannel for Told {
    fn describe() -> Description {
        Description::new("told", "Does with each alert what a parameter says.").parameters(json!({
            "type": "object",
            "properties": {
                "does": {
                    "enum": [
                        "posts", "tries-again", "refuses", "breaks", "panics", "spins", "sleeps", "fails-at-start",
                        "records", "checks", "reads-secret",
                    ],
                    "default": "posts",
                    "description": "What the channel does with an alert.",
                },
            },
        }))
    }

    fn start() -> Result<Self> {
        let channel: Self = vars::parameters()?;
        match channel.does {
            Behaviour::FailsAtStart => Err(Error::plugin("this channel fails at its start on purpose")),
            _ => Ok(channel),
        }
    }

    fn deliver(&mut self, alert: &Alert) -> Result<(), DeliveryError> {
        match self.does {
            Behaviour::Posts => return accepted(&http::post("/hook").json(&shown(alert)).send()?),
            Behaviour::TriesAgain => return Err(DeliveryError::try_again("the room is full")),
            Behaviour::Refuses => return Err(DeliveryError::refused("there is no such room")),
            Behaviour::Breaks => return Err(Error::plugin("this channel has no template").into()),
            Behaviour::Panics => panic!("as told: {}", alert.monitor),
            Behaviour::Spins => loop {
                std::hint::black_box(());
            },
            Behaviour::Sleeps => clock::sleep(Duration::from_secs(3600)),
            Behaviour::FailsAtStart => {}
            Behaviour::Records => {
                log::info!("told of {}", alert.monitor);
                metric::counter("alerts").add(1.0);
            }
            Behaviour::Checks => {
                check("a check", true);
            }
            Behaviour::ReadsSecret => drop(vars::secret("hook")?),
        }
        Ok(())
    }
}

fn shown(alert: &Alert) -> Value {
    json!({
        "incident": alert.incident,
        "kind": alert.kind.word(),
        "monitor": alert.monitor,
        "summary": alert.summary,
        "began": seconds(alert.began),
        "raised": seconds(alert.raised),
        "locations": alert.locations.iter().map(location).collect::<Vec<_>>(),
        "run": alert.run,
        "link": alert.link,
        "tags": alert.tags.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
    })
}

fn location(location: &Location) -> Value {
    json!({
        "name": location.name,
        "passed": location.passed,
        "duration_ns": u64::try_from(location.duration.as_nanos()).unwrap_or(u64::MAX),
        "error": location.error,
        "failed_checks": location.failed_checks.iter().map(verdict).collect::<Vec<_>>(),
    })
}

fn verdict(verdict: &Verdict) -> String {
    format!("{verdict:?}")
}

fn seconds(at: SystemTime) -> u64 {
    at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

outrider_sdk::alert_channel!(Told);
