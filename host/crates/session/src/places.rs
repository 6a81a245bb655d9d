//! Where in a plan things stand: faults that only the session finds begin with it.

use std::collections::BTreeMap;

/// Places by the dotted names of what stands there, as in `scenario.buy.plugin`. What a flag or a default says has
/// none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places(BTreeMap<String, Option<String>>);

impl Places {
    /// Places as faults begin with them, as in `plan.toml:12:3`.
    pub fn new(places: impl IntoIterator<Item = (String, String)>) -> Places {
        Places(places.into_iter().map(|(name, place)| (name, Some(place))).collect())
    }

    /// The places of what stands within `name`, by the rest of their names.
    #[must_use]
    pub fn within(&self, name: &str) -> Places {
        let rest = |path: &str| Some(path.strip_prefix(name)?.strip_prefix('.')?.to_owned());
        let inner = self.0.iter().filter_map(|(path, place)| Some((rest(path)?, place.clone())));
        let whole = (String::new(), self.of(name).map(str::to_owned));
        Places([whole].into_iter().chain(inner).collect())
    }

    /// The place of what has this name, else of the nearest that it stands within.
    pub fn of(&self, name: &str) -> Option<&str> {
        let mut name = name;
        loop {
            match self.0.get(name) {
                Some(place) => return place.as_deref(),
                None if name.is_empty() => return None,
                None => name = name.rsplit_once('.').map_or("", |(outer, _)| outer),
            }
        }
    }

    /// The line and the column of the plan that a message begins with, as in `plan.toml:12:3: …`.
    pub(crate) fn position(&self, message: &str) -> Option<(usize, usize)> {
        let file = self.0.values().flatten().next()?.rsplitn(3, ':').nth(2)?;
        let place = message.strip_prefix(file)?.strip_prefix(':')?;
        let mut numbers = place.splitn(3, ':').map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    }

    /// What has this name stands there.
    pub fn put(&mut self, name: &str, place: String) {
        self.0.insert(name.to_owned(), Some(place));
    }

    /// Gives what stands at `place` a further name, with everything within it.
    pub fn also(&mut self, place: &str, name: &str) {
        let inner = self.within(place).0.into_iter();
        self.0.extend(inner.map(|(rest, place)| match rest.as_str() {
            "" => (name.to_owned(), place),
            rest => (format!("{name}.{rest}"), place),
        }));
    }

    /// What has this name was said by a flag.
    #[must_use]
    pub fn without(mut self, name: &str) -> Places {
        self.0.insert(name.to_owned(), None);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        let all =
            [("scenario.a", "1:1"), ("scenario.a.parameters", "3:1"), ("scenario.a.parameters.zip", "3:16")];
        Places::new(all.map(|(name, place)| (name.to_owned(), place.to_owned())))
    }

    #[test]
    fn what_is_not_written_has_the_place_of_what_it_would_stand_in() {
        let places = places();
        assert_eq!(places.of("scenario.a.parameters.zip"), Some("3:16"));
        assert_eq!(places.of("scenario.a.parameters.other"), Some("3:1"));
        assert_eq!(places.of("scenario.a.plugin"), Some("1:1"));
        assert_eq!(places.of("scenario.b.plugin"), None);
        let inner = places.within("scenario.a");
        assert_eq!((inner.of("parameters.zip"), inner.of("plugin")), (Some("3:16"), Some("1:1")));
    }

    #[test]
    fn what_a_flag_says_has_no_place() {
        let places = places().within("scenario.a.parameters").without("zip");
        assert_eq!((places.of("zip"), places.of("other")), (None, Some("3:1")));
    }

    #[test]
    fn a_message_has_the_position_that_it_begins_with() {
        let places = Places::new([("run.out".to_owned(), "dir/plan.toml:3:1".to_owned())]);
        assert_eq!(places.position("dir/plan.toml:12:30: no such key: 5:6"), Some((12, 30)));
        for other in
            ["a.ts:1:2: a text is not closed", "dir/plan.toml: is empty", "--threshold: is empty", ""]
        {
            assert_eq!(places.position(other), None, "{other}");
        }
        assert_eq!(Places::default().position("dir/plan.toml:12:30: no such key"), None);
    }

    #[test]
    fn one_place_may_have_two_names() {
        let mut places = places();
        places.also("scenario.a.parameters", "set");
        assert_eq!((places.of("set.zip"), places.of("set.other")), (Some("3:16"), Some("3:1")));
    }
}
