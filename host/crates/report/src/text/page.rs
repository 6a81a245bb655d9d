//! A page: labelled sections, wrapped prose, plain lines.

use super::style::{MIN_TEXT_WIDTH, Paint, TextStyle, columns, cut_message};

/// Where text begins beside a label.
pub(super) const GUTTER: usize = 12;

/// Three lines of what a guest or a target said: at eighty columns two hundred characters, most of all messages whole.
const MAX_MESSAGE_LINES: usize = 3;

/// A space at which prose does not break.
pub(super) const GLUE: char = '\u{a0}';

/// A piece of text in one role.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) paint: Paint,
    pub(super) text: String,
}

/// A piece of text in a role.
pub(super) fn span(paint: Paint, text: impl Into<String>) -> Span {
    Span { paint, text: text.into() }
}

/// A piece of text in no role.
pub(super) fn plain(text: impl Into<String>) -> Span {
    span(Paint::Plain, text)
}

/// Lines of text as they grow.
#[derive(Debug)]
pub(super) struct Page {
    style: TextStyle,
    lines: Vec<String>,
}

impl Page {
    pub(super) fn new(style: TextStyle) -> Page {
        let width = style.width.max(MIN_TEXT_WIDTH);
        Page { style: TextStyle { width, ..style }, lines: Vec::new() }
    }

    pub(super) fn style(&self) -> TextStyle {
        self.style
    }

    /// The columns beside the gutter.
    pub(super) fn body_width(&self) -> usize {
        self.style.width - GUTTER
    }

    /// An empty line, unless there is one already.
    pub(super) fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    /// A line as it is, however long.
    pub(super) fn line(&mut self, spans: &[Span]) {
        let text: String = spans.iter().map(|s| self.style.paint(s.paint, &s.text)).collect();
        self.lines.push(text.trim_end().replace(GLUE, " "));
    }

    /// A line beside the gutter as it is, however long.
    pub(super) fn body_line(&mut self, span: Span) {
        self.line(&[plain(" ".repeat(GUTTER)), span]);
    }

    /// Prose without a label, wrapped within the width.
    pub(super) fn prose(&mut self, spans: &[Span]) {
        self.wrapped(plain(""), 0, spans);
    }

    /// Prose beside a label, wrapped within the width. An empty label continues the one above.
    pub(super) fn labelled(&mut self, label: &str, spans: &[Span]) {
        let label = span(Paint::Bold, format!("{label:<GUTTER$}"));
        self.wrapped(label, GUTTER, spans);
    }

    /// Prose beside the gutter behind a mark of its own, for example `✗ `.
    pub(super) fn item(&mut self, mark: Span, spans: &[Span]) {
        let indent = GUTTER + columns(&mark.text);
        let first = span(mark.paint, format!("{}{}", " ".repeat(GUTTER), mark.text));
        self.wrapped(first, indent, spans);
    }

    /// What a guest or a target said, behind some words of ours, on a few lines of the full width. Of more than there is
    /// room for something is left out; what is shown is returned.
    pub(super) fn message(&mut self, paint: Paint, indent: usize, lead: &str, text: &str) -> String {
        let room = self.style.width.saturating_sub(indent);
        let mut width = MAX_MESSAGE_LINES * room;
        let (shown, rows) = loop {
            let shown = cut_message(text, width);
            let rows = wrap(&[span(paint, format!("{lead}{shown}"))], room);
            // A row ends where a word does not fit, so some columns of each are lost.
            if rows.len() <= MAX_MESSAGE_LINES || width <= room {
                break (shown, rows);
            }
            width -= room / 4;
        };
        for row in rows {
            self.line(&[vec![plain(" ".repeat(indent))], row].concat());
        }
        shown
    }

    /// Prose whose first line begins with `first`, the others with `indent` spaces.
    fn wrapped(&mut self, first: Span, indent: usize, spans: &[Span]) {
        let rows = wrap(spans, self.style.width.saturating_sub(indent));
        let mut lead = first;
        for row in if rows.is_empty() { vec![Vec::new()] } else { rows } {
            let mut line = vec![lead];
            line.extend(row);
            self.line(&line);
            lead = plain(" ".repeat(indent));
        }
    }

    pub(super) fn finish(mut self) -> String {
        while self.lines.last().is_some_and(String::is_empty) {
            self.lines.pop();
        }
        let mut text = self.lines.join("\n");
        text.push('\n');
        text
    }
}

/// Breaks prose into lines of at most `width` columns, between words; a longer word stays whole.
fn wrap(spans: &[Span], width: usize) -> Vec<Vec<Span>> {
    let mut rows: Vec<Vec<Span>> = Vec::new();
    let mut used = 0;
    for (paint, word) in chunks(spans) {
        match rows.last_mut() {
            Some(row) if used + 1 + columns(&word) <= width => {
                used += 1 + columns(&word);
                append(row, paint, &word);
            }
            _ => {
                used = columns(&word);
                rows.push(vec![span(paint, word)]);
            }
        }
    }
    rows
}

/// Adds a word behind a space, to the last span if its role is the same.
fn append(row: &mut Vec<Span>, paint: Paint, word: &str) {
    match row.last_mut() {
        Some(last) if last.paint == paint => last.text.extend([" ", word]),
        Some(last) => {
            last.text.push(' ');
            row.push(span(paint, word));
        }
        None => row.push(span(paint, word)),
    }
}

/// The words of prose, with a number and its unit as one.
fn chunks(spans: &[Span]) -> Vec<(Paint, String)> {
    let mut chunks: Vec<(Paint, String)> = Vec::new();
    for piece in spans {
        for word in piece.text.split(' ').filter(|word| !word.is_empty()) {
            match chunks.last_mut() {
                Some((paint, last)) if *paint == piece.paint && is_unit_of(last, word) => {
                    last.extend([" ", word])
                }
                _ => chunks.push((piece.paint, word.to_owned())),
            }
        }
    }
    chunks
}

/// Whether `word` is the unit of the number that `before` ends with.
fn is_unit_of(before: &str, word: &str) -> bool {
    const UNITS: [&str; 11] = ["µs", "ms", "s", "min", "h", "B", "kB", "MB", "GB", "TB", "×"];
    before.ends_with(|c: char| c.is_ascii_digit())
        && UNITS.contains(&word.trim_end_matches([',', ';', ':', ')', '.']).trim_end_matches("/s"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: usize) -> Page {
        Page::new(TextStyle { color: false, width })
    }

    #[test]
    fn prose_wraps_beside_its_label_and_keeps_numbers_with_their_units() {
        let mut page = page(60);
        page.labelled("Load", &[plain("a sentence that is long enough to break before 12 ms, and goes on")]);
        assert_eq!(
            page.finish(),
            "Load        a sentence that is long enough to break before\n            12 ms, and goes on\n"
        );
    }

    #[test]
    fn a_message_has_a_few_lines_and_keeps_its_beginning_and_its_cause() {
        let mut page = page(60);
        let short = page.message(Paint::Plain, 6, "for example: ", "it is short");
        let long = format!("it {}failed: there was no room", "went on and on ".repeat(20));
        let shown = page.message(Paint::Plain, 6, "2 × ", &long);
        assert_eq!(short, "it is short");
        let text = page.finish();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "      for example: it is short");
        assert!(lines[1].starts_with("      2 × it went on") && lines[2].starts_with("      "), "{text}");
        assert!(lines.len() == 4 && lines[3].ends_with(": there was no room"), "{text}");
        assert!(lines.iter().all(|line| columns(line) <= 60), "{text}");
        assert!(shown.contains('…') && shown.ends_with(": there was no room"), "{shown}");
    }

    #[test]
    fn no_line_ends_with_a_space_and_gaps_do_not_add_up() {
        let mut page = page(80);
        page.gap();
        page.labelled("Empty", &[]);
        page.gap();
        page.gap();
        page.body_line(plain("x  "));
        page.gap();
        assert_eq!(page.finish(), "Empty\n\n            x\n");
    }

    #[test]
    fn words_of_one_role_share_one_escape_sequence() {
        let mut page = Page::new(TextStyle { color: true, width: 80 });
        page.item(span(Paint::Bad, "✗ "), &[span(Paint::Bad, "it is bad"), plain("but over")]);
        assert_eq!(page.finish(), "\x1b[1;31m            ✗ \x1b[0m\x1b[1;31mit is bad \x1b[0mbut over\n");
    }
}
