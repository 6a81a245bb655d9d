//! Places in the author's sources.

use std::fmt;

/// Longer lines are shown around the column alone: generated code can have lines of a megabyte.
const EXCERPT_CHARS: usize = 120;

/// A place in a source, and the line there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's path in the author's project.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The line's text.
    pub text: String,
}

impl Place {
    /// The place at a byte offset.
    pub(crate) fn at(file: &str, code: &str, offset: usize) -> Place {
        let offset = floor_char_boundary(code, offset);
        let before = &code[..offset];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let text = code[start..].lines().next().unwrap_or_default();
        Place {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: code[start..offset].chars().count() + 1,
            text: text.to_owned(),
        }
    }

    /// The line with a mark under the column:
    ///
    /// ```text
    ///   3 | const = 1;
    ///     |       ^
    /// ```
    pub fn excerpt(&self) -> String {
        let first = self.column.saturating_sub(EXCERPT_CHARS / 2 + 1);
        let first = if self.text.chars().count() > EXCERPT_CHARS { first } else { 0 };
        let shown: String = self.text.chars().skip(first).take(EXCERPT_CHARS).collect();
        // Tabs stay tabs above the mark, so that it stands right at any width of theirs.
        let lead = shown.chars().take(self.column.saturating_sub(first + 1));
        let indent: String = lead.map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        format!("  {number} | {shown}\n  {margin} | {indent}^")
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

fn floor_char_boundary(code: &str, offset: usize) -> usize {
    let offset = offset.min(code.len());
    (0..=offset).rev().find(|&at| code.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_line_and_column_in_characters() {
        let place = Place::at("a.ts", "let a;\nlet é = ü;\n", 17);
        assert_eq!((place.line, place.column, place.text.as_str()), (2, 9, "let é = ü;"));
        assert_eq!(place.to_string(), "a.ts:2:9");
        assert_eq!(place.excerpt(), "  2 | let é = ü;\n    |         ^");
    }

    #[test]
    fn the_end_of_the_source_is_a_place() {
        let place = Place::at("a.ts", "f(\n", 3);
        assert_eq!((place.line, place.column, place.text.as_str()), (2, 1, ""));
        assert_eq!(Place::at("a.ts", "", 9).line, 1);
    }

    #[test]
    fn a_long_line_is_shown_around_the_column() {
        let code = format!("{}!{}", "x".repeat(5000), "y".repeat(5000));
        let excerpt = Place::at("a.js", &code, 5000).excerpt();
        let (line, mark) = excerpt.split_once('\n').unwrap();
        assert!(line.len() < 140);
        assert_eq!(line.chars().nth(mark.find('^').unwrap()), Some('!'));
    }
}
