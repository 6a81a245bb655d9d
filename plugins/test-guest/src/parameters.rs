//! The parameters and their schema.

use outrider_sdk::json;
use outrider_sdk::serde_json::Value;
use serde::Deserialize;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Behaviour {
    Passes,
    Traps,
    Panics,
    Recurses,
    Spins,
    Allocates,
    Prints,
    Sleeps,
    Fails,
    Says,
    Floods,
    Requests,
    Calls,
    Remembers,
}

/// In which function it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum When {
    Setup,
    Start,
    Iterate,
    Stop,
    Teardown,
}

/// The kind of failure that `fails` returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Target,
    Plugin,
    Abort,
}

/// Where `prints` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

/// What `floods` sends too many of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Flood {
    Logs,
    Metrics,
    Steps,
    OpenSteps,
    Checks,
    Tags,
    Names,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Parameters {
    pub(crate) behaviour: Behaviour,
    pub(crate) when: When,
    pub(crate) every: u64,
    pub(crate) vu: u32,
    pub(crate) kind: Kind,
    pub(crate) message_bytes: usize,
    pub(crate) stream: Stream,
    pub(crate) flood: Flood,
    pub(crate) amount: u64,
    pub(crate) sleep_ms: u64,
    pub(crate) url: String,
    pub(crate) post_url: Option<String>,
    pub(crate) data: Option<String>,
    pub(crate) mark: String,
}

pub(crate) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "behaviour": {
                "enum": [
                    "passes", "traps", "panics", "recurses", "spins", "allocates", "prints", "sleeps", "fails",
                    "says", "floods", "requests", "calls", "remembers",
                ],
                "default": "passes",
                "description": "What is done.",
            },
            "when": {
                "enum": ["setup", "start", "iterate", "stop", "teardown"],
                "default": "iterate",
                "description": "In which function it is done.",
            },
            "every": {
                "type": "integer", "minimum": 1, "default": 1,
                "description": "In iterations whose index is a multiple of this.",
            },
            "vu": { "type": "integer", "minimum": 0, "default": 0, "description": "For this user alone; 0 is all." },
            "kind": {
                "enum": ["target", "plugin", "abort"],
                "default": "target",
                "description": "fails, says: the kind of failure.",
            },
            "message_bytes": {
                "type": "integer", "minimum": 0, "default": 0,
                "description": "fails, panics: the message is made as long as this.",
            },
            "stream": {
                "enum": ["stdout", "stderr"],
                "default": "stdout",
                "description": "prints: where.",
            },
            "flood": {
                "enum": ["logs", "metrics", "steps", "open-steps", "checks", "tags", "names"],
                "default": "logs",
                "description": "floods: with what.",
            },
            "amount": {
                "type": "integer", "minimum": 0, "default": 1000,
                "description": "prints, floods: how many; 0 is without end.",
            },
            "sleep_ms": {
                "type": "integer", "minimum": 0, "default": 1000,
                "description": "sleeps: how long, in milliseconds.",
            },
            "url": { "type": "string", "default": "/", "description": "requests, calls: what is asked for." },
            "post_url": { "type": "string", "description": "calls: what takes any body by POST." },
            "data": { "type": "string", "description": "calls: the name of data that the run has." },
            "mark": {
                "type": "string", "default": "",
                "description": "What set-up hands to the users; remembers: what they must find there.",
            },
        },
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use outrider_sdk::serde_json::{self, Map};

    use super::*;

    fn properties() -> Map<String, Value> {
        schema()["properties"].as_object().unwrap().clone()
    }

    fn with_defaults() -> Map<String, Value> {
        let default = |(name, property): (String, Value)| Some((name, property.get("default")?.clone()));
        properties().into_iter().filter_map(default).collect()
    }

    #[test]
    fn the_schemas_defaults_make_parameters() {
        let parameters: Parameters = serde_json::from_value(with_defaults().into()).unwrap();
        assert_eq!((parameters.behaviour, parameters.when), (Behaviour::Passes, When::Iterate));
        assert_eq!(parameters.post_url, None);
    }

    #[test]
    fn each_word_of_the_schema_is_understood() {
        for (name, property) in properties() {
            for word in property.get("enum").and_then(Value::as_array).into_iter().flatten() {
                let mut parameters = with_defaults();
                parameters.insert(name.clone(), word.clone());
                serde_json::from_value::<Parameters>(parameters.into()).unwrap();
            }
        }
    }
}
