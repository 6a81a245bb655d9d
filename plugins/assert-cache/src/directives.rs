//! `Cache-Control` in parts (RFC 9111, section 5.2; `immutable` RFC 8246; `stale-…` RFC 5861).

/// The directives of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Directives(Vec<(String, Option<String>)>);

impl Directives {
    pub(crate) fn parse(value: &str) -> Self {
        let directives = split(value).into_iter().filter_map(|directive| {
            let (name, argument) = match directive.split_once('=') {
                Some((name, argument)) => (name, Some(argument.trim().trim_matches('"').to_owned())),
                None => (directive, None),
            };
            let name = name.trim().to_ascii_lowercase();
            (!name.is_empty()).then_some((name, argument))
        });
        Self(directives.collect())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(directive, _)| directive == name)
    }

    /// The seconds of a directive; none if it is missing, or says none.
    pub(crate) fn seconds(&self, name: &str) -> Option<u64> {
        self.0.iter().find(|(directive, _)| directive == name)?.1.as_deref()?.parse().ok()
    }

    /// How long a shared cache may keep the answer without asking, in seconds; none if it is not said.
    pub(crate) fn shared_lifetime(&self) -> Option<u64> {
        self.seconds("s-maxage").or_else(|| self.seconds("max-age"))
    }

    /// Whether a shared cache may keep the answer and give it to others.
    pub(crate) fn is_shared(&self) -> bool {
        let forbidden = ["no-store", "private", "no-cache"].iter().any(|name| self.has(name));
        !forbidden && (self.has("public") || self.shared_lifetime().is_some_and(|seconds| seconds > 0))
    }

    /// What contradicts itself or says nothing, in words.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for name in ["max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"] {
            if self.has(name) && self.seconds(name).is_none() {
                faults.push(format!("{name} is no number of seconds"));
            }
            let said: Vec<&Option<String>> = self
                .0
                .iter()
                .filter(|(directive, _)| directive == name)
                .map(|(_, argument)| argument)
                .collect();
            if said.windows(2).any(|pair| pair[0] != pair[1]) {
                faults.push(format!("{name} is given twice"));
            }
        }
        let lasts = |name| self.seconds(name).is_some_and(|seconds| seconds > 0);
        let contradictions = [
            (self.has("public") && self.has("private"), "public and private"),
            (self.has("no-store") && self.has("public"), "no-store and public"),
            (self.has("no-store") && lasts("max-age"), "no-store and a max-age"),
            (self.has("no-store") && lasts("s-maxage"), "no-store and an s-maxage"),
            (self.has("private") && lasts("s-maxage"), "private and an s-maxage"),
            (self.has("immutable") && self.has("no-cache"), "immutable and no-cache"),
            (self.has("immutable") && !lasts("max-age"), "immutable without a max-age"),
        ];
        faults.extend(contradictions.iter().filter(|(is, _)| *is).map(|(_, words)| (*words).to_owned()));
        faults
    }
}

/// Splits at commas, but not at those in quotes: `private="set-cookie, x-user", max-age=5`.
fn split(value: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, letter) in value.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                parts.push(&value[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&value[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_read_in_any_case_and_with_quotes() {
        let directives = Directives::parse("Private=\"set-cookie, x-user\", MAX-AGE=\"60\", ,immutable");
        assert!(directives.has("private") && directives.has("immutable"));
        assert_eq!(directives.seconds("max-age"), Some(60));
        assert_eq!(directives.0.len(), 3);
    }

    #[test]
    fn a_shared_cache_may_keep_what_is_public_or_lasts() {
        let shared = |value| Directives::parse(value).is_shared();
        assert!(shared("public"));
        assert!(shared("max-age=60"));
        assert!(shared("max-age=0, s-maxage=60"));
        assert!(!shared("s-maxage=0, max-age=60"));
        assert!(!shared("private, max-age=60"));
        assert!(!shared("no-store"));
        assert!(!shared(""));
    }

    #[test]
    fn contradictions_are_named() {
        let faults = |value| Directives::parse(value).faults();
        assert_eq!(faults("public, max-age=31536000, immutable"), [""; 0]);
        assert_eq!(faults("no-store, no-cache, must-revalidate, max-age=0, private"), [""; 0]);
        assert_eq!(faults("public, private"), ["public and private"]);
        assert_eq!(faults("no-store, max-age=60"), ["no-store and a max-age"]);
        assert_eq!(faults("max-age=soon"), ["max-age is no number of seconds"]);
        assert_eq!(faults("max-age=60, max-age=0"), ["max-age is given twice"]);
        assert_eq!(faults("immutable"), ["immutable without a max-age"]);
    }
}
