//! How far a query that selects nothing gets: for who wonders why.

use std::ops::ControlFlow;

use outrider_model::nearest;
use serde_json::Value;

use super::query::{Segment, Selector};
use super::walk::{Stop, Walk};
use super::{JsonPath, MAX_VISITS};
use crate::Redactor;
use crate::debug::{list, quoted};

impl JsonPath {
    /// The longest beginning of the query that selects something, what that is, and what was probably meant.
    pub(crate) fn reach(&self, document: &Value, redactor: &Redactor) -> Option<String> {
        let segments = &self.0.segments;
        let (length, node) = (0..segments.len())
            .rev()
            .find_map(|length| first(document, &segments[..length]).map(|node| (length, node)))?;
        let place: String = segments[..length].iter().map(written).collect();
        let meant = meant(&segments[length], node);
        let meant = meant.map(|name| format!(" (did you mean {name}?)")).unwrap_or_default();
        Some(format!("${place} is {}{meant}", described(node, redactor)))
    }
}

fn first<'a>(document: &'a Value, segments: &'a [Segment]) -> Option<&'a Value> {
    let mut found = None;
    let mut take = |node| {
        found = Some(node);
        ControlFlow::Break(Stop::Enough)
    };
    // That it was too much to look at is as if nothing were there.
    let _ended: ControlFlow<Stop> = Walk::new(document, MAX_VISITS).select(document, segments, &mut take);
    found
}

/// The name of a member that differs little from the one that is not there.
fn meant<'v>(segment: &Segment, node: &'v Value) -> Option<&'v str> {
    let (Value::Object(members), [Selector::Name(wanted), ..]) = (node, &segment.selectors[..]) else {
        return None;
    };
    nearest(wanted, members.keys().map(String::as_str))
}

fn described(node: &Value, redactor: &Redactor) -> String {
    match node {
        Value::Object(members) if members.is_empty() => "an empty object".to_owned(),
        Value::Object(members) => {
            format!("an object with {}", list(&members.keys().collect::<Vec<_>>()))
        }
        Value::Array(items) => match items.len() {
            0 => "an empty list".to_owned(),
            1 => "a list of one".to_owned(),
            length => format!("a list of {length}"),
        },
        Value::String(text) => format!("the text {}", quoted(redactor, text)),
        other => other.to_string(),
    }
}

/// A segment as it may be written; filters and slices are not written out.
fn written(segment: &Segment) -> String {
    let dots = if segment.descends { ".." } else { "" };
    let selectors: Vec<String> = segment.selectors.iter().map(selector).collect();
    match &segment.selectors[..] {
        [Selector::Name(name)] if is_plain(name) => {
            format!("{}{name}", if segment.descends { ".." } else { "." })
        }
        _ => format!("{dots}[{}]", selectors.join(",")),
    }
}

fn selector(selector: &Selector) -> String {
    match selector {
        Selector::Name(name) => format!("'{name}'"),
        Selector::Wildcard => "*".to_owned(),
        Selector::Index(index) => index.to_string(),
        Selector::Slice(_) => "…:…".to_owned(),
        Selector::Filter(_) => "?…".to_owned(),
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reach(document: &Value, path: &str) -> String {
        JsonPath::parse(path).unwrap().reach(document, &Redactor::default()).unwrap()
    }

    #[test]
    fn a_query_is_followed_as_far_as_it_goes() {
        let document = json!({"products": [{"name": "Tent", "price": 5}], "page": "one", "none": {}});
        for (path, expected) in [
            ("$.product[0]", "$ is an object with products, page, none (did you mean products?)"),
            ("$.products[0].nmae", "$.products[0] is an object with name, price (did you mean name?)"),
            ("$.products[3].name", "$.products is a list of one"),
            ("$.page.title", "$.page is the text \"one\""),
            ("$['none'].x", "$.none is an empty object"),
            ("$.products[*]['a b']", "$.products[*] is an object with name, price"),
            ("$.products[?@.price > 9].name", "$.products is a list of one"),
        ] {
            assert_eq!(reach(&document, path), expected, "{path}");
        }
    }
}
