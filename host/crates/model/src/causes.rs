//! Errors in words: what happened, and why.

use std::error::Error;

/// What is behind an error, the nearest cause first.
pub fn causes(error: &dyn Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |cause| (*cause).source())
}

/// An error with its causes in one line: `cannot write 'run.json': permission denied`.
pub fn with_causes(error: &dyn Error) -> String {
    joined(error.to_string(), causes(error).map(ToString::to_string))
}

/// The same of words that are there already. What was said is not said again: errors that wrap others often
/// repeat them.
pub fn joined(mut message: String, causes: impl IntoIterator<Item = String>) -> String {
    for words in causes {
        if !message.contains(&words) {
            message.push_str(": ");
            message.push_str(&words);
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{words}")]
    struct Link {
        words: &'static str,
        source: Option<Box<Link>>,
    }

    fn chain(words: &[&'static str]) -> Option<Box<Link>> {
        let (first, rest) = words.split_first()?;
        Some(Box::new(Link { words: first, source: chain(rest) }))
    }

    #[test]
    fn causes_follow_the_error_and_nothing_is_said_twice() {
        let error =
            chain(&["cannot write", "the store: the disk is full", "the disk is full", "28"]).unwrap();
        assert_eq!(with_causes(&error), "cannot write: the store: the disk is full: 28");
        assert_eq!(causes(&error).count(), 3);
        assert_eq!(with_causes(&*chain(&["alone"]).unwrap()), "alone");
    }
}
