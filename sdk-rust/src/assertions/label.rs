//! Labels, as a pack's parameters name them.

/// Whether a text is as a pattern says in which `*` stands for any text, also for none: how a pack's parameters name
/// the exchanges or steps that it is for.
///
/// ```
/// use outrider_sdk::assertions::fits;
///
/// assert!(fits("/assets/*.js", "/assets/app.js"));
/// assert!(!fits("/assets/*.js", "/assets/app.css"));
/// ```
pub fn fits(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return text.ends_with(part);
        }
        // The first place is as good as any later one: what follows has the more room.
        let Some(at) = text.find(part) else { return false };
        text = &text[at + part.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text) in [
            ("*", ""),
            ("a*", "a"),
            ("*b", "ab"),
            ("a*c*e", "abcde"),
            ("a**b", "ab"),
            ("*a*", "bab"),
            ("a*a", "aa"),
        ] {
            assert!(fits(pattern, text), "{pattern} takes {text}");
        }
        for (pattern, text) in [("a", "ab"), ("a*", "ba"), ("*a", "ab"), ("a*a", "a"), ("a*b*c", "acb")] {
            assert!(!fits(pattern, text), "{pattern} does not take {text}");
        }
    }
}
