//! Which samples a threshold is about.

use std::fmt;
use std::sync::Arc;

/// A tag that a sample must have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TagFilter {
    /// The tag's key: one of this program's, or of the journey's.
    pub key: Arc<str>,
    /// Its value. Of `status` also a class, as in `5xx`, or `none` for no answer.
    pub value: Arc<str>,
}

impl fmt::Display for TagFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bare_key = !self.key.is_empty() && self.key.chars().all(continues_key);
        write!(
            f,
            "{}={}",
            quoted_if(!bare_key, &self.key),
            quoted_if(!is_bare_value(&self.value), &self.value)
        )
    }
}

/// Whether a key that is not quoted goes on with this character.
pub(super) fn continues_key(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !matches!(c, '=' | '!' | '<' | '>' | ',' | '{' | '}' | '"')
}

/// Whether a value is read as it is when it is not quoted.
fn is_bare_value(value: &str) -> bool {
    let mut depth = 0_u32;
    for c in value.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return false,
            '}' => depth -= 1,
            ',' | '"' => return false,
            c if c.is_control() => return false,
            _ => {}
        }
    }
    depth == 0 && !value.is_empty() && value.trim() == value
}

/// `text`, in quotes if `quote`.
pub(super) fn quoted_if(quote: bool, text: &str) -> String {
    match quote {
        true => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        false => text.to_owned(),
    }
}

/// Whether a value can be that of the tag `status`.
pub(super) fn is_status(value: &str) -> bool {
    let class = value.strip_suffix("xx").is_some_and(|class| matches!(class, "1" | "2" | "3" | "4" | "5"));
    class
        || value == "none"
        || (value.len() == 3 && value.parse::<u16>().is_ok_and(|status| (100..=599).contains(&status)))
}
