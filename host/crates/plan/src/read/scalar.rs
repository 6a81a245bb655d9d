//! Values that are no tables.

use std::time::Duration;

use outrider_model::units::{StageTarget, UnitError, parse_duration, parse_rate, parse_share, parse_size};
use outrider_model::{AnnotationError, PlannedAnnotation, Rate, RunTag, TagError, nearest};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use toml::de::{DeInteger, DeValue};

use super::node::{Node, Read};
use crate::{Described, Written};

/// A list of thresholds, as `thresholds` holds it.
pub(super) const THRESHOLDS: &str = "[\"requests.duration p95 < 500ms\"]";

impl Read for String {
    fn list(key: &str) -> Option<&'static str> {
        Some(match key {
            "thresholds" => THRESHOLDS,
            "scenarios" => "[\"browse\", \"buy\"]",
            "allow_net" => "[\"*.shop.test:443\"]",
            _ => "[\"…\", \"…\"]",
        })
    }

    fn read(node: &Node<'_, '_>) -> Option<String> {
        match node.value {
            DeValue::String(text) if text.is_empty() => node.refuse(" is empty", None),
            DeValue::String(text) => Some(text.to_string()),
            _ => match node.key.split_once('[') {
                // In a list it has a number, and no key.
                Some((list, _)) => node.is_no("a text", first_of(String::list(list).unwrap_or_default())),
                None => node.is_no("a text", &format!("{} = \"…\"", node.key)),
            },
        }
    }
}

/// The first text of a list of some, as it is written.
fn first_of(list: &str) -> &str {
    list.trim_matches(['[', ']']).split(", ").next().unwrap_or(list)
}

impl Described for String {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "minLength": 1})
    }
}

impl Read for bool {
    fn read(node: &Node<'_, '_>) -> Option<bool> {
        match node.value {
            DeValue::Boolean(value) => Some(*value),
            _ => node.is_no("true or false", &format!("{} = true", node.key)),
        }
    }
}

impl Described for bool {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "boolean"})
    }
}

/// A whole number from 0 to `most`.
fn whole(node: &Node<'_, '_>, most: u64) -> Option<u64> {
    let DeValue::Integer(integer) = node.value else {
        return node.is_no("a whole number", &format!("{} = 10", node.key));
    };
    match from_digits(integer) {
        Some(number) if (0..=i128::from(most)).contains(&number) => u64::try_from(number).ok(),
        Some(number) if number < 0 => node.refuse(format_args!(" = {number} is negative"), None),
        _ => node.refuse(format_args!(" = {integer} is too large"), Some(format!("the most is {most}"))),
    }
}

fn from_digits(integer: &DeInteger<'_>) -> Option<i128> {
    i128::from_str_radix(integer.as_str(), integer.radix()).ok()
}

impl Read for u32 {
    fn read(node: &Node<'_, '_>) -> Option<u32> {
        u32::try_from(whole(node, u64::from(u32::MAX))?).ok()
    }
}

impl Described for u32 {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": 0, "maximum": u32::MAX})
    }
}

impl Read for u64 {
    fn read(node: &Node<'_, '_>) -> Option<u64> {
        whole(node, u64::MAX)
    }
}

impl Described for u64 {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": 0})
    }
}

/// A text with a unit; what it would be as a bare number is the hint.
fn with_unit<T>(
    node: &Node<'_, '_>,
    parse: impl Fn(&str) -> Result<T, UnitError>,
    wanted: &str,
    unit: &str,
) -> Option<T> {
    match node.value {
        DeValue::String(text) => {
            parse(text).map_or_else(|error| node.refuse(format_args!(": {error}"), None), Some)
        }
        DeValue::Integer(number) => node.refuse(
            format_args!(" = {number} has no unit"),
            Some(format!("{} = \"{number}{unit}\"", node.key)),
        ),
        DeValue::Float(number) => node.refuse(
            format_args!(" = {number} has no unit"),
            Some(format!("{} = \"{number}{unit}\"", node.key)),
        ),
        _ => node.is_no(wanted, &format!("{} = \"10{unit}\"", node.key)),
    }
}

impl Read for Duration {
    fn read(node: &Node<'_, '_>) -> Option<Duration> {
        with_unit(node, parse_duration, "a duration", "s")
    }
}

impl Described for Duration {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        // As `parse_duration` reads it.
        json_schema!({
            "type": "string",
            "pattern": r"^\s*([0-9.]+([eE][+-]?[0-9]+)?\s*(ns|us|µs|μs|ms|s|min|m|h|d)\s*)+$",
            "examples": ["30s", "1m30s", "500ms"],
        })
    }
}

impl Read for Rate {
    fn read(node: &Node<'_, '_>) -> Option<Rate> {
        with_unit(node, parse_rate, "a rate", "/s")
    }
}

/// As `parse_rate` reads it.
const RATE_PATTERN: &str = r"^\s*[0-9.]+([eE][+-]?[0-9]+)?\s*/\s*(s|m|min|h)\s*$";

impl Described for Rate {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": RATE_PATTERN, "examples": ["10/s", "30/m", "1000/h"]})
    }
}

impl Read for StageTarget {
    fn read(node: &Node<'_, '_>) -> Option<StageTarget> {
        match node.value {
            DeValue::String(text) => StageTarget::parse(text)
                .map_or_else(|error| node.refuse(format_args!(": {error}"), None), Some),
            DeValue::Integer(_) => u32::read(node).map(StageTarget::Vus),
            _ => node.is_no("a number of VUs or a rate", "target = 100, or target = \"100/s\""),
        }
    }
}

impl Described for StageTarget {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"type": "integer", "minimum": 0, "maximum": u32::MAX, "examples": [100]},
            {"type": "string", "pattern": RATE_PATTERN, "examples": ["100/s"]},
            {"type": "string", "pattern": r"^\s*[0-9]+\s*$", "examples": ["100"]},
        ]})
    }
}

impl Read for RunTag {
    fn list(_: &str) -> Option<&'static str> {
        Some("[\"main\", \"commit=4f2a9c\"]")
    }

    fn read(node: &Node<'_, '_>) -> Option<RunTag> {
        match node.value {
            DeValue::String(text) => {
                text.parse().map_or_else(|error: TagError| node.refuse(format_args!(": {error}"), None), Some)
            }
            _ => node.is_no("a tag", "tags = [\"main\", \"commit=4f2a9c\"]"),
        }
    }
}

impl Described for RunTag {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": r"^[^\s,=][^\s,]*$", "examples": ["main", "commit=4f2a9c"]})
    }
}

impl Read for PlannedAnnotation {
    fn list(_: &str) -> Option<&'static str> {
        Some("[\"5m=failover\"]")
    }

    fn read(node: &Node<'_, '_>) -> Option<PlannedAnnotation> {
        match node.value {
            DeValue::String(text) => text
                .parse()
                .map_or_else(|error: AnnotationError| node.refuse(format_args!(": {error}"), None), Some),
            _ => node.is_no("an annotation", "annotations = [\"5m=failover\"]"),
        }
    }
}

impl Described for PlannedAnnotation {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[^=]+=.+$", "examples": ["5m=failover", "5m..7m=sale"]})
    }
}

/// A share, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share(
    /// How much.
    pub f64,
);

impl Read for Share {
    fn read(node: &Node<'_, '_>) -> Option<Share> {
        with_unit(node, parse_share, "a share", "%").map(Share)
    }
}

impl Described for Share {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": r"^\s*[0-9.]+\s*%\s*$", "examples": ["1%", "0.5%"]})
    }
}

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes(
    /// How many.
    pub usize,
);

impl Read for Bytes {
    fn read(node: &Node<'_, '_>) -> Option<Bytes> {
        match node.value {
            DeValue::Integer(_) => usize::try_from(u64::read(node)?).ok().map(Bytes),
            _ => with_unit(node, parse_size, "a size", "MiB").map(Bytes),
        }
    }
}

impl Described for Bytes {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"type": "string", "pattern": r"^[0-9]+\s*(B|KiB|MiB|GiB)?$", "examples": ["128MiB"]},
            {"type": "integer", "minimum": 0},
        ]})
    }
}

/// Any value, as JSON.
impl Read for serde_json::Value {
    fn read(node: &Node<'_, '_>) -> Option<serde_json::Value> {
        json(node, node.value)
    }
}

fn json(node: &Node<'_, '_>, value: &DeValue<'_>) -> Option<serde_json::Value> {
    Some(match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Boolean(value) => (*value).into(),
        DeValue::Integer(number) => integer(node, number)?,
        DeValue::Float(number) => {
            let number = number.as_str().parse().ok().and_then(serde_json::Number::from_f64);
            match number {
                Some(number) => number.into(),
                None => return node.refuse(": JSON has neither inf nor nan", None),
            }
        }
        DeValue::Datetime(date) => date.to_string().into(),
        DeValue::Array(values) => {
            values.iter().map(|value| json(node, value.get_ref())).collect::<Option<Vec<_>>>()?.into()
        }
        DeValue::Table(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by_key(|(key, _)| key.span().start);
            let pair = |(key, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
                let key: &std::borrow::Cow<'_, str> = key.get_ref();
                Some((key.to_string(), json(node, value.get_ref())?))
            };
            let map: serde_json::Map<_, _> = entries.into_iter().map(pair).collect::<Option<_>>()?;
            map.into()
        }
    })
}

fn integer(node: &Node<'_, '_>, number: &DeInteger<'_>) -> Option<serde_json::Value> {
    let value = from_digits(number);
    let small = value.and_then(|value| i64::try_from(value).ok()).map(serde_json::Value::from);
    let large = || value.and_then(|value| u64::try_from(value).ok()).map(serde_json::Value::from);
    small.or_else(large).or_else(|| node.refuse(format_args!(": {number} is too large"), None))
}

impl Described for serde_json::Value {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["string", "number", "boolean", "array", "object"]})
    }
}

impl<T: Described> Described for Vec<Written<T>> {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let items = <Written<T> as JsonSchema>::json_schema(generator);
        json_schema!({"type": "array", "items": items})
    }
}

/// One of some words.
pub(crate) fn one_of<T: Copy>(node: &Node<'_, '_>, words: &[(&'static str, T)]) -> Option<T> {
    let names = || words.iter().map(|(name, _)| *name);
    let DeValue::String(text) = node.value else {
        return node.is_no("a text", &format!("{} = \"{}\"", node.key, words[0].0));
    };
    if let Some((_, value)) = words.iter().find(|(name, _)| name == text) {
        return Some(*value);
    }
    let all = format!("there are {}", names().collect::<Vec<_>>().join(", "));
    let hint = match nearest(&text.replace('_', "-").to_lowercase(), names()) {
        Some(near) => format!("did you mean {near}? {all}"),
        None => all,
    };
    node.refuse(format_args!(": there is no '{text}'"), Some(hint))
}
