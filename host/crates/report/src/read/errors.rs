//! Failures in groups.

use std::collections::HashMap;

use outrider_model::FailureCause;

use super::messages::{Messages, Said, TextBudget};
use crate::summary::{ErrorSource, ErrorSummary};

/// One thousand groups: names are bounded, but a journey can put what it likes into its messages.
const MAX_GROUPS: usize = 1_000;

/// The kind under which everything past [`MAX_GROUPS`] is counted.
const OTHER_KIND: &str = "(other)";

/// What makes failures the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct GroupKey {
    cause: FailureCause,
    source: ErrorSource,
    kind: String,
    name: String,
}

#[derive(Debug, Default)]
struct Group {
    count: u64,
    messages: Messages,
}

/// Failures as they are found, grouped.
#[derive(Debug, Default)]
pub(super) struct ErrorGroups {
    groups: HashMap<GroupKey, Group>,
    texts: TextBudget,
}

impl ErrorGroups {
    /// Counts one failure.
    pub(super) fn add(
        &mut self,
        cause: FailureCause,
        source: ErrorSource,
        kind: &str,
        name: &str,
        said: Said<'_>,
    ) {
        self.add_many(1, cause, source, kind, name, said);
    }

    /// Counts failures of which the first said what it did.
    pub(super) fn add_many(
        &mut self,
        count: u64,
        cause: FailureCause,
        source: ErrorSource,
        kind: &str,
        name: &str,
        said: Said<'_>,
    ) {
        let mut key = GroupKey { cause, source, kind: kind.to_owned(), name: name.to_owned() };
        if self.groups.len() >= MAX_GROUPS && !self.groups.contains_key(&key) {
            key.kind = OTHER_KIND.to_owned();
            key.name = OTHER_KIND.to_owned();
        }
        let group = self.groups.entry(key).or_default();
        group.count += count;
        if said.says_more_than(kind) {
            group.messages.add_many(count, said, &mut self.texts);
        }
    }

    /// The groups, the most frequent first.
    pub(super) fn finish(self) -> Vec<ErrorSummary> {
        let mut errors: Vec<ErrorSummary> =
            self.groups.into_iter().map(|(key, group)| summary(key, group)).collect();
        errors.sort_by(|a, b| order(a).cmp(&order(b)));
        errors
    }
}

fn summary(key: GroupKey, group: Group) -> ErrorSummary {
    let GroupKey { cause, source, kind, name } = key;
    let (messages, other_messages) = group.messages.finish();
    ErrorSummary { cause, kind, source, name, messages, other_messages, count: group.count }
}

/// By count, then by what stays the same from run to run.
fn order(error: &ErrorSummary) -> (std::cmp::Reverse<u64>, ErrorSource, &str, &str) {
    (std::cmp::Reverse(error.count), error.source, &error.name, &error.kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(groups: &mut ErrorGroups, kind: &str, message: Option<&str>) {
        groups.add(FailureCause::Target, ErrorSource::Request, kind, "GET /", Said::message(message));
    }

    #[test]
    fn failures_of_one_kind_and_name_are_one_group_with_what_they_said() {
        let mut groups = ErrorGroups::default();
        add(&mut groups, "timeout", Some("no answer within 30 s"));
        add(&mut groups, "status 503", Some("status 503"));
        add(&mut groups, "status 503", None);
        let errors = groups.finish();
        let said: Vec<_> = errors.iter().map(|e| (e.kind.as_str(), e.count, e.messages.len())).collect();
        assert_eq!(said, [("status 503", 2, 0), ("timeout", 1, 1)]);
        assert_eq!(errors[1].messages[0].example, "no answer within 30 s");
    }

    #[test]
    fn groups_are_bounded_and_nothing_is_left_uncounted() {
        let mut groups = ErrorGroups::default();
        (0..5_000).for_each(|i| add(&mut groups, &format!("kind {i}"), None));
        let errors = groups.finish();
        assert_eq!(errors.len(), MAX_GROUPS + 1);
        assert_eq!(errors.iter().map(|e| e.count).sum::<u64>(), 5_000);
        assert_eq!(errors[0].kind, OTHER_KIND);
    }
}
