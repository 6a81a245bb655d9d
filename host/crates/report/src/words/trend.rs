//! Words of trends.

use super::{bounded_list, clean, counted, significant};
use crate::trend::{Course, Trend, TrendMeasure};

/// Three: a title is a line.
const MAX_JOURNEYS: usize = 3;

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
    let journeys = match journeys.is_empty() {
        true => String::new(),
        false => format!(": {}", bounded_list(journeys.iter().map(String::as_str), MAX_JOURNEYS)),
    };
    format!("{}{days}{journeys}", counted(trend.runs.len() as u64, "run", "runs"))
}

/// How much the last run differs from the median of those before it, with its sign: in whole percent, and failures in
/// points.
pub(crate) fn course_change(course: &Course, measure: TrendMeasure) -> String {
    match course.change(measure) {
        Some(points) if measure == TrendMeasure::Failed => match significant(points.abs()).as_str() {
            "0" => "0 pts".to_owned(),
            number => format!("{}{number} pts", if points < 0.0 { "-" } else { "+" }),
        },
        Some(change) if (change * 100.0).round() == 0.0 => "0%".to_owned(),
        Some(change) => format!("{:+.0}%", change * 100.0),
        None => String::new(),
    }
}
