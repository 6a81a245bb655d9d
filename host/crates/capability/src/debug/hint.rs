//! Nothing was found: what is there instead.

use outrider_model::nearest;

use super::{Question, shown};
use crate::http::{Inventory, MAX_COUNTED_NAMES, Markup};
use crate::{Redactor, Response, ResponseId, ResponseStore};

/// 20 names of what is there, and that there are more.
const MAX_NAMES: usize = 20;

/// 80 bytes of a text that is there.
const MAX_EXCERPT_BYTES: usize = 80;

/// What an answer has instead of what was asked for. What it quotes is without secrets; what it names may be one.
pub(super) fn hint(
    redactor: &Redactor,
    responses: &ResponseStore,
    id: ResponseId,
    question: Question<'_>,
) -> Option<String> {
    let response = responses.get(id).ok()?;
    match question {
        Question::Header(name) => Some(header_names(response, name)),
        Question::HeaderRegex(name, ..) => Some(header_values(redactor, response, name)),
        Question::JsonPath(path) => responses.json_path_reach(id, path, redactor),
        Question::Regex(pattern, group) => Some(near_match(redactor, responses, id, pattern, group)),
        Question::Css(selector, attribute) => document(responses, id, Words::of_css(selector, attribute)),
        Question::XPath(expression) => document(responses, id, Words::of_xpath(expression)),
        Question::JsonSchema(_) | Question::Part(_) => None,
    }
}

fn header_names(response: &Response, wanted: &str) -> String {
    let mut names: Vec<&str> = response.header_fields().map(|(name, _)| name).collect();
    names.dedup();
    let wanted = wanted.to_ascii_lowercase();
    let meant = nearest(&wanted, names.iter().copied());
    let meant = meant.map(|name| format!(" (did you mean {name}?)")).unwrap_or_default();
    format!("the answer has {}{meant}", list(&names))
}

fn header_values(redactor: &Redactor, response: &Response, name: &str) -> String {
    let values: Vec<String> = response.header_values(name).map(|value| quoted(redactor, &value)).collect();
    match values.is_empty() {
        true => header_names(response, name),
        false => format!("{} is {}", name.to_ascii_lowercase(), values.join(", ")),
    }
}

/// What a slightly different pattern would have matched, or how the body begins.
fn near_match(
    redactor: &Redactor,
    responses: &ResponseStore,
    id: ResponseId,
    pattern: &str,
    group: u32,
) -> String {
    let matches = |pattern: &str, group| responses.regex(id, pattern, group).ok().flatten();
    if group > 0
        && let Some(whole) = matches(pattern, 0)
    {
        return format!("it matches {}, in which group {group} took no part", quoted(redactor, &whole));
    }
    for (flag, why) in [("(?i)", "without regard to case"), ("(?s)", "where . matches line ends too")] {
        if let Some(found) = matches(&format!("{flag}{pattern}"), 0) {
            return format!("{why} it matches {}: write {flag} before it", quoted(redactor, &found));
        }
    }
    match responses.text(id) {
        Ok(text) if text.is_empty() => "the body is empty".to_owned(),
        Ok(text) => format!("the body begins with {}", quoted(redactor, text.trim_start())),
        Err(error) => error.to_string(),
    }
}

/// The names that a selector or an XPath speaks of.
#[derive(Debug, Default, PartialEq, Eq)]
struct Words {
    elements: Vec<String>,
    attributes: Vec<String>,
    classes: Vec<String>,
    ids: Vec<String>,
}

impl Words {
    /// Those of a CSS selector. What is in brackets or quotes, and after a colon, is left out.
    fn of_css(selector: &str, attribute: Option<&str>) -> Words {
        let mut words =
            Words { attributes: attribute.map(str::to_owned).into_iter().collect(), ..Words::default() };
        let mut depth = 0_u32;
        let mut before = ' ';
        let mut letters = selector.char_indices().peekable();
        while let Some((start, letter)) = letters.next() {
            match letter {
                '[' | '(' => depth += 1,
                ']' | ')' => depth = depth.saturating_sub(1),
                _ if is_name(letter) && depth == 0 => {
                    let mut end = start + letter.len_utf8();
                    while let Some((at, next)) = letters.next_if(|(_, next)| is_name(*next)) {
                        end = at + next.len_utf8();
                    }
                    let word = selector[start..end].to_owned();
                    match before {
                        '.' => words.classes.push(word),
                        '#' => words.ids.push(word),
                        ':' => {}
                        _ => words.elements.push(word),
                    }
                }
                _ => {}
            }
            before = letter;
        }
        words
    }

    /// Those of an XPath: names that are neither functions nor axes nor operators nor in quotes.
    fn of_xpath(expression: &str) -> Words {
        let mut words = Words::default();
        for (number, part) in expression.split(['"', '\'']).enumerate() {
            if number % 2 == 0 {
                words.take_xpath(part);
            }
        }
        words
    }

    fn take_xpath(&mut self, text: &str) {
        let mut from = 0;
        while let Some(start) = text[from..].find(|c: char| c.is_alphabetic() || c == '_').map(|at| from + at)
        {
            let end = text[start..].find(|c| !is_name(c)).map_or(text.len(), |length| start + length);
            let (word, rest) = (&text[start..end], text[end..].trim_start());
            let is_name = !(rest.starts_with('(') || rest.starts_with("::") || rest.starts_with(':'));
            let is_operator =
                ["and", "or", "div", "mod"].contains(&word) && !text[..start].ends_with(['/', '@']);
            if is_name && !is_operator {
                let is_attribute =
                    text[..start].trim_end().ends_with(['@']) || text[..start].ends_with("attribute::");
                if is_attribute { &mut self.attributes } else { &mut self.elements }.push(word.to_owned());
            }
            from = end;
        }
    }
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '-' | '_')
}

/// The first of the names that the document does not have, with what was probably meant; else what it has.
fn document(responses: &ResponseStore, id: ResponseId, words: Words) -> Option<String> {
    let inventory = responses.inventory(id).ok()?;
    let kinds = [
        ("element", &words.elements, &inventory.elements),
        ("class", &words.classes, &inventory.classes),
        ("id", &words.ids, &inventory.ids),
        ("attribute", &words.attributes, &inventory.attributes),
    ];
    for (kind, wanted, there) in kinds {
        for word in wanted {
            // In HTML case does not matter to names.
            let is_there = |name: &&String| match (kind, inventory.markup) {
                ("element" | "attribute", Markup::Html) => name.eq_ignore_ascii_case(word),
                _ => *name == word,
            };
            // Of too many names some were not counted, and this may be one.
            if there.len() == MAX_COUNTED_NAMES || there.keys().any(|name| is_there(&name)) {
                continue;
            }
            let meant = nearest(word, there.keys().map(String::as_str));
            let meant = meant.map(|name| format!(" (did you mean {name}?)")).unwrap_or_default();
            return Some(format!("there is no {kind} {word}{meant}; {}", what_is_there(&inventory)));
        }
    }
    Some(format!("each name is there, but not so; {}", what_is_there(&inventory)))
}

fn what_is_there(inventory: &Inventory) -> String {
    let counted = inventory.elements.iter().map(|(name, count)| match count {
        1 => name.clone(),
        count => format!("{name} ({count})"),
    });
    let names: Vec<String> = counted.collect();
    let what = if inventory.markup == Markup::Html { "read as HTML" } else { "read as XML" };
    format!("the body, {what}, has {}", list(&names))
}

/// `a, b, c`; of many the first, and how many more.
pub(crate) fn list(names: &[impl AsRef<str>]) -> String {
    if names.is_empty() {
        return "nothing".to_owned();
    }
    let shown: Vec<&str> = names.iter().take(MAX_NAMES).map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(MAX_NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// A text in quotes, or the beginning of it, without secrets: behind the closing quote nobody would see that one was cut.
pub(crate) fn quoted(redactor: &Redactor, text: &str) -> String {
    format!("{:?}", shown::line(redactor, text, MAX_EXCERPT_BYTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_a_selector_are_told_apart() {
        let words = Words::of_css("main > a.next#first[href^='/x']:not(.gone) li", Some("href"));
        assert_eq!(words.elements, ["main", "a", "li"]);
        assert_eq!((words.classes, words.ids), (vec!["next".to_owned()], vec!["first".to_owned()]));
        assert_eq!(words.attributes, ["href"]);
    }

    #[test]
    fn half_a_secret_is_not_quoted() {
        let redactor = Redactor::new([("token", "sk_live_4eC39HqLyjWDarjtT1zdp7dc8Kq2mNb0")]);
        let body = format!(
            "{{\"message\":\"{}\",\"token\":\"sk_live_4eC39HqLyjWDarjtT1zdp7dc8Kq2mNb0\"}}",
            "x".repeat(40)
        );
        for cut in 0..40 {
            let quoted = quoted(&redactor, &body[cut..]);
            assert!(!quoted.contains("sk_"), "{quoted}");
        }
    }

    #[test]
    fn the_names_of_an_xpath_are_told_apart() {
        let words = Words::of_xpath("//form[input/@name='csrf or so' and position() = 1]/child::a/@href");
        assert_eq!(words.elements, ["form", "input", "a"]);
        assert_eq!(words.attributes, ["name", "href"]);
    }
}
