//! What can be set with `--set KEY=VALUE`.

use std::time::Duration;

use outrider_sdk::serde_json::Value;
use outrider_sdk::{Error, Result, json, random, think};
use serde::Deserialize;

/// The parameters; the schema's defaults are filled in by the host.
#[derive(Debug, Deserialize)]
pub(crate) struct Parameters {
    think_ms: u64,
    product: Option<u32>,
    pub(crate) password: String,
}

pub(crate) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "think_ms": {
                "type": "integer",
                "minimum": 0,
                "maximum": 600_000,
                "default": 10,
                "description": "Mean think time between two pages, in milliseconds.",
            },
            "product": {
                "type": "integer",
                "minimum": 1,
                "description": "The product that everybody looks at; if it is not set, each visitor chooses.",
            },
            "password": {
                "type": "string",
                "default": "open sesame",
                "description": "The password of the shop's users.",
            },
        },
        "additionalProperties": false,
    })
}

impl Parameters {
    /// Waits as a visitor does: anything from half the mean to one and a half of it.
    pub(crate) fn think(&self) {
        let mean = Duration::from_millis(self.think_ms);
        think(mean / 2..mean * 3 / 2);
    }

    /// The product to look at, of those on the page.
    pub(crate) fn choose(&self, products: &[u32]) -> Result<u32> {
        let chosen = self.product.or_else(|| random::choose(products).copied());
        chosen.ok_or_else(|| Error::target("the shop has no products"))
    }
}

#[cfg(test)]
mod tests {
    use outrider_sdk::serde_json;

    use super::*;

    #[test]
    fn the_product_that_is_set_is_chosen() {
        let parameters: Parameters =
            serde_json::from_str(r#"{ "think_ms": 0, "product": 7, "password": "" }"#).unwrap();
        assert_eq!(parameters.choose(&[1, 2, 3]).unwrap(), 7);
    }
}
