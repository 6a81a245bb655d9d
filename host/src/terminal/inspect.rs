//! What a plugin is, for people.

use outrider_model::threshold::Dimension;
use serde_json::Value;

use crate::commands::inspect::InspectReport;
use crate::env::Style;
use crate::terminal::page::Page;

/// What it is, what it needs and what it costs.
pub(crate) fn describe_plugin(report: &InspectReport, style: Style) -> String {
    let mut page = Page::new(style);
    page.if_any("name", &report.name);
    page.if_any("does", &report.description);
    page.if_any("world", &format!("{} (outrider:plugin {})", report.world, report.wit));
    page.all("scenarios", &scenarios(report));
    page.if_any("sees", &report.sees.iter().flatten().copied().collect::<Vec<_>>().join(", "));
    page.if_any("table", report.table.as_deref().unwrap_or_default());
    page.all("parameters", &parameters(report.parameters.as_ref()));
    let needs: Vec<String> =
        report.needs.iter().map(|need| format!("{}: {}", need.flags, need.what)).collect();
    page.all("needs", &or_nothing(needs));
    page.if_any("imports", &imports(&report.imports));
    page.if_any("size", &Dimension::Bytes.show(report.size_bytes as f64));
    let cold = Dimension::Duration.show(report.cold_load_ms);
    let cached =
        report.cached_load_ms.map(|load| format!(", {} from the cache", Dimension::Duration.show(load)));
    page.if_any("load", &format!("{cold} to compile{}", cached.unwrap_or_default()));
    let memory = Dimension::Bytes.show(report.memory_per_vu_bytes as f64);
    let made = Dimension::Duration.show(report.instantiate_ms);
    let whose = if report.has_users() { "virtual user" } else { "instance" };
    page.if_any("memory", &format!("{memory} for each {whose}, to begin with, made in {made}"));
    page.if_any("digest", &report.digest);
    page.text()
}

fn or_nothing(texts: Vec<String>) -> Vec<String> {
    if texts.is_empty() { vec!["nothing".to_owned()] } else { texts }
}

fn scenarios(report: &InspectReport) -> Vec<String> {
    let scenarios = || report.scenarios.iter().flatten();
    let width = scenarios().map(|scenario| scenario.name.chars().count()).max().unwrap_or(0);
    let row = |name: &str, weight: u32, does: &str| {
        format!("{name:<width$}  weight {weight}  {does}").trim_end().to_owned()
    };
    scenarios().map(|scenario| row(&scenario.name, scenario.weight, &scenario.description)).collect()
}

/// A line for each property of the schema: its type, its default, what it is.
fn parameters(schema: Option<&Value>) -> Vec<String> {
    let Some(schema) = schema else { return or_nothing(Vec::new()) };
    let properties = schema.get("properties").and_then(Value::as_object);
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
    let width = properties.into_iter().flatten().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut lines: Vec<String> = properties
        .into_iter()
        .flatten()
        .map(|(name, property)| {
            let parts = [kind(property), default(property, is_required(name)), text(property, "description")];
            let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            format!("{name:<width$}  {}", parts.join(", ")).trim_end().to_owned()
        })
        .collect();
    if schema.get("additionalProperties").is_some_and(|more| more != &Value::Bool(false)) {
        lines.push("and any other".to_owned());
    }
    or_nothing(lines)
}

fn kind(property: &Value) -> String {
    if let Some(values) = property.get("enum").and_then(Value::as_array) {
        return values.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    }
    match property.get("type") {
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => text(property, "type"),
    }
}

fn default(property: &Value, is_required: bool) -> String {
    match property.get("default") {
        Some(value) => format!("{value} by default"),
        None if is_required => "required".to_owned(),
        None => String::new(),
    }
}

fn text(property: &Value, key: &str) -> String {
    property.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The contract's interfaces by their short names; WASI, which is locked, as one.
fn imports(imports: &[String]) -> String {
    let ours = imports.iter().filter_map(|import| import.strip_prefix("outrider:plugin/"));
    let mut names: Vec<&str> = ours.map(|name| name.split('@').next().unwrap_or(name)).collect();
    if imports.iter().any(|import| import.starts_with("wasi:")) {
        names.push("WASI (locked)");
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_parameter_has_a_line() {
        let schema = json!({
            "type": "object",
            "required": ["path"],
            "properties": {
                "path": { "type": "string", "description": "Where." },
                "think_ms": { "type": "integer", "default": 500 },
                "plan": { "enum": ["free", "paid"] },
            },
            "additionalProperties": true,
        });
        let lines = parameters(Some(&schema));
        for line in [
            "path      string, required, Where.",
            "think_ms  integer, 500 by default",
            "plan      \"free\" | \"paid\"",
            "and any other",
        ] {
            assert!(lines.iter().any(|found| found == line), "{line}: {lines:#?}");
        }
        assert_eq!(parameters(None), ["nothing"]);
    }

    #[test]
    fn imports_are_told_by_their_short_names() {
        let given = ["outrider:plugin/http@0.1.0", "outrider:plugin/vars@0.1.0", "wasi:io/poll@0.2.6"];
        assert_eq!(imports(&given.map(str::to_owned)), "http, vars, WASI (locked)");
    }
}
