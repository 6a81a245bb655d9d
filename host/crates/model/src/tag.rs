//! Words by which runs are found again.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::drives_a_terminal;

/// A tag of a run: `main`, or a key with a value as `branch=main`. It has no spaces, so that commands and lists can name
/// several, and no commas.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunTag(String);

/// A text that is no tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not a tag: write KEY or KEY=VALUE without spaces and commas, for example main or commit=4f2a9c"
)]
pub struct TagError(String);

/// Two hundred characters: a branch's name or a link fits, and a list of runs stays one.
const MAX_LENGTH: usize = 200;

impl RunTag {
    /// The tag as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `wanted` asks for this tag: by all of it, or by its key alone.
    pub fn answers(&self, wanted: &str) -> bool {
        self.0 == wanted || self.0.split_once('=').is_some_and(|(key, _)| key == wanted)
    }
}

impl FromStr for RunTag {
    type Err = TagError;

    fn from_str(text: &str) -> Result<RunTag, TagError> {
        let is_odd = |c: char| c.is_whitespace() || c == ',' || drives_a_terminal(c);
        let is_sound = !text.is_empty()
            && !text.starts_with('=')
            && text.chars().count() <= MAX_LENGTH
            && !text.contains(is_odd);
        if is_sound { Ok(RunTag(text.to_owned())) } else { Err(TagError(text.to_owned())) }
    }
}

impl fmt::Display for RunTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_asked_for_by_all_of_it_or_by_its_key() {
        let tag: RunTag = "branch=main".parse().unwrap();
        assert!(tag.answers("branch") && tag.answers("branch=main"));
        assert!(!tag.answers("main") && !tag.answers("branch=ma") && !tag.answers(""));
        for odd in ["", "a b", "a,b", "=x", "a\u{1b}[2J", &"x".repeat(201)] {
            assert!(odd.parse::<RunTag>().is_err(), "{odd:?}");
        }
    }
}
