//! A page whose lines have a label at the left, or stand beside one.

use outrider_model::drives_a_terminal;

use crate::env::Style;

/// Columns of the label.
const GUTTER: usize = 11;

/// A guest's or a target's text, which may not drive a terminal.
pub(crate) fn shown(text: &str) -> String {
    text.chars().map(|c| if drives_a_terminal(c) { ' ' } else { c }).collect()
}

/// The lines, as they come.
#[derive(Debug)]
pub(super) struct Page {
    lines: Vec<String>,
    style: Style,
}

impl Page {
    /// An empty page.
    pub(super) fn new(style: Style) -> Page {
        Page { lines: Vec::new(), style }
    }

    /// A line without a label, over its whole width.
    pub(super) fn whole(&mut self, text: String) {
        self.lines.push(text);
    }

    pub(super) fn labelled(&mut self, label: &str, text: &str) {
        let label = self.style.bold(&format!("{label:<GUTTER$}"));
        self.lines.push(format!("{label} {text}").trim_end().to_owned());
    }

    /// The same, if there is something to say.
    pub(super) fn if_any(&mut self, label: &str, text: &str) {
        if !text.is_empty() {
            self.labelled(label, text);
        }
    }

    /// A line that belongs to the label above.
    pub(super) fn beside(&mut self, text: &str) {
        self.lines.push(format!("{:GUTTER$} {text}", "").trim_end().to_owned());
    }

    /// Lines that have one label.
    pub(super) fn all(&mut self, label: &str, texts: &[String]) {
        for (index, text) in texts.iter().enumerate() {
            match index {
                0 => self.labelled(label, text),
                _ => self.beside(text),
            }
        }
    }

    pub(super) fn text(self) -> String {
        self.lines.join("\n")
    }
}
