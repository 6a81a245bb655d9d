//! What is printed of an exception in JavaScript where the contract has no word for one, so that it becomes a trap:
//!
//! ```text
//! panicked at crates/runtime/src/interpreter.rs:51:31:
//! Failed to call 'check-step': Value(String(Ok("outrider-uncaught:TypeError: boom\nat checkStep (rules.ts:3:9)")))
//! ```
//!
//! The runtime's own form says nothing of the author's sources; so the SDK throws this text, which Rust's `Debug` quotes.

const UNCAUGHT: &str = "outrider-uncaught:";

/// The exception's words, and its stack if it has one.
pub(super) fn uncaught(stderr: &[String]) -> Option<(String, Option<String>)> {
    let line = stderr.iter().rev().find(|line| line.contains(UNCAUGHT))?;
    let (_, quoted) = line.split_once(UNCAUGHT)?;
    let text = unquoted(quoted);
    Some(match text.split_once('\n') {
        Some((message, stack)) => (message.to_owned(), Some(stack.to_owned())),
        None => (text, None),
    })
}

/// The text before the closing quote, or all of it where the line was cut.
fn unquoted(quoted: &str) -> String {
    let mut text = String::with_capacity(quoted.len());
    let mut chars = quoted.chars();
    while let Some(next) = chars.next() {
        match next {
            '"' => break,
            '\\' => text.extend(escaped(&mut chars)),
            plain => text.push(plain),
        }
    }
    text
}

/// What stands behind a backslash: <https://doc.rust-lang.org/std/primitive.char.html#method.escape_debug>.
fn escaped(chars: &mut std::str::Chars<'_>) -> Option<char> {
    Some(match chars.next()? {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '0' => '\0',
        'u' => {
            let digits: String = chars.skip(1).take_while(|&digit| digit != '}').collect();
            char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
        }
        itself => itself,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> Vec<String> {
        let place = "thread '<unnamed>' panicked at crates/runtime/src/interpreter.rs:51:31:".to_owned();
        vec![place, format!("Failed to call 'check-step': Value(String(Ok({text:?})))")]
    }

    #[test]
    fn words_and_stack_are_the_authors() {
        let text =
            "outrider-uncaught:TypeError: \"é\" is\tno \u{7}\\price\nat a (rules.ts:3:9)\nat rules.ts:1:1";
        let (message, stack) = uncaught(&printed(text)).unwrap();
        assert_eq!(message, "TypeError: \"é\" is\tno \u{7}\\price");
        assert_eq!(stack.as_deref(), Some("at a (rules.ts:3:9)\nat rules.ts:1:1"));
        assert_eq!(uncaught(&printed("outrider-uncaught:late")), Some(("late".to_owned(), None)));
        assert_eq!(uncaught(&printed("something else")), None);
    }

    #[test]
    fn a_line_that_was_cut_is_read_as_far_as_it_goes() {
        let lines = vec!["… Ok(\"outrider-uncaught:TypeError: bo".to_owned()];
        assert_eq!(uncaught(&lines), Some(("TypeError: bo".to_owned(), None)));
        let lines = vec!["… Ok(\"outrider-uncaught:Error\\u{".to_owned()];
        assert_eq!(uncaught(&lines).unwrap().0, "Error");
    }
}
