//! Colour and width.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

pub(super) use crate::words::clean;

/// Eighty columns, the width of a terminal that says nothing else.
pub const DEFAULT_TEXT_WIDTH: usize = 80;

/// Sixty columns: a table of names, counts and three percentiles needs that much.
pub const MIN_TEXT_WIDTH: usize = 60;

/// How text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextStyle {
    /// Whether ANSI colours are used. The words are the same with and without.
    pub color: bool,
    /// The width in columns; less than [`MIN_TEXT_WIDTH`] is taken as that.
    /// Defaults to 80 via [`DEFAULT_TEXT_WIDTH`].
    pub width: usize,
}

impl Default for TextStyle {
    fn default() -> TextStyle {
        TextStyle { color: false, width: DEFAULT_TEXT_WIDTH }
    }
}

/// The role of a piece of text; colours follow roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Paint {
    #[default]
    Plain,
    /// Headings.
    Bold,
    /// What is seldom looked at.
    Dim,
    /// As it should be.
    Good,
    /// Failed.
    Bad,
    /// To be looked at.
    Warn,
}

impl TextStyle {
    /// `text` in the colour of its role.
    pub(super) fn paint(self, paint: Paint, text: &str) -> String {
        let code = match paint {
            _ if !self.color || text.trim().is_empty() => return text.to_owned(),
            Paint::Plain => return text.to_owned(),
            Paint::Bold => "1",
            Paint::Dim => "2",
            Paint::Good => "32",
            Paint::Bad => "1;31",
            Paint::Warn => "33",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

/// The columns that `text` takes.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// `text` within `width` columns; a long one loses its middle, since names differ at both ends.
pub(super) fn cut_middle(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(1);
    let head = take_columns(text.chars(), room.div_ceil(2));
    let tail: String = take_columns(text.chars().rev(), room - columns(&head)).chars().rev().collect();
    format!("{head}…{tail}")
}

/// A message within `width` columns. What stands behind its last colon is its cause, which is worth more than what
/// failed: of a long message the cause stays whole if it fits into three quarters, and else its beginning.
pub(super) fn cut_message(text: &str, width: usize) -> String {
    // A remark in parentheses at its end, for example a hint, has colons of its own.
    let remark = text.rfind(" (").filter(|_| text.ends_with(')')).unwrap_or(text.len());
    let (what, cause) = text[..remark].rfind(": ").map_or((text, ""), |at| text.split_at(at));
    // The end that any long text keeps holds a short one.
    if columns(text) <= width || columns(cause) < width / 2 {
        return cut_middle(text, width);
    }
    let room = width.saturating_sub(columns(cause)).max(width / 4);
    cut_end(&format!("{}{cause}", cut_end(what, room)), width)
}

/// `text` within `width` columns; a long one loses its end.
pub(super) fn cut_end(text: &str, width: usize) -> String {
    match columns(text) <= width {
        true => text.to_owned(),
        false => format!("{}…", take_columns(text.chars(), width.saturating_sub(1))),
    }
}

/// As many characters as fit into `width` columns.
fn take_columns(chars: impl Iterator<Item = char>, width: usize) -> String {
    let mut taken = 0;
    chars
        .take_while(|c| {
            taken += c.width().unwrap_or(0);
            taken <= width
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_both_ends() {
        assert_eq!(cut_middle("GET /api/products/{id}/reviews", 16), "GET /api…reviews");
        assert_eq!(cut_middle("short", 16), "short");
        assert_eq!(cut_end("a long message", 7), "a long…");
    }

    #[test]
    fn a_long_message_keeps_its_cause() {
        let refused = "cannot connect to 127.0.0.1:8080: connection refused (os error 111)";
        assert_eq!(cut_message(refused, 60), "cannot connect to 127.0.…: connection refused (os error 111)");
        assert_eq!(cut_message(refused, 80), refused);
        let hinted =
            "GET /cart: invalid URL: relative URL without a base (hint: --target URL gives what they lack)";
        assert_eq!(cut_message(hinted, 60), "GET /cart: inv…: relative URL without a base (hint: --targe…");
        let short = "a long message about something that has gone wrong: 5";
        assert_eq!(cut_message(short, 30), cut_middle(short, 30));
        let long = "no: a long message about something that has gone wrong";
        assert_eq!(cut_message(long, 30), "no: a long message about some…");
        let both = "a long thing cannot be done: a long message about something";
        assert_eq!(cut_message(both, 30), "a long…: a long message about…");
        assert_eq!(cut_message("a long message without any cause", 20), "a long mes…any cause");
    }

    #[test]
    fn wide_characters_count_two_columns() {
        let cut = cut_middle("加入购物车加入购物车", 11);
        assert!(columns(&cut) <= 11, "{cut:?}");
        assert!(cut.starts_with("加入") && cut.ends_with('车'), "{cut:?}");
    }

    #[test]
    fn escape_sequences_and_line_breaks_of_guests_are_blanked() {
        assert_eq!(clean("a\x1b[31mb\nc\u{202e}d"), "a [31mb c d");
    }
}
