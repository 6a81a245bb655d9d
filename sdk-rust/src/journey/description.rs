//! What a journey says of itself.

use serde_json::Value;

use crate::bindings::imports::journey_types as wit;

/// The name of the one scenario of a journey that describes none.
pub const DEFAULT_SCENARIO: &str = "default";

/// What the plugin is.
///
/// ```
/// use outrider_sdk::{Description, Scenario, json};
///
/// Description::new("checkout", "Buys something.")
///     .scenario(Scenario::new("browse", "Looks around.").weight(8))
///     .scenario(Scenario::new("buy", "Buys it.").weight(2))
///     .parameters(json!({
///         "type": "object",
///         "properties": { "think_ms": { "type": "integer", "minimum": 0, "default": 10 } },
///         "additionalProperties": false,
///     }));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a description is for the host: return it from `describe`"]
pub struct Description {
    name: String,
    description: String,
    scenarios: Vec<Scenario>,
    parameters: Option<Value>,
}

impl Description {
    /// A journey with this name, and one sentence about what it does. Without a call of
    /// [`scenario`](Self::scenario) it has one, named `default` via [`DEFAULT_SCENARIO`].
    pub fn new(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self { name: name.into(), description: description.into(), scenarios: Vec::new(), parameters: None }
    }

    /// Adds a scenario.
    pub fn scenario(mut self, scenario: Scenario) -> Self {
        self.scenarios.push(scenario);
        self
    }

    /// Sets the JSON Schema of the parameters: an object, whose properties' defaults the host fills in.
    pub fn parameters(mut self, schema: Value) -> Self {
        self.parameters = Some(schema);
        self
    }

    pub(crate) fn into_wit(mut self) -> wit::Description {
        if self.scenarios.is_empty() {
            self.scenarios.push(Scenario::new(DEFAULT_SCENARIO, self.description.clone()));
        }
        wit::Description {
            name: self.name,
            description: self.description,
            scenarios: self.scenarios.into_iter().map(Scenario::into_wit).collect(),
            parameters: self.parameters.map(|schema| schema.to_string()),
        }
    }
}

/// One way through the journey.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a scenario counts only as part of a description"]
pub struct Scenario {
    name: String,
    description: String,
    weight: u32,
}

impl Scenario {
    /// A scenario with this name, unique in the plugin, and one sentence about what it does. Its weight is 1.
    pub fn new(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self { name: name.into(), description: description.into(), weight: 1 }
    }

    /// Sets its share of the iterations where a run names no scenario, relative to the others; 0 is never.
    pub fn weight(mut self, weight: u32) -> Self {
        self.weight = weight;
        self
    }

    fn into_wit(self) -> wit::Scenario {
        wit::Scenario { name: self.name, description: self.description, weight: self.weight }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journey_without_scenarios_has_the_default_one() {
        let description = Description::new("visit", "Looks.").into_wit();
        let scenarios: Vec<_> = description.scenarios.iter().map(|s| (s.name.as_str(), s.weight)).collect();
        assert_eq!(scenarios, [("default", 1)]);
    }

    #[test]
    fn scenarios_keep_their_order_and_weight() {
        let description = Description::new("shop", "Buys.")
            .scenario(Scenario::new("browse", "Looks.").weight(8))
            .scenario(Scenario::new("buy", "Buys.").weight(2))
            .into_wit();
        let scenarios: Vec<_> = description.scenarios.iter().map(|s| (s.name.as_str(), s.weight)).collect();
        assert_eq!(scenarios, [("browse", 8), ("buy", 2)]);
    }
}
