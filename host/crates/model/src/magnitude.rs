//! In which unit a value is said: one rule for all words of the program.

/// Units of lengths of time below the minute: how many milliseconds one is, and its symbol.
pub const TIME_UNITS: [(f64, &str); 4] = [(1e-6, "ns"), (1e-3, "µs"), (1.0, "ms"), (1e3, "s")];

/// Decimal units of bytes: how many bytes one is, and its symbol.
pub const BYTE_UNITS: [(f64, &str); 5] = [(1.0, "B"), (1e3, "kB"), (1e6, "MB"), (1e9, "GB"), (1e12, "TB")];

/// A value in the largest of the units, ascending, of which there is at least one once it is rounded to so many
/// significant digits; a smaller one in the smallest. So 999.96 is `1 s` and not `1000 ms` where four digits are shown.
///
/// ```
/// use outrider_model::{TIME_UNITS, in_unit};
/// assert_eq!(in_unit(999.4, 3, &TIME_UNITS), (999.4, "ms"));
/// assert_eq!(in_unit(999.6, 3, &TIME_UNITS).1, "s");
/// ```
pub fn in_unit(value: f64, digits: i32, units: &[(f64, &'static str)]) -> (f64, &'static str) {
    let rounded = rounded(value.abs(), digits);
    let fits = units.iter().rfind(|(factor, _)| rounded * ROUNDING >= *factor).or(units.first());
    fits.map_or((value, ""), |(factor, symbol)| (value / factor, symbol))
}

/// Powers of ten are not exact.
const ROUNDING: f64 = 1.0 + 1e-12;

/// A number from zero up with so many significant digits.
fn rounded(number: f64, digits: i32) -> f64 {
    if number == 0.0 || !number.is_finite() {
        return number;
    }
    let unit = 10f64.powi(number.log10().floor() as i32 - digits + 1);
    (number / unit).round() * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_rounded_up_to_the_next_unit_is_said_in_it() {
        let symbols = |digits, values: [f64; 4]| values.map(|value| in_unit(value, digits, &TIME_UNITS).1);
        assert_eq!(symbols(3, [999.4, 999.5, 0.9994, 0.9996]), ["ms", "s", "µs", "ms"]);
        assert_eq!(symbols(4, [999.94, 999.96, 0.000_999_94, 0.000_999_96]), ["ms", "s", "ns", "µs"]);
        assert_eq!(in_unit(999_960.0, 4, &BYTE_UNITS), (0.99996, "MB"));
    }

    #[test]
    fn the_smallest_and_the_largest_unit_take_what_is_beyond() {
        assert_eq!(in_unit(0.0, 3, &TIME_UNITS), (0.0, "ns"));
        assert_eq!(in_unit(1e-9, 3, &TIME_UNITS), (1e-9 / 1e-6, "ns"));
        assert_eq!(in_unit(5e15, 3, &BYTE_UNITS), (5_000.0, "TB"));
        assert_eq!(in_unit(-2_500.0, 3, &TIME_UNITS), (-2.5, "s"));
    }
}
