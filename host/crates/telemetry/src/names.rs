//! Keeps the number of names bounded.

use std::sync::Arc;

use hashbrown::HashSet;
use outrider_model::{Origin, Sample};

/// One thousand names of each kind: far more than a person reads, and few enough that the windows of a
/// second stay below a few megabytes. A run that has more has put an id into a name.
pub const DEFAULT_NAME_LIMIT: usize = 1_000;

/// The name that stands for all names past the limit, in rows and in windows.
pub const OTHER_NAME: &str = "(other)";

/// Whose names are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NameKind {
    /// Names of requests.
    Request,
    /// Names of steps.
    Step,
    /// Names of checks, over all packs.
    Check,
    /// Names of custom metrics.
    Metric,
}

impl NameKind {
    /// All kinds.
    pub const ALL: [NameKind; 4] = [NameKind::Request, NameKind::Step, NameKind::Check, NameKind::Metric];

    /// The kind in words.
    pub fn as_str(self) -> &'static str {
        match self {
            NameKind::Request => "request",
            NameKind::Step => "step",
            NameKind::Check => "check",
            NameKind::Metric => "metric",
        }
    }
}

/// Lets the first names of each kind pass and replaces all later ones by [`OTHER_NAME`], before rows
/// and windows are made, so that both agree. Whatever a journey names, memory is bounded (INV-4).
#[derive(Debug)]
pub struct NameGuard {
    limit: usize,
    other: Arc<str>,
    kinds: [Names; NameKind::ALL.len()],
}

#[derive(Debug, Default)]
struct Names {
    known: HashSet<Arc<str>>,
    replaced: u64,
}

impl NameGuard {
    /// A guard that lets `limit` names of each kind pass. Defaults to 1,000 via [`DEFAULT_NAME_LIMIT`].
    pub fn new(limit: usize) -> NameGuard {
        NameGuard { limit, other: OTHER_NAME.into(), kinds: Default::default() }
    }

    /// Replaces the names in a sample that are past the limit.
    pub fn apply(&mut self, sample: &mut Sample) {
        match sample {
            Sample::Request(request) => {
                self.admit(NameKind::Request, &mut request.name);
                self.admit_step(&mut request.origin);
            }
            Sample::Step(step) => {
                self.admit(NameKind::Step, &mut step.name);
                self.admit_step(&mut step.origin);
            }
            Sample::Check(check) => {
                self.admit(NameKind::Check, &mut check.name);
                self.admit_step(&mut check.origin);
            }
            Sample::Metric(metric) => {
                self.admit(NameKind::Metric, &mut metric.name);
                self.admit_step(&mut metric.origin);
            }
            Sample::Log(log) => {
                if let Some(origin) = &mut log.origin {
                    self.admit_step(origin);
                }
            }
            Sample::Iteration(_) | Sample::System(_) => {}
        }
    }

    /// How many samples of this kind had their name replaced.
    pub fn replaced(&self, kind: NameKind) -> u64 {
        self.kinds[kind as usize].replaced
    }

    fn admit_step(&mut self, origin: &mut Origin) {
        if let Some(step) = &mut origin.step {
            self.admit(NameKind::Step, step);
        }
    }

    fn admit(&mut self, kind: NameKind, name: &mut Arc<str>) {
        let names = &mut self.kinds[kind as usize];
        if names.known.contains(&**name) {
            return;
        }
        if names.known.len() < self.limit {
            names.known.insert(name.clone());
            return;
        }
        if names.replaced == 0 {
            tracing::warn!(
                kind = kind.as_str(),
                limit = self.limit,
                first = &**name,
                "too many names, further ones are counted as {OTHER_NAME}"
            );
        }
        names.replaced += 1;
        *name = self.other.clone();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_samples::{request, step};

    fn name_of(sample: &Sample) -> &str {
        match sample {
            Sample::Request(request) => &request.name,
            Sample::Step(step) => &step.name,
            _ => unreachable!("only these are made here"),
        }
    }

    #[test]
    fn names_past_the_limit_become_other_and_known_ones_stay() {
        let mut guard = NameGuard::new(2);
        let mut seen = Vec::new();
        for name in ["/a", "/b", "/c", "/a", "/d"] {
            let mut sample = request(name, 1);
            guard.apply(&mut sample);
            seen.push(name_of(&sample).to_owned());
        }
        assert_eq!(seen, ["/a", "/b", OTHER_NAME, "/a", OTHER_NAME]);
        assert_eq!(guard.replaced(NameKind::Request), 2);
    }

    #[test]
    fn kinds_are_counted_apart_and_the_step_of_an_origin_is_a_step() {
        let mut guard = NameGuard::new(1);
        let mut first = step("pay", 1);
        guard.apply(&mut first);
        let mut second = request("/a", 1);
        if let Sample::Request(request) = &mut second {
            request.origin.step = Some("search".into());
        }
        guard.apply(&mut second);
        let Sample::Request(request) = second else { unreachable!("it is a request") };
        assert_eq!(&*request.name, "/a");
        assert_eq!(request.origin.step.as_deref(), Some(OTHER_NAME));
        assert_eq!((guard.replaced(NameKind::Step), guard.replaced(NameKind::Request)), (1, 0));
    }
}
