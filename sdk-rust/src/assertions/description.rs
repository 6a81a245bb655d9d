//! What a pack says of itself.

use serde_json::Value;

use super::export::wit;

/// What the pack is, and what it wants to see.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a description is for the host: return it from `describe`"]
pub struct Description {
    name: String,
    description: String,
    interest: wit::Interest,
    parameters: Option<Value>,
}

impl Description {
    /// A pack with this name, which its rows of `checks` carry, and one sentence about what it asserts. It
    /// sees nothing yet.
    pub fn new(name: impl Into<String>, description: impl Into<String>) -> Self {
        let interest = wit::Interest::empty();
        Self { name: name.into(), description: description.into(), interest, parameters: None }
    }

    /// Asks to see HTTP exchanges.
    pub fn exchanges(self) -> Self {
        self.also(wit::Interest::EXCHANGES)
    }

    /// Asks to see steps.
    pub fn steps(self) -> Self {
        self.also(wit::Interest::STEPS)
    }

    /// Asks to see a browser's pages.
    pub fn pages(self) -> Self {
        self.also(wit::Interest::PAGES)
    }

    /// Asks to see iterations.
    pub fn iterations(self) -> Self {
        self.also(wit::Interest::ITERATIONS)
    }

    /// Sets the JSON Schema of the parameters: an object, whose properties' defaults the host fills in.
    pub fn parameters(mut self, schema: Value) -> Self {
        self.parameters = Some(schema);
        self
    }

    fn also(mut self, interest: wit::Interest) -> Self {
        self.interest |= interest;
        self
    }

    pub(super) fn into_wit(self) -> wit::Description {
        wit::Description {
            name: self.name,
            description: self.description,
            interest: self.interest,
            parameters: self.parameters.map(|schema| schema.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interests_add_up() {
        let description = Description::new("pack", "Asserts.").exchanges().steps().into_wit();
        assert_eq!(description.interest, wit::Interest::EXCHANGES | wit::Interest::STEPS);
    }
}
