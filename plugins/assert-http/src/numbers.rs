//! Numbers as they are compared.

use std::cmp::Ordering;

use outrider_sdk::serde_json::{Number, Value};

use crate::found::Found;

/// Compares two numbers of JSON: whole ones exactly, however large, and all others as `f64`.
pub(crate) fn compare(a: &Number, b: &Number) -> Option<Ordering> {
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}

/// The number that was found, also where a text says one.
pub(crate) fn number_in(found: &Found) -> Option<Number> {
    match &found.value {
        Value::Number(number) => Some(number.clone()),
        Value::String(text) if found.loose => parse(text.trim()),
        _ => None,
    }
}

fn whole(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}

fn parse(text: &str) -> Option<Number> {
    let whole = text.parse::<i64>().ok().map(Number::from);
    whole.or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_whole_numbers_are_told_apart() {
        let (a, b) = (Number::from(u64::MAX), Number::from(u64::MAX - 1));
        assert_eq!(compare(&a, &b), Some(Ordering::Greater));
        assert_eq!(compare(&Number::from(-1), &b), Some(Ordering::Less));
        assert_eq!(compare(&Number::from(1), &Number::from_f64(1.0).unwrap()), Some(Ordering::Equal));
    }

    #[test]
    fn only_text_of_no_type_says_a_number() {
        assert_eq!(number_in(&Found::text(" 42 ")), Some(Number::from(42)));
        assert_eq!(number_in(&Found::text("1.5")), Number::from_f64(1.5));
        assert_eq!(number_in(&Found::text("12 ms")), None);
        assert_eq!(number_in(&Found::text("inf")), None);
        assert_eq!(number_in(&Found::typed("42")), None);
    }
}
