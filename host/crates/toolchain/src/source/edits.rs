//! Small changes to a module's code that keep its lines.

use std::ops::Range;

/// Replaces a range of bytes by a text. Neither may hold more line ends than the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) range: Range<usize>,
    pub(crate) text: String,
}

impl Edit {
    pub(crate) fn insert(at: usize, text: impl Into<String>) -> Edit {
        Edit { range: at..at, text: text.into() }
    }
}

/// On a line (from 1), columns (in bytes, from 1) from `from` on are `by` too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(into = "(usize, usize, isize)")]
pub(crate) struct ColumnShift {
    pub(crate) line: usize,
    pub(crate) from: usize,
    pub(crate) by: isize,
}

impl From<ColumnShift> for (usize, usize, isize) {
    fn from(shift: ColumnShift) -> (usize, usize, isize) {
        (shift.line, shift.from, shift.by)
    }
}

/// Code with its edits made.
#[derive(Debug)]
pub(crate) struct Edited {
    pub(crate) code: String,
    pub(crate) shifts: Vec<ColumnShift>,
}

/// Makes the edits. Those at one place keep their order; one inside another's range is left out.
pub(crate) fn apply(code: &str, mut edits: Vec<Edit>) -> Edited {
    edits.sort_by_key(|edit| edit.range.start);
    let mut out = Writer::default();
    let mut done = 0;
    for edit in edits.iter().filter(|edit| edit.range.end <= code.len()) {
        if edit.range.start < done {
            continue;
        }
        out.push(&code[done..edit.range.start]);
        out.replace(&code[edit.range.clone()], &edit.text);
        done = edit.range.end;
    }
    out.push(&code[done..]);
    Edited { code: out.code, shifts: out.shifts }
}

struct Writer {
    code: String,
    shifts: Vec<ColumnShift>,
    line: usize,
    line_start: usize,
}

impl Default for Writer {
    fn default() -> Writer {
        Writer { code: String::new(), shifts: Vec::new(), line: 1, line_start: 0 }
    }
}

impl Writer {
    fn push(&mut self, text: &str) {
        self.line += text.matches('\n').count();
        if let Some(newline) = text.rfind('\n') {
            self.line_start = self.code.len() + newline + 1;
        }
        self.code.push_str(text);
    }

    fn replace(&mut self, old: &str, new: &str) {
        self.push(new);
        let last = |text: &str| text.len() - text.rfind('\n').map_or(0, |newline| newline + 1);
        let by = last(new).cast_signed() - last(old).cast_signed();
        if by != 0 {
            let from = self.code.len() - self.line_start + 1;
            self.shifts.push(ColumnShift { line: self.line, from, by });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_made_in_order_and_shifts_recorded() {
        let code = "ab\ncd(ef)\n";
        let edits =
            vec![Edit::insert(6, "<<"), Edit { range: 3..4, text: "XYZ".to_owned() }, Edit::insert(6, ">")];
        let edited = apply(code, edits);
        assert_eq!(edited.code, "ab\nXYZd(<<>ef)\n");
        let shift = |from, by| ColumnShift { line: 2, from, by };
        assert_eq!(edited.shifts, [shift(4, 2), shift(8, 2), shift(9, 1)]);
    }

    #[test]
    fn an_edit_inside_another_is_left_out() {
        let edits =
            vec![Edit { range: 0..3, text: "x".to_owned() }, Edit::insert(1, "y"), Edit::insert(3, "z")];
        assert_eq!(apply("abcd", edits).code, "xzd");
    }

    #[test]
    fn replaced_text_of_the_same_length_shifts_nothing() {
        let edited = apply("abc", vec![Edit { range: 1..2, text: "x".to_owned() }]);
        assert_eq!((edited.code.as_str(), edited.shifts.len()), ("axc", 0));
    }
}
