//! Values as text.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Field, FieldRef, Float32Type, Float64Type};
use arrow::json::writer::{EncoderOptions, make_encoder};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use outrider_model::drives_a_terminal;

use crate::QueryError;

/// Four digits are more than a measurement is sure of; programs get all of them.
const SIGNIFICANT_DIGITS: i32 = 4;

/// Three decimals: a millisecond's microseconds.
const MIN_DECIMALS: i32 = 3;

/// A column's values as text, exact; `None` where there is none. Times are in RFC 3339; maps and lists are JSON.
pub(super) fn texts(column: &ArrayRef) -> Result<Vec<Option<String>>, QueryError> {
    if is_nested(column.data_type()) {
        return json_texts(column);
    }
    let options = FormatOptions::default();
    let values = ArrayFormatter::try_new(column, &options).map_err(QueryError::write)?;
    (0..column.len())
        .map(|row| match column.is_null(row) {
            true => Ok(None),
            false => values.value(row).try_to_string().map(Some).map_err(QueryError::write),
        })
        .collect()
}

/// The same for people: fractions are rounded, and what a terminal would obey is shown.
pub(super) fn shown_texts(column: &ArrayRef) -> Result<Vec<Option<String>>, QueryError> {
    let numbers: Option<Vec<Option<f64>>> = match column.data_type() {
        DataType::Float64 => Some(column.as_primitive::<Float64Type>().iter().collect()),
        DataType::Float32 => {
            Some(column.as_primitive::<Float32Type>().iter().map(|number| number.map(f64::from)).collect())
        }
        _ => None,
    };
    match numbers {
        Some(numbers) => Ok(numbers.into_iter().map(|number| number.map(rounded)).collect()),
        None => Ok(texts(column)?.into_iter().map(|text| text.map(|text| harmless(&text))).collect()),
    }
}

/// The same with the lines that it has.
pub(super) fn shown_lines(column: &ArrayRef) -> Result<Vec<Option<String>>, QueryError> {
    let shown = |text: String| text.lines().map(harmless).collect::<Vec<_>>().join("\n");
    Ok(texts(column)?.into_iter().map(|text| text.map(shown)).collect())
}

/// Whether values stand at the right, as numbers do.
pub(super) fn is_number(data_type: &DataType) -> bool {
    data_type.is_numeric()
}

fn is_nested(data_type: &DataType) -> bool {
    data_type.is_nested()
}

fn json_texts(column: &ArrayRef) -> Result<Vec<Option<String>>, QueryError> {
    let field: FieldRef = Field::new("value", column.data_type().clone(), true).into();
    let options = EncoderOptions::default().with_explicit_nulls(true);
    let mut encoder = make_encoder(&field, column, &options).map_err(QueryError::write)?;
    let mut text = |row| {
        let mut bytes = Vec::new();
        encoder.encode(row, &mut bytes);
        String::from_utf8(bytes).expect("JSON is UTF-8")
    };
    Ok((0..column.len()).map(|row| (!column.is_null(row)).then(|| text(row))).collect())
}

/// Rounded to four significant digits, or three decimals where these are more; very large and very small numbers have an
/// exponent.
fn rounded(number: f64) -> String {
    let magnitude = number.abs();
    if number == 0.0 || !number.is_finite() {
        return number.to_string();
    }
    if !(1e-4..1e15).contains(&magnitude) {
        return format!("{number:.*e}", SIGNIFICANT_DIGITS as usize - 1);
    }
    let before_point = magnitude.log10().floor() as i32 + 1;
    let decimals = (SIGNIFICANT_DIGITS - before_point).max(MIN_DECIMALS);
    let text = format!("{number:.*}", usize::try_from(decimals).unwrap_or_default());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Line breaks and what else drives a terminal, as escapes.
fn harmless(text: &str) -> String {
    let mut harmless = String::with_capacity(text.len());
    for c in text.chars() {
        match drives_a_terminal(c) {
            true => harmless.extend(c.escape_default()),
            false => harmless.push(c),
        }
    }
    harmless
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_rounded_to_what_a_measurement_is_sure_of() {
        let texts = [12.345_678, 1234.5, 0.000_123_456, 1.0, 0.0, -2.5, 1e-9, 2e20].map(rounded);
        assert_eq!(texts, ["12.346", "1234.5", "0.0001235", "1", "0", "-2.5", "1.000e-9", "2.000e20"]);
    }

    #[test]
    fn what_drives_a_terminal_is_shown() {
        assert_eq!(harmless("a\nb\u{1b}[2J"), "a\\nb\\u{1b}[2J");
    }
}
