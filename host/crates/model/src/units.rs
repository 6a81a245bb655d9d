//! Durations, rates, stages and sizes as users write them, on the command line, in a plan and in thresholds.
//!
//! ```
//! use std::time::Duration;
//! use outrider_model::units::{duration_text, parse_duration, parse_rate};
//!
//! assert_eq!(parse_duration("1m30s")?, Duration::from_secs(90));
//! assert_eq!(duration_text(Duration::from_secs(90)), "1m30s");
//! assert_eq!(parse_rate("30/m")?.as_per_second(), 0.5);
//! let error = parse_rate("100").unwrap_err();
//! assert_eq!(error.to_string(), "'100' is not a rate: write for example 100/s, 30/m or 1000/h");
//! # Ok::<(), outrider_model::units::UnitError>(())
//! ```

mod text;

use std::time::Duration;

use crate::{Rate, threshold};

pub use text::{counted, duration_text, rate_parts, rate_text};

/// Ten years: beyond any run, and far below what timers can hold. No duration that a user writes is longer.
pub const MAX_DURATION: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// Ten million iterations per second: more than any machine starts. In [`MAX_DURATION`] they are 3.2 × 10¹⁵, fewer than the
/// 2⁵³ up to which an `f64` has every whole number: no count and no index overflows.
pub const MAX_RATE: Rate = Rate::per_second(1e7);

/// A text that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not a {what}: {why}")]
pub struct UnitError {
    text: String,
    what: &'static str,
    why: &'static str,
}

impl UnitError {
    fn of(text: &str, what: &'static str, why: &'static str) -> UnitError {
        UnitError { text: text.to_owned(), what, why }
    }

    /// What is wrong with the text, and what to write.
    pub fn why(&self) -> &'static str {
        self.why
    }
}

/// `10%` or `0.5%`, as a share from 0 to 1.
///
/// # Errors
///
/// If it is no share.
pub fn parse_share(text: &str) -> Result<f64, UnitError> {
    let percent = text.trim().strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
    let share = percent.filter(|percent| (0.0..=100.0).contains(percent)).map(|percent| percent / 100.0);
    share.ok_or_else(|| UnitError::of(text, "share", "write for example 10% or 0.5%"))
}

/// `30s`, `1m30s`, `500ms`, `1.5h`; at most [`MAX_DURATION`].
///
/// # Errors
///
/// If it is no duration.
pub fn parse_duration(text: &str) -> Result<Duration, UnitError> {
    threshold::read_duration(text).map_err(|too_long| {
        let why = match too_long {
            true => "the longest is ten years",
            false => "write for example 30s, 1m30s or 500ms",
        };
        UnitError::of(text, "duration", why)
    })
}

/// `100/s`, `30/m`, `1000/h`.
///
/// # Errors
///
/// If it is no rate.
pub fn parse_rate(text: &str) -> Result<Rate, UnitError> {
    let fault = || UnitError::of(text, "rate", "write for example 100/s, 30/m or 1000/h");
    let (count, unit) = text.split_once('/').ok_or_else(fault)?;
    let count: f64 = count.trim().parse().map_err(|_| fault())?;
    let unit = match unit.trim() {
        "s" => 1,
        "m" | "min" => 60,
        "h" => 3600,
        _ => return Err(fault()),
    };
    if count.is_nan() || count < 0.0 || text.trim_start().starts_with("inf") {
        return Err(fault());
    }
    match Rate::new(count, Duration::from_secs(unit)) {
        rate if rate <= MAX_RATE => Ok(rate),
        _ => Err(UnitError::of(text, "rate", "the highest is 10000000/s")),
    }
}

/// The end of a stage: a number of VUs, or a rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StageTarget {
    /// VUs.
    Vus(u32),
    /// Iteration starts.
    Rate(Rate),
}

impl StageTarget {
    /// `100`, or `100/s`.
    ///
    /// # Errors
    ///
    /// If it is neither.
    pub fn parse(text: &str) -> Result<StageTarget, UnitError> {
        if text.contains('/') {
            return Ok(StageTarget::Rate(parse_rate(text)?));
        }
        let fault = |_| UnitError::of(text, "target", "write for example 100 (VUs) or 100/s (iterations)");
        text.trim().parse().map(StageTarget::Vus).map_err(fault)
    }
}

/// A stage as written: `30s:100` ramps to 100 VUs, `30s:100/s` to 100 iterations per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WrittenStage {
    /// How long it lasts.
    pub duration: Duration,
    /// The value at its end.
    pub target: StageTarget,
}

/// `30s:100`, `30s:100/s`.
///
/// # Errors
///
/// If it is no stage.
pub fn parse_stage(text: &str) -> Result<WrittenStage, UnitError> {
    let fault = || UnitError::of(text, "stage", "write for example 30s:100 (VUs) or 30s:100/s (iterations)");
    let (duration, target) = text.split_once(':').ok_or_else(fault)?;
    let duration = parse_duration(duration)?;
    let target = match target.contains('/') {
        true => StageTarget::Rate(parse_rate(target)?),
        false => StageTarget::parse(target).map_err(|_| fault())?,
    };
    Ok(WrittenStage { duration, target })
}

/// `128MiB`, `1GiB`, or bytes.
///
/// # Errors
///
/// If it is no size.
pub fn parse_size(text: &str) -> Result<usize, UnitError> {
    let fault = || UnitError::of(text, "size", "write for example 128MiB or 1GiB");
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: usize = match &text[digits.len()..] {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(fault()),
    };
    digits.trim().parse::<usize>().ok().and_then(|count| count.checked_mul(unit)).ok_or_else(fault)
}

#[cfg(test)]
mod tests;
