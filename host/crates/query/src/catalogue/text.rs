//! The catalogue for people.

use unicode_width::UnicodeWidthStr;

use super::{Catalogue, CatalogueColumn, CatalogueTable, TableKind};

/// Forty: a description is worth a line only if some of it fits.
const MIN_DESCRIPTION_WIDTH: usize = 40;

/// The catalogue as text, wrapped to the width if there is one. Of several tables each column is a line without what it
/// means; of one alone it is all there.
pub fn render_catalogue_text(catalogue: &Catalogue, color: bool, width: Option<usize>) -> String {
    let is_detailed = catalogue.tables.len() == 1;
    let mut text = String::new();
    for table in &catalogue.tables {
        let kind = if table.kind == TableKind::View { " (view)" } else { "" };
        let name = if color { format!("\x1b[1m{}\x1b[0m", table.name) } else { table.name.clone() };
        push(&mut text, &format!("{name}{kind}"));
        push_wrapped(&mut text, 2, &table.description, width);
        push_columns(&mut text, table, is_detailed, width);
        text.push('\n');
    }
    for function in &catalogue.functions {
        push(&mut text, &function.usage);
        push_wrapped(&mut text, 4, &function.description, width);
    }
    if !is_detailed {
        push(&mut text, "\n--tables=NAME says what the columns of one of them mean.");
    }
    text.trim_end().to_owned() + "\n"
}

fn push_columns(text: &mut String, table: &CatalogueTable, is_detailed: bool, width: Option<usize>) {
    let widest = |of: &dyn Fn(&CatalogueColumn) -> String| {
        table.columns.iter().map(|column| of(column).width()).max().unwrap_or_default()
    };
    let (names, types) = (widest(&|column| column.name.clone()), widest(&typed));
    for column in &table.columns {
        let head = format!("    {:names$}  {:types$}", column.name, typed(column));
        if !is_detailed {
            push(text, head.trim_end());
            continue;
        }
        let indent = head.width() + 2;
        match width {
            Some(width) if width >= indent + MIN_DESCRIPTION_WIDTH => {
                let mut lines = wrapped(&column.description, width - indent).into_iter();
                push(text, format!("{head}  {}", lines.next().unwrap_or_default()).trim_end());
                lines.for_each(|line| push(text, &format!("{}{line}", " ".repeat(indent))));
            }
            Some(_) => {
                push(text, head.trim_end());
                push_wrapped(text, 8, &column.description, width);
            }
            None => push(text, &format!("{head}  {}", column.description)),
        }
    }
}

/// `int64, ns`.
fn typed(column: &CatalogueColumn) -> String {
    match &column.unit {
        Some(unit) => format!("{}, {unit}", column.kind),
        None => column.kind.clone(),
    }
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn push_wrapped(text: &mut String, indent: usize, words: &str, width: Option<usize>) {
    let room = width.map_or(usize::MAX, |width| width.saturating_sub(indent).max(MIN_DESCRIPTION_WIDTH));
    wrapped(words, room).iter().for_each(|line| push(text, &format!("{}{line}", " ".repeat(indent))));
}

fn wrapped(words: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_table_is_shown_with_what_its_columns_mean_within_the_width() {
        let steps = Catalogue::new().only("steps").unwrap();
        let text = render_catalogue_text(&steps, false, Some(100));
        assert!(text.lines().all(|line| line.width() <= 100), "{text}");
        assert!(text.contains("The innermost step that was open"), "{text}");
        let all = render_catalogue_text(&Catalogue::new(), false, None);
        assert!(!all.contains("The innermost step") && all.contains("p95(x)"), "{all}");
        assert!(all.contains("slowest_steps (view)"), "{all}");
    }
}
