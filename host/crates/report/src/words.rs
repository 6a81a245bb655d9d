//! Numbers as people read them: thousands, durations, bytes, shares. No layout.

mod comparison;
mod trend;

use outrider_model::{BYTE_UNITS, TIME_UNITS, drives_a_terminal, in_unit};

pub(crate) use comparison::{
    Unpaired, change, in_unit_of, interval, needed, rules_in_words, side_in_words, unpaired,
};
pub(crate) use trend::{course_change, title as trend_title};

/// `12345` as `12,345`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `number` with a fixed number of decimals, and thousands separated.
pub(crate) fn decimal(number: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", number.abs());
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), thousands);
    let sign = if number < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) { "-" } else { "" };
    match fraction {
        Some(fraction) => format!("{sign}{whole}.{fraction}"),
        None => format!("{sign}{whole}"),
    }
}

/// A number of unknown size with about three significant digits: `0.0123`, `1.23`, `98.1`, `1,234`.
pub(crate) fn significant(number: f64) -> String {
    let size = number.abs();
    if size == 0.0 || !size.is_finite() {
        return decimal(number, 0);
    }
    let decimals = (2.0 - size.log10().floor()).clamp(0.0, 9.0) as usize;
    let text = decimal(number, decimals);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// Events per second: three significant digits, whole from 100 on.
pub(crate) fn rate(per_second: f64) -> String {
    let decimals = match per_second {
        r if r >= 99.95 || r == 0.0 => 0,
        r if r >= 9.995 => 1,
        _ => 2,
    };
    decimal(per_second, decimals)
}

/// `part` of `whole` in percent, without the sign. Neither a single failure nor a single success is
/// rounded away: `<0.1` and `>99.9`.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    match (part, whole) {
        (0, _) | (_, 0) => "0".to_owned(),
        (part, whole) if part >= whole => "100".to_owned(),
        (part, whole) => match part as f64 / whole as f64 * 100.0 {
            p if p < 0.05 => "<0.1".to_owned(),
            p if p >= 99.95 => ">99.9".to_owned(),
            p => format!("{p:.1}"),
        },
    }
}

/// A share from 0 to 1 in whole percent, with the sign.
pub(crate) fn share(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

/// `count` of something, in the plural unless it is one.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(count), if count == 1 { one } else { many })
}

/// The first few of a list, with how many there are besides.
pub(crate) fn bounded_list<'a>(items: impl Iterator<Item = &'a str>, most: usize) -> String {
    let items: Vec<&str> = items.collect();
    let shown = items[..items.len().min(most)].join(", ");
    match items.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// A length of time as prose: `853 µs`, `98.1 ms`, `1.23 s`, `2 min 5 s`, `1 h 2 min`.
pub(crate) fn duration_ms(ms: f64) -> String {
    match ms {
        ms if ms <= 0.0 => "0 s".to_owned(),
        ms if ms < 99_950.0 => with_unit(in_unit(ms, DIGITS, &TIME_UNITS)),
        ms => long_duration((ms / 1e3).round() as u64),
    }
}

/// A length of time of minutes or more.
fn long_duration(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes, seconds) {
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// A point in a run as a stop-watch shows it: `0:07`, `12:30`, `1:02:30`.
pub(crate) fn stopwatch(ms: f64) -> String {
    let seconds = (ms.max(0.0) / 1e3).round() as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        hours => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// `text` on one line, without characters that could drive a terminal. Names and messages come from
/// guests and targets, who are not trusted with that.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|c| if drives_a_terminal(c) { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// A number of bytes in decimal units: `512 B`, `2.1 kB`, `180 MB`.
pub(crate) fn bytes(count: f64) -> String {
    with_unit(in_unit(count.max(0.0), DIGITS, &BYTE_UNITS))
}

/// Significant digits of lengths of time and numbers of bytes.
const DIGITS: i32 = 3;

fn with_unit((value, symbol): (f64, &str)) -> String {
    format!("{} {symbol}", significant(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(decimal(12_345.678, 1), "12,345.7");
        assert_eq!(decimal(-0.001, 1), "0.0");
        assert_eq!(decimal(-1_234.5, 1), "-1,234.5");
    }

    #[test]
    fn numbers_of_any_size_keep_three_digits() {
        let texts = [0.0, 0.012_345, 1.2345, 98.14, 1_234.5, -2.5].map(significant);
        assert_eq!(texts, ["0", "0.0123", "1.23", "98.1", "1,234", "-2.5"].map(String::from));
    }

    #[test]
    fn a_single_failure_is_never_rounded_away() {
        assert_eq!(percent(0, 100_000), "0");
        assert_eq!(percent(1, 100_000), "<0.1");
        assert_eq!(percent(1, 8), "12.5");
        assert_eq!(percent(99_999, 100_000), ">99.9");
        assert_eq!(percent(5, 5), "100");
        assert_eq!(percent(0, 0), "0");
    }

    #[test]
    fn durations_read_well_at_every_size() {
        let texts =
            [0.0, 0.853, 98.14, 999.6, 10_400.0, 125_000.0, 3_720_000.0, 7_200_000.0].map(duration_ms);
        assert_eq!(texts, ["0 s", "853 µs", "98.1 ms", "1 s", "10.4 s", "2 min 5 s", "1 h 2 min", "2 h"]);
        assert_eq!([7_000.0, 750_000.0, 3_750_000.0].map(stopwatch), ["0:07", "12:30", "1:02:30"]);
    }

    #[test]
    fn bytes_use_decimal_units() {
        assert_eq!(
            [0.0, 512.0, 2_100.0, 180e6, 999.9e3].map(bytes),
            ["0 B", "512 B", "2.1 kB", "180 MB", "1 MB"]
        );
    }
}
