//! What has one line.

use outrider_capability::Happening;

use super::{tags_text, time};
use crate::env::Style;

/// An event in words.
pub(super) fn words(what: &Happening, style: Style) -> String {
    match what {
        Happening::DataRow { data, row, rows, fields, error } => match (error, row, rows, fields) {
            (Some(error), ..) => format!("data {data}: {} {error}", style.red("no row:")),
            (None, Some(row), Some(rows), Some(fields)) => {
                format!("data {data}, row {row} of {rows}  = {fields}")
            }
            _ => format!("data {data}"),
        },
        Happening::Parameters { value } => format!("parameters  = {value}"),
        Happening::SetupData { value } => format!("setup data  = {value}"),
        Happening::Secret { name, granted: true } => format!("secret {name}  = (not shown)"),
        Happening::Secret { name, granted: false } => {
            format!("secret {name}: {}", style.red("the run has none of that name"))
        }
        Happening::Random { of, value } => format!("random {of}  = {value}"),
        Happening::Wait { duration_ms, skipped: true } => format!("wait {}, skipped", time(*duration_ms)),
        Happening::Wait { duration_ms, skipped: false } => format!("wait {}", time(*duration_ms)),
        Happening::Tag { key, value } => format!("tag {key} = {value}"),
        Happening::CookiesCleared => "all cookies are forgotten".to_owned(),
        Happening::ConnectionsClosed => "idle connections are closed".to_owned(),
        Happening::Check { name, pack, passed, expected, actual, message, at } => {
            let outcome = if *passed { "passed".to_owned() } else { style.red("FAILED") };
            let by = pack.as_ref().map_or(String::new(), |pack| format!(" by {pack}"));
            let words = [("expected", expected), ("found", actual)];
            let mut words: Vec<String> = words
                .into_iter()
                .filter_map(|(word, text)| text.as_ref().map(|text| format!("{word} {text}")))
                .collect();
            words.extend(message.clone());
            let words = if words.is_empty() { String::new() } else { format!("  ({})", words.join(", ")) };
            let at = at.as_ref().map_or(String::new(), |at| format!("  at {at}"));
            format!("check{by} {outcome}: {name}{words}{at}")
        }
        Happening::Metric { name, kind, value, tags } => {
            format!("{kind} {name}  = {value}{}", tags_text(tags))
        }
        Happening::Log { source, level, message } => format!("{source} {level}  {message}"),
        Happening::LeftOut { events } => {
            format!("… {events} more events are left out: the walk is longer than is shown")
        }
        // The others have lines of their own.
        _ => String::new(),
    }
}
