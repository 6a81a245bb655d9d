//! What somebody probably meant.

/// The name that differs least from `wanted`, if it differs little: in a third of its letters, but one in
/// any case. Of names that differ alike, the first in the alphabet.
///
/// ```
/// assert_eq!(outrider_model::nearest("brows", ["buy", "browse"]), Some("browse"));
/// assert_eq!(outrider_model::nearest("search", ["buy", "browse"]), None);
/// ```
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (wanted.chars().count() / 3).max(1);
    let near = names.into_iter().map(|name| (distance(wanted, name), name));
    near.filter(|(distance, _)| *distance <= limit).min().map(|(_, name)| name)
}

/// How many letters must be changed, added or removed (Levenshtein's distance).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn a_name_that_is_near_is_found_and_one_that_is_not_is_not() {
        assert_eq!(nearest("think_sm", ["zip", "think_ms"]), Some("think_ms"));
        assert_eq!(nearest("p", ["max"]), None);
    }
}
