//! Words of trends.

use super::{clean, counted};
use crate::trend::{Course, Trend};

/// What a trend is of: `12 runs from 2026-11-01 to 2026-11-22: checkout`.
pub(crate) fn title(trend: &Trend) -> String {
    let days = |run: Option<&crate::trend::TrendRun>| {
        run.and_then(|run| run.run.started_at.as_deref()).map(|at| at.chars().take(10).collect::<String>())
    };
    let days = match (days(trend.runs.first()), days(trend.runs.last())) {
        (Some(from), Some(to)) if from == to => format!(" of {from}"),
        (Some(from), Some(to)) => format!(" from {from} to {to}"),
        _ => String::new(),
    };
    let journeys: Vec<String> = trend.journeys().into_iter().map(clean).collect();
    let journeys = if journeys.is_empty() { String::new() } else { format!(": {}", journeys.join(", ")) };
    format!("{}{days}{journeys}", counted(trend.runs.len() as u64, "run", "runs"))
}

/// How much the last run differs from what was usual, in whole percent with its sign.
pub(crate) fn course_change(course: &Course) -> String {
    match course.change() {
        Some(change) if (change * 100.0).round() == 0.0 => "0%".to_owned(),
        Some(change) => format!("{:+.0}%", change * 100.0),
        None => String::new(),
    }
}
