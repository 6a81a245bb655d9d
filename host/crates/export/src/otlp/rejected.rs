//! What a collector took and threw away: the partial success of OTLP.

use std::sync::{Mutex, PoisonError};

use outrider_model::drives_a_terminal;
use outrider_model::units::counted;

/// 200 characters of what a collector says: a long sentence. The rest is cut off.
const MAX_WORDS: usize = 200;

/// What was rejected of the messages of one kind.
#[derive(Debug, Default)]
pub(crate) struct Rejected(Mutex<Tally>);

#[derive(Debug, Default)]
struct Tally {
    parts: u64,
    messages: u64,
    /// What was said of it the first time.
    why: String,
    has_advised: bool,
}

impl Rejected {
    /// Counts what was rejected of a message. What is to be said of it at once: the first time, and of advice that is given
    /// though everything was kept, the first time too.
    pub(crate) fn add(&self, parts: u64, why: &str, part: &str) -> Option<String> {
        let why = shown(why);
        let mut tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if parts == 0 {
            let is_new = !why.is_empty() && !std::mem::replace(&mut tally.has_advised, true);
            return is_new.then(|| format!("says: {why}"));
        }
        let is_first = tally.messages == 0;
        tally.parts = tally.parts.saturating_add(parts);
        tally.messages += 1;
        if is_first {
            tally.why.clone_from(&why);
        }
        is_first.then(|| format!("rejects {}{}", counted(parts as f64, part), because(&why)))
    }

    /// What was rejected in all, if anything was.
    pub(crate) fn sentence(&self, place: &str, part: &str) -> Option<String> {
        let tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let in_messages = match tally.messages {
            0 => return None,
            1 => String::new(),
            messages => format!(" in {messages} messages"),
        };
        let parts = counted(tally.parts as f64, part);
        Some(format!("the collector at {place} rejected {parts}{in_messages}{}", because(&tally.why)))
    }
}

fn because(why: &str) -> String {
    if why.is_empty() { String::new() } else { format!(": {why}") }
}

/// On one line, and nothing that a terminal obeys.
fn shown(why: &str) -> String {
    let plain: String = why.chars().map(|c| if drives_a_terminal(c) { ' ' } else { c }).collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(MAX_WORDS) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_rejected_is_summed_up_with_the_first_reason() {
        let rejected = Rejected::default();
        assert_eq!(rejected.sentence("http://c/", "span"), None);
        assert_eq!(rejected.add(2, "quota", "span").as_deref(), Some("rejects 2 spans: quota"));
        assert_eq!(rejected.add(1, "something else", "span"), None);
        let sentence = "the collector at http://c/ rejected 3 spans in 2 messages: quota";
        assert_eq!(rejected.sentence("http://c/", "span").as_deref(), Some(sentence));
    }

    #[test]
    fn advice_is_said_once_and_rejects_nothing() {
        let rejected = Rejected::default();
        assert_eq!(rejected.add(0, "", "span"), None);
        assert_eq!(rejected.add(0, "use v2", "span").as_deref(), Some("says: use v2"));
        assert_eq!(rejected.add(0, "use v2", "span"), None);
        assert_eq!(rejected.sentence("http://c/", "span"), None);
    }

    #[test]
    fn what_a_collector_says_is_short_and_drives_no_terminal() {
        assert_eq!(shown("a\u{1b}[2Jb\n\n c"), "a [2Jb c");
        let long = shown(&"é".repeat(5_000));
        assert_eq!((long.chars().count(), long.ends_with('…')), (MAX_WORDS + 1, true));
    }
}
