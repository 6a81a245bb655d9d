//! A dry run as a plan with comments.

use outrider_model::LoadCurve;
use outrider_model::units::{counted, duration_text};
use outrider_session::DryRun;
use serde_json::Value;

use super::needs::{self, Iterations};
use super::settings::{Setting, by_table};
use crate::terminal::{PictureRow, load_picture};

/// Where standard output is no terminal, pictures are as wide as a page.
const PAGE_COLUMNS: usize = 100;

/// Values shorter than this have where they come from in one column.
const ORIGIN_COLUMN: usize = 44;

pub(super) fn text(dry: &DryRun, settings: &[Setting], width: Option<usize>) -> String {
    let width = width.unwrap_or(PAGE_COLUMNS).min(PAGE_COLUMNS);
    let mut lines =
        vec!["Dry run: nothing was sent, nothing was written. What follows is a plan.".to_owned()];
    lines.push(String::new());
    lines.extend(needs(dry));
    let picture = picture(dry, width.saturating_sub(4));
    if !picture.is_empty() {
        lines.push(String::new());
        lines.extend(picture.into_iter().map(|line| format!("  {line}")));
    }
    let mut text: String =
        lines.iter().map(|line| format!("# {line}").trim_end().to_owned() + "\n").collect();
    for (table, settings) in by_table(settings) {
        text.push_str(&self::table(table, &settings));
    }
    text
}

fn picture(dry: &DryRun, width: usize) -> Vec<String> {
    let rows = dry.plan.scenarios.iter().map(|scenario| PictureRow {
        name: scenario.name.clone(),
        start: scenario.start_time,
        curve: LoadCurve::of(&scenario.executor),
    });
    load_picture(&rows.collect::<Vec<_>>(), width)
}

fn needs(dry: &DryRun) -> Vec<String> {
    let mut lines = Vec::new();
    let mut say = |noun: &str, words: String| lines.push(format!("  {noun:<12}{words}"));
    for journey in &dry.plan.journeys {
        say("journey", format!("{} ({})", journey.name, journey.plugin.path));
    }
    let hosts = needs::hosts(dry);
    say("may reach", if hosts.is_empty() { "nothing".to_owned() } else { hosts.join(", ") });
    let mebibytes = dry.room.memory_bytes.div_ceil(1 << 20);
    say(
        "VUs",
        format!("at most {} at once, with {mebibytes} MiB before their first iteration", dry.room.max_vus),
    );
    for (scenario, lowered) in dry.plan.scenarios.iter().zip(&dry.lowered_ceilings) {
        if let Some(from) = lowered {
            let most = scenario.executor.max_vus();
            say("", format!("{}: {most}, since {from} do not fit this machine", scenario.name));
        }
    }
    say("iterations", iterations(dry));
    say("duration", duration(dry));
    for data in &dry.data {
        let rows = counted(data.rows as f64, "row");
        say("data", format!("{} ({}): {rows}, {}", data.name, data.path, data.policy));
    }
    if !dry.secrets.is_empty() {
        say("secrets", dry.secrets.join(", "));
    }
    lines
}

fn iterations(dry: &DryRun) -> String {
    match needs::iterations(dry) {
        Iterations::Exactly(count) => count.to_string(),
        Iterations::About(count) => format!("about {count}: arrivals are drawn"),
        Iterations::Open(0) => "as many as the target's speed allows".to_owned(),
        Iterations::Open(count) => format!("{count}, and as many more as the target's speed allows"),
    }
}

fn duration(dry: &DryRun) -> String {
    let (starts, ends) = needs::durations(dry);
    let (starts, ends) = (duration_text(starts), duration_text(ends));
    match needs::is_counted(dry) {
        true => format!("at most {starts}, {ends} with the graceful stop; less if all iterations have run"),
        false => format!("{starts}, at most {ends} with the graceful stop"),
    }
}

/// A table with its header, and where each value comes from behind it.
fn table(name: &str, settings: &[&Setting]) -> String {
    let header = if name.is_empty() { String::new() } else { format!("{}\n", header(name)) };
    let line = |setting: &&Setting| {
        let value = match has_null(&setting.value) {
            false => format!("{} = {}", key(&setting.key), toml(&setting.value)),
            // TOML has no null: a plan leaves it to the default, and what is no default to a flag.
            true => format!("# {} = {}", key(&setting.key), setting.value),
        };
        format!("{value:<ORIGIN_COLUMN$}  # {}\n", setting.origin)
    };
    format!("\n{header}{}", settings.iter().map(line).collect::<String>())
}

/// `[run]`, `[scenario."a b"]`, `[[assert]]`, `[assert.parameters]`.
fn header(name: &str) -> String {
    let list = |noun: &str| name.starts_with(&format!("{noun}["));
    if let Some(noun) = ["assert", "data", "secret"].into_iter().find(|noun| list(noun)) {
        return match name.split_once("].") {
            Some((_, within)) => format!("[{noun}.{within}]"),
            None => format!("[[{noun}]]"),
        };
    }
    let Some(rest) = name.strip_prefix("scenario.") else { return format!("[{name}]") };
    // A scenario's name may have dots; the tables in it have names of ours.
    let within = [".parameters", ".tags"].into_iter().find(|within| rest.ends_with(within)).unwrap_or("");
    format!("[scenario.{}{within}]", key(rest.strip_suffix(within).unwrap_or(rest)))
}

fn key(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(plain) { key.to_owned() } else { quoted(key) }
}

/// JSON's escapes are TOML's too.
fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

fn toml(value: &Value) -> String {
    match value {
        Value::Array(values) => format!("[{}]", values.iter().map(toml).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) if entries.is_empty() => "{}".to_owned(),
        Value::Object(entries) => {
            let pair = |(name, value): (&String, &Value)| format!("{} = {}", key(name), toml(value));
            format!("{{ {} }}", entries.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.iter().any(has_null),
        Value::Object(entries) => entries.values().any(has_null),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_toml() {
        assert_eq!(
            toml(&json!({"a b": [1, 2.5, true, "x\"\n"], "c": {}})),
            r#"{ "a b" = [1, 2.5, true, "x\"\n"], c = {} }"#
        );
    }

    #[test]
    fn what_toml_does_not_have_is_a_comment() {
        let line = |value: Value| {
            let (table, key) = (String::new(), "who".to_owned());
            table_text(&Setting { table, key, value, origin: crate::given::Origin::Default })
        };
        for value in [json!(null), json!([1, null]), json!({"a": {"b": null}})] {
            let said = line(value);
            assert!(said.trim_start().starts_with("# who = "), "{said}");
        }
        assert!(line(json!("null")).trim_start().starts_with("who = "));
    }

    fn table_text(setting: &Setting) -> String {
        table("", &[setting])
    }

    #[test]
    fn headers_are_toml() {
        let headers =
            ["run", "scenario.browse", "scenario.a.b.parameters", "assert[2]", "assert[2].parameters"];
        assert_eq!(
            headers.map(header),
            [
                "[run]",
                "[scenario.browse]",
                "[scenario.\"a.b\".parameters]",
                "[[assert]]",
                "[assert.parameters]"
            ]
        );
    }
}
