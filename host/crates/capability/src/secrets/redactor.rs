//! Finds secrets in texts and puts their names in the place.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use percent_encoding::percent_decode;

use super::forms::forms;

/// Eight bytes, or half of a form, whichever is more: so much of a form's beginning is taken for the
/// whole of it. A text that its author cut ends in the middle of a secret.
const MIN_HEAD_BYTES: usize = 8;

/// Three bytes of a form at the very end of a text that was cut count as its beginning. Fewer give
/// nothing away.
const MIN_TAIL_BYTES: usize = 3;

/// Percent-encoding is undone twice: a URL inside the query of another one is encoded twice.
const DECODINGS: usize = 2;

/// Finds the values of secrets in texts. Cheap to clone; without secrets it does nothing.
#[derive(Clone, Default)]
pub struct Redactor(Option<Arc<Known>>);

struct Known {
    /// Finds the heads of all forms.
    heads: AhoCorasick,
    forms: Vec<Form>,
}

#[derive(Clone)]
struct Form {
    text: Vec<u8>,
    head: usize,
    /// `[secret NAME]`.
    replacement: Arc<str>,
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let forms = self.0.as_ref().map_or(0, |known| known.forms.len());
        f.debug_struct("Redactor").field("forms", &forms).finish_non_exhaustive()
    }
}

/// A place in a text, and what stands there instead.
struct Found {
    place: Range<usize>,
    replacement: Arc<str>,
}

impl Redactor {
    /// A redactor of these secrets, as name and value.
    pub fn new<'a>(secrets: impl IntoIterator<Item = (&'a str, &'a str)>) -> Redactor {
        let mut all = Vec::new();
        for (name, value) in secrets {
            let replacement: Arc<str> = format!("[secret {name}]").into();
            all.extend(forms(value).into_iter().map(|text| Form {
                head: text.len().min(MIN_HEAD_BYTES.max(text.len().div_ceil(2))),
                text,
                replacement: Arc::clone(&replacement),
            }));
        }
        Redactor::of(all)
    }

    /// A redactor of the secrets of both.
    #[must_use]
    pub fn and(&self, other: &Redactor) -> Redactor {
        let known = [self, other].into_iter().filter_map(|redactor| redactor.0.as_ref());
        Redactor::of(known.flat_map(|known| known.forms.iter().cloned()).collect())
    }

    fn of(all: Vec<Form>) -> Redactor {
        if all.is_empty() {
            return Redactor(None);
        }
        let heads = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(all.iter().map(|form| &form.text[..form.head]))
            .expect("a few kilobytes of forms are far below the automaton's limit");
        Redactor(Some(Arc::new(Known { heads, forms: all })))
    }

    /// Whether there is nothing to look for.
    pub fn is_idle(&self) -> bool {
        self.0.is_none()
    }

    /// The text with the names of secrets in the place of their values.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let Some(known) = &self.0 else { return Cow::Borrowed(text) };
        // The SDKs mark what they cut.
        let end = text.strip_suffix('…');
        known.redact(text, end.map(str::len))
    }

    /// As [`Redactor::redact`], for a text whose end was cut off: it may end in the middle of a secret.
    pub fn redact_cut<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let Some(known) = &self.0 else { return Cow::Borrowed(text) };
        known.redact(text, Some(text.len()))
    }

    /// The text, redacted in place.
    pub fn clean(&self, text: &mut String) {
        if let Cow::Owned(redacted) = self.redact(text) {
            *text = redacted;
        }
    }

    /// All texts of a JSON value, keys too, redacted in place.
    pub fn clean_json(&self, value: &mut serde_json::Value) {
        use serde_json::Value;
        match value {
            Value::String(text) => self.clean(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.clean_json(item)),
            Value::Object(fields) => {
                for (mut key, mut value) in std::mem::take(fields) {
                    self.clean(&mut key);
                    self.clean_json(&mut value);
                    fields.insert(key, value);
                }
            }
            // A secret of digits alone may be a number.
            Value::Number(number) => {
                if let Cow::Owned(redacted) = self.redact(&number.to_string()) {
                    *value = Value::String(redacted);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }
}

impl Known {
    /// `cut_at` is where the text was cut, if it was.
    fn redact<'t>(&self, text: &'t str, cut_at: Option<usize>) -> Cow<'t, str> {
        let mut found = self.find(text.as_bytes());
        found.extend(cut_at.and_then(|end| self.find_tail(&text.as_bytes()[..end])));
        found.extend(self.find_encoded(text.as_bytes()));
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        Cow::Owned(replace(text, found))
    }

    fn find(&self, text: &[u8]) -> Vec<Found> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(head) = self.heads.find(&text[from..]) {
            let start = from + head.start();
            let (length, form) = self.longest_at(&text[start..]);
            found.push(Found { place: start..start + length, replacement: Arc::clone(&form.replacement) });
            from = start + length;
        }
        found
    }

    /// The form of which most stands at the beginning of the text, where the head of one stands.
    fn longest_at(&self, text: &[u8]) -> (usize, &Form) {
        let standing = self.forms.iter().map(|form| (common(&form.text, text), form));
        let whole = standing.filter(|(length, form)| *length >= form.head);
        whole.max_by_key(|(length, _)| *length).expect("the head of a form was found here")
    }

    /// The beginning of a form at the end of the text.
    fn find_tail(&self, text: &[u8]) -> Option<Found> {
        let tails = self.forms.iter().filter_map(|form| {
            let longest = (form.text.len() - 1).min(text.len());
            let length =
                (MIN_TAIL_BYTES..=longest).rev().find(|length| text.ends_with(&form.text[..*length]));
            Some((length?, form))
        });
        let (length, form) = tails.max_by_key(|(length, _)| *length)?;
        let place = text.len() - length..text.len();
        Some(Found { place, replacement: Arc::clone(&form.replacement) })
    }

    /// Secrets that are there only after the text is percent-decoded.
    fn find_encoded(&self, text: &[u8]) -> Vec<Found> {
        let mut found = Vec::new();
        let mut decoded = Cow::Borrowed(text);
        let mut places: Vec<usize> = Vec::new();
        for _ in 0..DECODINGS {
            if !decoded.contains(&b'%') {
                break;
            }
            let (next, starts) = decode(&decoded);
            places = match places.is_empty() {
                true => starts,
                false => starts.into_iter().map(|start| places[start]).collect(),
            };
            decoded = Cow::Owned(next);
            let in_text = |place: Range<usize>| places[place.start]..places[place.end];
            found.extend(
                self.find(&decoded)
                    .into_iter()
                    .map(|one| Found { place: in_text(one.place), replacement: one.replacement }),
            );
        }
        found
    }
}

/// How many bytes two texts have in common at their beginning.
fn common(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

/// The text percent-decoded, and where each byte of it, and its end, stood before.
fn decode(text: &[u8]) -> (Vec<u8>, Vec<usize>) {
    let decoded: Vec<u8> = percent_decode(text).collect();
    let mut starts = Vec::with_capacity(decoded.len() + 1);
    let mut at = 0;
    for byte in &decoded {
        starts.push(at);
        let escaped = text[at] == b'%' && is_escape(&text[at..]);
        debug_assert!(escaped || text[at] == *byte, "both read the same escapes");
        at += if escaped { 3 } else { 1 };
    }
    starts.push(text.len());
    (decoded, starts)
}

fn is_escape(text: &[u8]) -> bool {
    matches!(text, [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
}

/// Puts the replacements in. Places that overlap are one: that of the first.
fn replace(text: &str, mut found: Vec<Found>) -> String {
    found.sort_by_key(|one| (one.place.start, std::cmp::Reverse(one.place.end)));
    let mut redacted = String::with_capacity(text.len());
    let mut from = 0;
    for one in found {
        // A form that is cut may end inside of a letter of several bytes; what is left of it goes along.
        let start = text.floor_char_boundary(one.place.start);
        let end = text.ceil_char_boundary(one.place.end);
        if start >= from {
            redacted.push_str(&text[from..start]);
            redacted.push_str(&one.replacement);
        }
        from = from.max(end);
    }
    redacted.push_str(&text[from..]);
    redacted
}
