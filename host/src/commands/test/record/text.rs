//! A recording as TOML.

use std::collections::BTreeMap;

use outrider_capability::{Happening, HttpConfig, ShownBody};
use outrider_plan::OutcomeName;
use serde_json::Value;

use crate::commands::test::judge::steps_of;
use crate::commands::test::pattern::shortened;
use crate::commands::test::seen::Seen;

/// The seed with which is recorded, and which the file names: the tests draw what the recording drew.
pub(super) const SEED: u64 = 1;

/// Header fields that say nothing to a journey: they frame the message, or differ each time.
const LEFT_OUT: [&str; 8] = [
    "connection",
    "content-encoding",
    "content-length",
    "date",
    "keep-alive",
    "server",
    "transfer-encoding",
    "vary",
];

/// What stands above a test that holds a failure.
const FAILED: &str = "# It failed when it was recorded: this test passes when it fails in the same way.\n";

/// A line of 100 characters is the longest JSON that stands in one: what is longer is read, and compared, line by line.
const MAX_JSON_LINE: usize = 100;

/// What a recording is made of.
pub(super) struct Parts<'a> {
    pub(super) target: &'a HttpConfig,
    pub(super) secrets: Vec<&'a str>,
    pub(super) parameters: &'a [(String, String)],
    /// By scenario.
    pub(super) recorded: &'a [(String, Seen)],
}

/// An exchange as it was recorded.
#[derive(Debug, Default)]
struct Recorded {
    method: String,
    url: String,
    answer: Option<Answered>,
    /// How it failed.
    error: Option<&'static str>,
}

#[derive(Debug)]
struct Answered {
    status: u16,
    headers: Vec<(String, String)>,
    body: Option<ShownBody>,
    duration_ms: f64,
}

impl Parts<'_> {
    /// The file.
    pub(super) fn text(&self) -> String {
        let mut lines = vec![
            "# Recorded by `host test --record`: what was asked, answered and seen. It is yours to change."
                .to_owned(),
            format!("seed = {SEED}"),
        ];
        let (origin, target) = self.target();
        lines.push(format!("target = {}", quoted(&target)));
        if !self.secrets.is_empty() {
            lines.push("\n# Not the real ones.\n[secrets]".to_owned());
            let secret = |name: &&str| format!("{} = {}", key(name), quoted(&format!("secret-{name}")));
            lines.extend(self.secrets.iter().map(secret));
        }
        if !self.parameters.is_empty() {
            lines.push("\n[parameters]".to_owned());
            let parameter =
                |(name, value): &(String, String)| format!("{} = {}", key(name), parameter(value));
            lines.extend(self.parameters.iter().map(parameter));
        }
        for (scenario, seen) in self.recorded {
            self.test(scenario, seen, &origin, &mut lines);
        }
        lines.push(String::new());
        lines.join("\n")
    }

    /// How URLs of the target begin, and it itself without user and password.
    fn target(&self) -> (String, String) {
        let Some(url) = &self.target.base_url else { return (String::new(), String::new()) };
        let origin = url.origin().ascii_serialization();
        let target = format!("{origin}{}", url.path());
        (origin, target)
    }

    fn test(&self, scenario: &str, seen: &Seen, origin: &str, lines: &mut Vec<String>) {
        let exchanges = exchanges(seen);
        let request =
            |one: &Recorded| format!("{} {}", one.method, one.url.strip_prefix(origin).unwrap_or(&one.url));
        let failed = seen.ending.outcome != OutcomeName::Completed || seen.checks.iter().any(|it| !it.passed);
        let remark = if failed { FAILED } else { "" };
        lines.push(format!(
            "\n{remark}[[test]]\nname = {}\nscenario = {}",
            quoted(scenario),
            quoted(scenario)
        ));
        for exchange in &exchanges {
            let name = request(exchange);
            let several = exchanges.iter().filter(|other| request(other) == name).count() > 1;
            lines.extend(answer(exchange, &name, several));
        }
        lines.push("\n[test.expect]".to_owned());
        if seen.ending.outcome != OutcomeName::Completed {
            lines.push(format!("outcome = {}", quoted(seen.ending.outcome.name())));
            lines.push(format!("message = {}", quoted(&shortened(&seen.ending.message).replace('…', ""))));
        }
        let checks: BTreeMap<&str, bool> = seen.checks.iter().fold(BTreeMap::new(), |mut all, check| {
            *all.entry(check.name.as_str()).or_insert(true) &= check.passed;
            all
        });
        let checks: Vec<String> =
            checks.iter().map(|(name, passed)| format!("{} = {passed}", quoted(name))).collect();
        if !checks.is_empty() {
            lines.push(format!("checks = {{ {} }}", checks.join(", ")));
        }
        let requests = exchanges.iter().map(|exchange| quoted(&request(exchange)));
        lines.push(list("requests", requests));
        lines.push(list("steps", steps_of(seen).into_iter().map(quoted)));
    }
}

/// The exchanges in the order in which they began.
fn exchanges(seen: &Seen) -> Vec<Recorded> {
    let mut all: BTreeMap<u64, Recorded> = BTreeMap::new();
    for event in &seen.events {
        match &event.what {
            Happening::Request { exchange, method, url, .. } => {
                let recorded = all.entry(*exchange).or_default();
                recorded.method.clone_from(method);
                recorded.url.clone_from(url);
            }
            Happening::Answer { exchange, status, headers, body, duration_ms, .. } => {
                let (status, duration_ms) = (*status, *duration_ms);
                let answered = Answered { status, headers: headers.clone(), body: body.clone(), duration_ms };
                all.entry(*exchange).or_default().answer = Some(answered);
            }
            Happening::NoAnswer { exchange, method, url, kind, .. } => {
                if let Some(error) = error(kind) {
                    let recorded = all.entry(*exchange).or_default();
                    recorded.method.clone_from(method);
                    recorded.url.clone_from(url);
                    recorded.error = Some(error);
                }
            }
            _ => {}
        }
    }
    all.into_values().filter(|one| one.answer.is_some() || one.error.is_some()).collect()
}

/// The error of an answer's table, by the kind that reports have.
fn error(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "connection refused" => "connection-refused",
        "connection reset" => "connection-reset",
        "connect timeout" => "connect-timeout",
        "dns" => "dns",
        "tls" => "tls",
        "timeout" => "timeout",
        _ => return None,
    })
}

fn answer(exchange: &Recorded, request: &str, several: bool) -> Vec<String> {
    let mut lines = vec![format!("\n[[test.answer]]\nrequest = {}", quoted(request))];
    if several {
        lines.push("times = 1".to_owned());
    }
    if let Some(error) = exchange.error {
        lines.push(format!("error = {}", quoted(error)));
    }
    let Some(answered) = &exchange.answer else { return lines };
    if answered.status != 200 {
        lines.push(format!("status = {}", answered.status));
    }
    lines.push(format!("duration = \"{}ms\"", answered.duration_ms.round()));
    lines.extend(headers(&answered.headers));
    lines.extend(answered.body.as_ref().and_then(body));
    lines
}

fn headers(fields: &[(String, String)]) -> Option<String> {
    let mut kept: Vec<(&str, Vec<String>)> = Vec::new();
    for (name, value) in fields.iter().filter(|(name, _)| !LEFT_OUT.contains(&name.as_str())) {
        match kept.iter_mut().find(|(known, _)| *known == name.as_str()) {
            Some((_, values)) => values.push(quoted(value)),
            None => kept.push((name.as_str(), vec![quoted(value)])),
        }
    }
    let fields: Vec<String> = kept
        .into_iter()
        .map(|(name, values)| match &values[..] {
            [only] => format!("{} = {only}", key(name)),
            several => format!("{} = [{}]", key(name), several.join(", ")),
        })
        .collect();
    (!fields.is_empty()).then(|| format!("headers = {{ {} }}", fields.join(", ")))
}

/// A body, or why it is not there.
fn body(body: &ShownBody) -> Option<String> {
    let Some(text) = body.text.as_ref().filter(|_| body.hidden_bytes == 0) else {
        let why = if body.hex.is_some() { "is no text" } else { "was not kept" };
        return (body.bytes > 0)
            .then(|| format!("# Its body of {} bytes {why}, and is left out.", body.bytes));
    };
    if text.is_empty() {
        return None;
    }
    Some(match serde_json::from_str::<Value>(text).ok().filter(|json| json.is_object() || json.is_array()) {
        // JSON that TOML can say in a line, in the order in which it came.
        Some(json) => match inline(&json).filter(|line| line.chars().count() <= MAX_JSON_LINE) {
            Some(line) => format!("json = {line}"),
            None => format!("text = {}", lines_of_text(&pretty(&json))),
        },
        None => format!("text = {}", lines_of_text(text)),
    })
}

/// JSON over several lines, a value in each.
fn pretty(json: &Value) -> String {
    serde_json::to_string_pretty(json).expect("what was JSON is JSON")
}

/// JSON as TOML writes it in a line; it has no null, and whole numbers to 2⁶³ − 1.
fn inline(json: &Value) -> Option<String> {
    Some(match json {
        Value::Null => return None,
        Value::Number(number) if number.is_u64() && !number.is_i64() => return None,
        Value::Bool(_) | Value::Number(_) => json.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(all) => {
            let all: Vec<String> = all.iter().map(inline).collect::<Option<_>>()?;
            format!("[{}]", all.join(", "))
        }
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Object(fields) => {
            let field =
                |(name, value): (&String, &Value)| Some(format!("{} = {}", key(name), inline(value)?));
            let fields: Vec<String> = fields.iter().map(field).collect::<Option<_>>()?;
            format!("{{ {} }}", fields.join(", "))
        }
    })
}

/// A parameter as it was set: JSON where it is some that TOML can say, else text.
fn parameter(value: &str) -> String {
    let json = serde_json::from_str::<Value>(value).ok();
    json.as_ref().and_then(inline).unwrap_or_else(|| quoted(value))
}

/// A text of several lines, between three quotes.
fn lines_of_text(text: &str) -> String {
    let is_plain = |c: char| matches!(c, '\n' | '\t') || !c.is_control();
    match text.contains('\n') && !text.contains("'''") && text.chars().all(is_plain) && !text.ends_with('\'')
    {
        true => format!("'''\n{text}'''"),
        false => quoted(text),
    }
}

fn list(name: &str, entries: impl Iterator<Item = String>) -> String {
    let entries: Vec<String> = entries.map(|entry| format!("  {entry},\n")).collect();
    match entries.is_empty() {
        true => format!("{name} = []"),
        false => format!("{name} = [\n{}]", entries.concat()),
    }
}

/// A text as TOML has it: as JSON, but for the character DEL.
fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

fn key(name: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    if !name.is_empty() && name.bytes().all(is_bare) { name.to_owned() } else { quoted(name) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read_as_the_same() {
        let values = [
            json!({"a b": [1, 2.5, true, "x\"\n\u{7f}é"], "empty": {}, "list": []}),
            json!("plain"),
            json!(["'''", ""]),
        ];
        for value in values {
            let text = format!("it = {}", inline(&value).unwrap());
            let read: toml::Table = toml::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(serde_json::to_value(&read["it"]).unwrap(), value);
        }
        assert_eq!(inline(&json!({"a": null})), None);
        assert_eq!(inline(&json!([u64::MAX])), None);
        for text in ["one", "a\nb\n", "it's '''\n", "a\r\nb", "\n"] {
            let written = format!("it = {}", lines_of_text(text));
            let read: toml::Table = toml::from_str(&written).unwrap();
            assert_eq!(read["it"].as_str(), Some(text), "{written}");
        }
    }

    #[test]
    fn fields_that_frame_the_message_are_left_out() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let all =
            [field("date", "x"), field("set-cookie", "a=1"), field("set-cookie", "b=2"), field("x", "y")];
        assert_eq!(headers(&all).unwrap(), "headers = { set-cookie = [\"a=1\", \"b=2\"], x = \"y\" }");
        assert_eq!(headers(&all[..1]), None);
    }
}
