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

/// How many letters must be changed, added, removed or swapped with their neighbour (optimal string alignment:
/// Levenshtein's distance, in which two letters that changed places are one slip, as they are of the fingers).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    // The rows of the table for the letters of `a` before the last, up to the last, and up to this one.
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1];
        for j in 0..b.len() {
            let substituted = last[j] + usize::from(a[i] != b[j]);
            let mut least = substituted.min(row[j] + 1).min(last[j + 1] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("chekc", "check"), 1, "neighbours that changed places");
        assert_eq!(distance("rnu", "run"), 1);
    }

    #[test]
    fn a_name_that_is_near_is_found_and_one_that_is_not_is_not() {
        assert_eq!(nearest("think_sm", ["zip", "think_ms"]), Some("think_ms"));
        assert_eq!(nearest("p", ["max"]), None);
    }
}
