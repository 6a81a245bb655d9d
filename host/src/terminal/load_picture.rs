//! A load over time as a small picture: blocks of eight heights, so that it is read without colour.

use std::time::Duration;

use outrider_model::units::{counted, duration_text, rate_text};
use outrider_model::{LoadCurve, LoadUnit, Rate};

/// The load of one scenario.
#[derive(Clone, Debug)]
pub(crate) struct PictureRow {
    pub(crate) name: String,
    /// When it begins, after the start of the run.
    pub(crate) start: Duration,
    pub(crate) curve: LoadCurve,
}

/// Lines of the total of several scenarios; each is eight levels high.
const TOTAL_LINES: usize = 4;

/// The most columns of a picture: beyond it, more are no easier to read.
const MAX_COLUMNS: usize = 72;

/// The fewest columns: a terminal that is narrower breaks the lines.
const MIN_COLUMNS: usize = 20;

/// One nanosecond, the step of all times: a look at one side of a bend. What ends there and what begins there are
/// not seen together.
const INSTANT: Duration = Duration::from_nanos(1);

/// Spaces beside the blocks.
const GAP: usize = 2;

const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The pictures of all scenarios, one for VUs and one for rates, within `width` columns.
pub(crate) fn load_picture(rows: &[PictureRow], width: usize) -> Vec<String> {
    let end = rows.iter().map(PictureRow::end).max().unwrap_or_default();
    let mut lines = Vec::new();
    for unit in [LoadUnit::Vus, LoadUnit::StartsPerSecond] {
        let of_unit: Vec<&PictureRow> = rows.iter().filter(|row| row.curve.unit() == unit).collect();
        if !of_unit.is_empty() && !end.is_zero() {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.extend(Picture::of(unit, &of_unit, end, width).lines());
        }
    }
    lines
}

impl PictureRow {
    fn end(&self) -> Duration {
        let length = self.curve.points().last().map_or(0.0, |(at, _)| *at);
        self.start + Duration::from_secs_f64(length)
    }

    /// When its level begins, ends or changes its way.
    fn bends(&self) -> impl Iterator<Item = Duration> {
        self.curve.points().iter().map(|(at, _)| self.start + Duration::from_secs_f64(*at))
    }

    /// The highest level from `from` to before `to`, counted from the start of the run.
    fn most_between(&self, from: Duration, to: Duration) -> f64 {
        if to <= self.start {
            return 0.0;
        }
        self.curve.most_between(from.saturating_sub(self.start), to - self.start)
    }
}

/// One picture.
struct Picture<'a> {
    unit: LoadUnit,
    rows: &'a [&'a PictureRow],
    end: Duration,
    /// The most characters of a name.
    name: usize,
    /// Columns before the blocks.
    margin: usize,
    columns: usize,
}

impl<'a> Picture<'a> {
    fn of(unit: LoadUnit, rows: &'a [&'a PictureRow], end: Duration, width: usize) -> Picture<'a> {
        let peaks = rows.iter().map(|row| said(unit, row.curve.peak()).chars().count()).max().unwrap_or(0);
        let name = width.saturating_sub(MIN_COLUMNS + peaks + 2 * GAP).clamp(1, MAX_NAME);
        let names = rows.iter().map(|row| shortened(&row.name, name).chars().count());
        let total = total(unit, rows, end, 1).into_iter().fold(0.0, f64::max);
        let margin = names.chain([said(unit, total).chars().count()]).max().unwrap_or(0) + GAP;
        let columns = width.saturating_sub(margin + peaks + GAP).clamp(MIN_COLUMNS, MAX_COLUMNS);
        Picture { unit, rows, end, name, margin, columns }
    }

    fn lines(&self) -> Vec<String> {
        let what = match self.unit {
            LoadUnit::Vus => "VUs",
            LoadUnit::StartsPerSecond => "iterations started",
        };
        let of = if self.rows.len() > 1 { ", all scenarios" } else { "" };
        let mut lines = vec![format!("{what}{of}")];
        let total = total(self.unit, self.rows, self.end, self.columns);
        let peak = total.iter().copied().fold(0.0, f64::max);
        lines.extend(self.tall(&total, peak));
        lines.push(self.axis());
        if self.rows.len() > 1 {
            lines.extend(self.rows.iter().map(|row| self.flat(row, peak)));
        }
        lines
    }

    /// Levels as columns of several lines, the highest level named.
    fn tall(&self, levels: &[f64], peak: f64) -> Vec<String> {
        let lines = (0..TOTAL_LINES).map(|line| {
            let below = 8 * (TOTAL_LINES - 1 - line);
            let blocks = levels.iter().map(|level| {
                let height = height(*level, peak, 8 * TOTAL_LINES);
                BLOCKS[height.saturating_sub(below).min(8)]
            });
            let label = if line == 0 { said(self.unit, peak) } else { String::new() };
            self.line(&label, &blocks.collect::<String>())
        });
        lines.collect()
    }

    /// One scenario in one line, on the scale of the total, and its own highest level.
    fn flat(&self, row: &PictureRow, peak: f64) -> String {
        let levels = self.buckets().map(|(from, to)| row.most_between(from, to));
        let blocks: String = levels.map(|level| BLOCKS[height(level, peak, 8)]).collect();
        let own = said(self.unit, row.curve.peak());
        self.line(&shortened(&row.name, self.name), &format!("{blocks:<width$}  {own}", width = self.columns))
    }

    /// The time below the blocks: its start, its middle and its end.
    fn axis(&self) -> String {
        let (middle, end) = (rounded(self.end / 2), rounded(self.end));
        let mut axis: Vec<char> = vec![' '; self.columns];
        let mut write = |at: usize, text: &str| {
            let from = at.min(self.columns.saturating_sub(text.chars().count()));
            for (place, letter) in axis.iter_mut().skip(from).zip(text.chars()) {
                *place = letter;
            }
        };
        write(0, "0s");
        write(self.columns / 2, &middle);
        write(self.columns, &end);
        self.line("", &axis.into_iter().collect::<String>())
    }

    fn line(&self, label: &str, blocks: &str) -> String {
        format!("{label:>margin$}  {}", blocks.trim_end(), margin = self.margin - GAP).trim_end().to_owned()
    }

    fn buckets(&self) -> impl Iterator<Item = (Duration, Duration)> {
        buckets(self.end, self.columns)
    }
}

/// Equal parts of a time.
fn buckets(end: Duration, columns: usize) -> impl Iterator<Item = (Duration, Duration)> {
    let at = move |column: usize| end.mul_f64(column as f64 / columns as f64);
    (0..columns).map(move |column| (at(column), at(column + 1)))
}

/// The highest level of all rows together, by column. Levels go on straight lines, so that it is reached where a
/// column or a line begins or ends.
fn total(unit: LoadUnit, rows: &[&PictureRow], end: Duration, columns: usize) -> Vec<f64> {
    debug_assert!(rows.iter().all(|row| row.curve.unit() == unit), "levels of one unit can be added");
    let mut bends: Vec<Duration> = rows.iter().flat_map(|row| row.bends()).collect();
    bends.sort_unstable();
    bends.dedup();
    let after = |at: Duration| (at, at + INSTANT);
    let before = |at: Duration| (at.saturating_sub(INSTANT), at);
    let sum = |(from, to)| rows.iter().map(|row| row.most_between(from, to)).sum::<f64>();
    let most = |from: Duration, to: Duration| {
        let within = bends.iter().copied().filter(|bend| from < *bend && *bend < to);
        let looks =
            [after(from), before(to)].into_iter().chain(within.flat_map(|at| [before(at), after(at)]));
        looks.map(sum).fold(0.0, f64::max)
    };
    buckets(end, columns).map(|(from, to)| most(from, to)).collect()
}

/// How many eighths of a line a level is; what is above zero is seen.
fn height(level: f64, peak: f64, most: usize) -> usize {
    if level <= 0.0 || peak <= 0.0 {
        return 0;
    }
    ((level / peak * most as f64).round() as usize).clamp(1, most)
}

fn said(unit: LoadUnit, level: f64) -> String {
    match unit {
        LoadUnit::Vus => counted(level.ceil(), "VU"),
        LoadUnit::StartsPerSecond => rate_text(Rate::per_second(level)),
    }
}

/// The longest name of a scenario that a picture has room for.
const MAX_NAME: usize = 24;

fn shortened(name: &str, most: usize) -> String {
    match name.chars().count() > most {
        true => format!("{}…", name.chars().take(most - 1).collect::<String>()),
        false => name.to_owned(),
    }
}

/// A time without parts that nobody reads on an axis.
fn rounded(time: Duration) -> String {
    let whole = |unit: Duration| {
        Duration::from_secs_f64((time.as_secs_f64() / unit.as_secs_f64()).round() * unit.as_secs_f64())
    };
    let (second, minute) = (Duration::from_secs(1), Duration::from_secs(60));
    duration_text(match time {
        long if long >= 120 * minute => whole(minute),
        middling if middling >= 10 * second => whole(second),
        _ => whole(Duration::from_millis(1)),
    })
}

#[cfg(test)]
mod tests;
