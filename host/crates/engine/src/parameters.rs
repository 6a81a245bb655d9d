//! What plugins of all worlds say of their parameters.

use crate::fault::PluginFault;

/// The JSON Schema that a plugin gives of them.
pub(crate) fn schema(text: Option<&str>) -> Result<Option<serde_json::Value>, PluginFault> {
    let schema = text.map(serde_json::from_str).transpose();
    schema
        .map_err(|error| PluginFault::exception(format!("describe gives a schema that is not JSON: {error}")))
}
