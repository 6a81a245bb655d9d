//! How wide each column of a table is.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Eight: less of a text says nothing.
const MIN_TEXT_WIDTH: usize = 8;

/// Between columns.
pub(super) const GAP: usize = 2;

/// A column of a table.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) head: String,
    pub(super) is_number: bool,
    pub(super) cells: Vec<String>,
}

impl Column {
    fn width(&self) -> usize {
        self.cells.iter().chain([&self.head]).map(|text| text.width()).max().unwrap_or_default()
    }

    /// How narrow it may be: numbers are never cut.
    fn min_width(&self) -> usize {
        if self.is_number { self.width() } else { self.width().min(MIN_TEXT_WIDTH) }
    }
}

/// The widths at which all columns stand side by side; `None` if they cannot.
pub(super) fn widths(columns: &[Column], width: Option<usize>) -> Option<Vec<usize>> {
    let mut widths: Vec<usize> = columns.iter().map(Column::width).collect();
    let Some(width) = width else { return Some(widths) };
    let least: usize = columns.iter().map(Column::min_width).sum();
    let gaps = GAP * columns.len().saturating_sub(1);
    if least + gaps > width {
        return None;
    }
    // The widest gives first, until all fit.
    let mut surplus = (widths.iter().sum::<usize>() + gaps).saturating_sub(width);
    while surplus > 0 {
        let narrowed = (0..columns.len()).filter(|i| widths[*i] > columns[*i].min_width());
        let widest = narrowed.max_by_key(|i| widths[*i]).expect("what is least fits");
        widths[widest] -= 1;
        surplus -= 1;
    }
    Some(widths)
}

/// A text of exactly this width, cut if it must be.
pub(super) fn fitted(text: &str, width: usize, to_the_right: bool) -> String {
    let text = cut(text, width);
    let padding = " ".repeat(width - text.width());
    if to_the_right { padding + &text } else { text + &padding }
}

fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut taken = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or_default();
        if used >= width {
            break;
        }
        taken.push(c);
    }
    taken.push('…');
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(head: &str, is_number: bool, cells: &[&str]) -> Column {
        Column { head: head.into(), is_number, cells: cells.iter().map(ToString::to_string).collect() }
    }

    #[test]
    fn the_widest_text_gives_way_and_numbers_never_do() {
        let columns = [
            column("name", false, &["a very long name of something"]),
            column("short", false, &["abc"]),
            column("count", true, &["123456789012"]),
        ];
        assert_eq!(widths(&columns, None), Some(vec![29, 5, 12]));
        assert_eq!(widths(&columns, Some(40)), Some(vec![19, 5, 12]));
        assert_eq!(widths(&columns, Some(28)), None, "less than eight of the name");
    }

    #[test]
    fn a_text_is_cut_by_what_it_takes_on_the_screen() {
        assert_eq!(fitted("checkout", 5, false), "chec…");
        assert_eq!(fitted("日本語", 4, false), "日… ");
        assert_eq!(fitted("12", 4, true), "  12");
    }
}
