//! Text that is shown in a terminal and comes from somebody who is not trusted with it.

/// Whether a terminal obeys a character instead of showing it: control characters, and those that turn the direction of
/// writing.
///
/// ```
/// use outrider_model::drives_a_terminal;
/// assert!(['\u{1b}', '\n', '\u{202e}'].into_iter().all(drives_a_terminal));
/// assert!(!drives_a_terminal('é'));
/// ```
pub fn drives_a_terminal(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
