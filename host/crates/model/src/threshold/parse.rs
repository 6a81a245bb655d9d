//! From text to a threshold. The grammar is in the header of the parent module.

use std::sync::Arc;
use std::time::Duration;

use super::error::{Fault, ThresholdErrorKind as Kind};
use super::metric::{CUSTOM_PREFIX, continues_name};
use super::scan::{Scan, shown};
use super::tags::{continues_key, is_status};
use super::{Aggregation, Comparison, Dimension, Quantity, TagFilter, Threshold, ThresholdMetric, Unit};
use crate::units::MAX_DURATION;

pub(super) fn threshold(text: &str) -> Result<Threshold, Fault> {
    let mut scan = Scan::new(text);
    if scan.is_at_end() {
        return Err(Fault::at(0..0, Kind::Empty));
    }
    let metric = metric(&mut scan)?;
    let tags = tags(&mut scan, &metric)?;
    let (aggregation, dimension) = aggregation(&mut scan, &metric)?;
    let comparison = comparison(&mut scan)?;
    let limit = quantity(&mut scan, dimension)?;
    let abort_after = abort(&mut scan)?;
    Ok(Threshold { metric, tags, aggregation, comparison, limit, abort_after })
}

fn metric(scan: &mut Scan<'_>) -> Result<ThresholdMetric, Fault> {
    let from = scan.at();
    if scan.eat(CUSTOM_PREFIX) {
        let name = match scan.peek() {
            Some('"') => scan.take_quoted()?,
            _ => scan.take_while(continues_name).to_owned(),
        };
        return match name.is_empty() {
            true => Err(Fault::at(from..scan.at(), Kind::UnnamedMetric)),
            false => Ok(ThresholdMetric::Custom(name.into())),
        };
    }
    let name = scan.take_while(continues_name);
    if name.is_empty() {
        return Err(scan.expected("a metric, for example requests.duration"));
    }
    ThresholdMetric::named(name).ok_or_else(|| match name {
        "metrics" => Fault::at(from..scan.at(), Kind::UnnamedMetric),
        _ => Fault::at(from..scan.at(), Kind::UnknownMetric { name: name.to_owned() }),
    })
}

fn tags(scan: &mut Scan<'_>, metric: &ThresholdMetric) -> Result<Vec<TagFilter>, Fault> {
    scan.skip_space();
    let open = scan.at();
    let mut tags: Vec<TagFilter> = Vec::new();
    if !scan.eat("{") {
        return Ok(tags);
    }
    loop {
        scan.skip_space();
        let from = scan.at();
        let tag = tag(scan, metric, open)?;
        if tags.iter().any(|known| known.key == tag.key) {
            let key = tag.key.to_string();
            return Err(Fault::at(from..scan.at(), Kind::RepeatedTag { key }));
        }
        tags.push(tag);
        scan.skip_space();
        match scan.bump() {
            Some(',') => {}
            Some('}') => return Ok(tags),
            None => return Err(Fault::at(open..open + 1, Kind::UnclosedTags)),
            Some(other) => {
                scan.back_to(scan.at() - other.len_utf8());
                return Err(scan.expected("a comma or the closing brace"));
            }
        }
    }
}

fn tag(scan: &mut Scan<'_>, metric: &ThresholdMetric, open: usize) -> Result<TagFilter, Fault> {
    let unclosed = Fault::at(open..open + 1, Kind::UnclosedTags);
    let from = scan.at();
    let key: Arc<str> = match scan.peek() {
        None => return Err(unclosed),
        Some('"') => scan.take_quoted()?.into(),
        Some(_) => scan.take_while(continues_key).into(),
    };
    if key.is_empty() {
        return Err(scan.expected("a tag, for example name=/cart"));
    }
    let family = metric.family();
    if !family.can_have(&key) {
        return Err(Fault::at(from..scan.at(), Kind::ForeignTag { key: key.to_string(), family }));
    }
    scan.skip_space();
    if scan.is_at_end() {
        return Err(unclosed);
    }
    if !scan.eat("=") {
        return Err(scan.expected("'=' and the tag's value"));
    }
    scan.skip_space();
    let from = scan.at();
    let value = match scan.peek() {
        None => return Err(unclosed),
        Some('"') => scan.take_quoted()?,
        Some(_) => bare_value(scan).ok_or(unclosed)?,
    };
    let own_status = &*key == "status" && family.tags().contains(&"status");
    if own_status && !is_status(&value) {
        return Err(Fault::at(from..scan.at(), Kind::BadStatus { value: shown(&value) }));
    }
    Ok(TagFilter { key, value: value.into() })
}

/// A value that is not quoted, up to the comma or the brace that ends it; `None` if neither comes.
fn bare_value(scan: &mut Scan<'_>) -> Option<String> {
    let rest = scan.rest();
    let mut depth = 0_u32;
    for (index, c) in rest.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' | ',' if depth == 0 => {
                scan.back_to(scan.at() + index);
                return Some(rest[..index].trim_end().to_owned());
            }
            _ => {}
        }
    }
    None
}

fn aggregation(scan: &mut Scan<'_>, metric: &ThresholdMetric) -> Result<(Aggregation, Dimension), Fault> {
    scan.skip_space();
    let from = scan.at();
    let word = scan.take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '(' | ')'));
    let span = from..scan.at();
    if word.is_empty() {
        return Err(scan.expected("an aggregation, for example p95 or rate"));
    }
    let aggregation = match Aggregation::named(word) {
        Some(aggregation) => aggregation,
        None => percentile(word).map_err(|kind| Fault::at(span.clone(), kind))?,
    };
    let dimension = aggregation
        .of(metric.measure())
        .ok_or_else(|| Fault::at(span, Kind::UnfitAggregation { metric: metric.clone(), aggregation }))?;
    Ok((aggregation, dimension))
}

/// `p95`, `p99.9`, and as in k6 `p(95)`.
pub(super) fn percentile(word: &str) -> Result<Aggregation, Kind> {
    let percent = word
        .strip_prefix('p')
        .map(|rest| rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(rest));
    match percent {
        Some(percent) if percent.starts_with(|c: char| c.is_ascii_digit()) => match percent.parse::<f64>() {
            Ok(number) if (0.0..=100.0).contains(&number) => Ok(Aggregation::Percentile(number)),
            _ => Err(Kind::BadPercentile { text: shown(percent) }),
        },
        _ => Err(Kind::UnknownAggregation { name: shown(word) }),
    }
}

fn comparison(scan: &mut Scan<'_>) -> Result<Comparison, Fault> {
    scan.skip_space();
    let found = Comparison::ALL.into_iter().find(|comparison| scan.eat(comparison.as_str()));
    found.ok_or_else(|| scan.expected("a comparison: <, <=, >, >=, == or !="))
}

fn quantity(scan: &mut Scan<'_>, dimension: Dimension) -> Result<Quantity, Fault> {
    scan.skip_space();
    let from = scan.at();
    let number = number(scan)?;
    let unit = unit(scan, dimension, from)?;
    let span = from..scan.at();
    if number < 0.0 && dimension != Dimension::Free {
        return Err(Fault::at(span, Kind::Negative { dimension }));
    }
    if dimension == Dimension::Share && number > 100.0 {
        return Err(Fault::at(span, Kind::ShareAboveAll));
    }
    let quantity = Quantity { number, unit };
    match quantity.in_dimension().is_finite() {
        true => Ok(quantity),
        false => Err(Fault::at(span, Kind::TooLarge)),
    }
}

/// A finite number: `500`, `2.5`, `-3`, `1e6`.
fn number(scan: &mut Scan<'_>) -> Result<f64, Fault> {
    let from = scan.at();
    let sign = scan.take_while(|c| matches!(c, '-' | '+')).len();
    let digits = scan.take_while(|c| c.is_ascii_digit() || c == '.');
    if sign > 1 || !digits.contains(|c: char| c.is_ascii_digit()) {
        scan.back_to(from);
        return Err(scan.expected("a number"));
    }
    exponent(scan);
    if scan.peek() == Some(',') {
        scan.take_while(|c| c.is_ascii_digit() || matches!(c, ',' | '.'));
        return Err(Fault::at(from..scan.at(), Kind::Comma));
    }
    let text = scan.since(from);
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        Ok(_) => Err(Fault::at(from..scan.at(), Kind::TooLarge)),
        Err(_) => Err(Fault::at(from..scan.at(), Kind::BadNumber { text: shown(text) })),
    }
}

/// Takes an exponent, if what comes next is one.
fn exponent(scan: &mut Scan<'_>) {
    let from = scan.at();
    if scan.eat("e") || scan.eat("E") {
        scan.take_while(|c| matches!(c, '-' | '+'));
        if scan.take_while(|c| c.is_ascii_digit()).is_empty() {
            scan.back_to(from);
        }
    }
}

/// The unit behind a number that began at `from`.
fn unit(scan: &mut Scan<'_>, dimension: Dimension, from: usize) -> Result<Unit, Fault> {
    let behind = scan.at();
    scan.skip_space();
    let start = scan.at();
    let word = scan.take_while(|c| c.is_alphabetic() || matches!(c, '%' | '/' | '°' | '$' | '€'));
    let span = start..scan.at();
    let bare = word.is_empty() || (start > behind && is_tail(word, dimension));
    if bare {
        scan.back_to(behind);
        return match dimension.may_be_bare() {
            true => Ok(Unit::NONE),
            false => Err(Fault::at(
                from..behind,
                Kind::MissingUnit { dimension, number: scan.since(from).to_owned() },
            )),
        };
    }
    match Unit::named(word) {
        Some(unit) if unit.dimension() == dimension => Ok(unit),
        Some(unit) => Err(Fault::at(span, Kind::UnfitUnit { unit: unit.symbol(), dimension })),
        None => Err(Fault::at(span, Kind::UnknownUnit { unit: shown(word), dimension })),
    }
}

/// Whether a word that stands apart from its number is not meant as its unit.
fn is_tail(word: &str, dimension: Dimension) -> bool {
    matches!(word, "abort" | "after") || (dimension.may_be_bare() && Unit::named(word).is_none())
}

fn abort(scan: &mut Scan<'_>) -> Result<Option<Duration>, Fault> {
    scan.skip_space();
    if scan.is_at_end() {
        return Ok(None);
    }
    if !eat_word(scan, "abort") {
        return Err(scan.expected("'abort' or the end"));
    }
    scan.skip_space();
    if scan.is_at_end() {
        return Ok(Some(Duration::ZERO));
    }
    if !eat_word(scan, "after") {
        return Err(scan.expected("'after' or the end"));
    }
    let after = duration(scan)?;
    scan.skip_space();
    match scan.is_at_end() {
        true => Ok(Some(after)),
        false => Err(scan.expected("the end")),
    }
}

/// Takes a whole word.
fn eat_word(scan: &mut Scan<'_>, word: &str) -> bool {
    let from = scan.at();
    let taken = scan.take_while(|c| !c.is_whitespace()) == word;
    if !taken {
        scan.back_to(from);
    }
    taken
}

/// A whole text that is a duration; for one that is not, whether it is too long.
pub(crate) fn read_duration(text: &str) -> Result<Duration, bool> {
    let mut scan = Scan::new(text);
    let duration = duration(&mut scan).map_err(|fault| fault.is_too_large())?;
    scan.skip_space();
    if scan.is_at_end() { Ok(duration) } else { Err(false) }
}

/// `10s`, `1m30s`, `1m 30s`; at most [`MAX_DURATION`].
fn duration(scan: &mut Scan<'_>) -> Result<Duration, Fault> {
    scan.skip_space();
    let from = scan.at();
    if scan.is_at_end() {
        return Err(scan.expected("a length of time, for example 10s"));
    }
    let mut total = Duration::ZERO;
    loop {
        let start = scan.at();
        let part = number(scan)?;
        let unit = unit(scan, Dimension::Duration, start)?;
        if part < 0.0 {
            return Err(Fault::at(start..scan.at(), Kind::Negative { dimension: Dimension::Duration }));
        }
        let nanos = unit.times(part) * 1e6;
        if nanos + total.as_nanos() as f64 > MAX_DURATION.as_nanos() as f64 {
            return Err(Fault::at(from..scan.at(), Kind::TooLarge));
        }
        total += Duration::from_nanos(nanos.round() as u64);
        let end = scan.at();
        scan.skip_space();
        if !scan.peek().is_some_and(|c| c.is_ascii_digit()) {
            scan.back_to(end);
            return Ok(total);
        }
    }
}
