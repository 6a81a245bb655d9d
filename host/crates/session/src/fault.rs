//! What is wrong with what was asked for, in words.

use std::error::Error;

use outrider_engine::EngineError;
use outrider_export::ExportError;
use outrider_model::causes;
use outrider_storage::StorageError;

use crate::Places;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, and where.
    pub message: String,
    /// Why, the nearest cause first; one that has several lines is detail, for example a stack.
    pub causes: Vec<String>,
    /// What the plugin printed or logged before, line by line.
    pub said: Vec<String>,
    /// What to do.
    pub hint: Option<String>,
}

impl Fault {
    /// A fault that needs no further words.
    pub fn new(message: impl Into<String>) -> Fault {
        Fault { message: message.into(), causes: Vec::new(), said: Vec::new(), hint: None }
    }

    /// An error with its sources as causes.
    pub fn of(error: &dyn Error) -> Fault {
        Fault { causes: causes(error).map(ToString::to_string).collect(), ..Fault::new(error.to_string()) }
    }

    /// The fault with the place in a plan of what it is about, if it stands in one.
    #[must_use]
    pub fn at(mut self, place: Option<&str>) -> Fault {
        if let Some(place) = place {
            self.message = format!("{place}: {}", self.message);
        }
        self
    }

    /// The fault with a hint.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Fault {
        self.maybe_hint(Some(hint.into()))
    }

    /// The fault with a hint, if there is one.
    #[must_use]
    pub fn maybe_hint(mut self, hint: Option<String>) -> Fault {
        self.hint = hint;
        self
    }

    /// The fault with a further cause.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<String>) -> Fault {
        self.causes.push(cause.into());
        self
    }

    /// The fault with the lines that the plugin printed or logged before it.
    #[must_use]
    pub fn said(mut self, lines: Vec<String>) -> Fault {
        self.said = lines;
        self
    }

    /// The fault with the stack where it happened, if there is one.
    #[must_use]
    pub fn stack(self, stack: Option<&str>) -> Fault {
        match stack {
            Some(stack) => self.cause(format!("stack\n{stack}")),
            None => self,
        }
    }
}

impl From<EngineError> for Fault {
    fn from(error: EngineError) -> Fault {
        Fault::of(&error).maybe_hint(error.hint())
    }
}

impl From<StorageError> for Fault {
    fn from(error: StorageError) -> Fault {
        Fault::of(&error).maybe_hint(error.hint())
    }
}

impl From<ExportError> for Fault {
    fn from(error: ExportError) -> Fault {
        Fault::of(&error).maybe_hint(error.hint())
    }
}

/// Faults as they are found: whoever looks for them goes on with what is sound.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// What is sound of something, or `None` and its faults kept.
    pub(crate) fn keep<T>(&mut self, asked: Result<T, Vec<Fault>>) -> Option<T> {
        asked.map_err(|found| self.0.extend(found)).ok()
    }

    /// The same for what has one fault at most.
    pub(crate) fn keep_one<T>(&mut self, asked: Result<T, impl Into<Fault>>) -> Option<T> {
        asked.map_err(|fault| self.push(fault.into())).ok()
    }

    /// The same for what stands at a place of a plan.
    pub(crate) fn keep_at<T>(
        &mut self,
        asked: Result<T, impl Into<Fault>>,
        place: Option<&str>,
    ) -> Option<T> {
        self.keep_one(asked.map_err(|fault| fault.into().at(place)))
    }

    /// The same for several, of which all are wanted.
    pub(crate) fn keep_all<T>(
        &mut self,
        asked: impl IntoIterator<Item = Result<T, Vec<Fault>>>,
    ) -> Option<Vec<T>> {
        // One after the other, so that the faults of all are kept.
        let kept: Vec<Option<T>> = asked.into_iter().map(|one| self.keep(one)).collect();
        kept.into_iter().collect()
    }

    /// The same for several, of which those that are sound are wanted.
    pub(crate) fn keep_sound<T>(&mut self, asked: impl IntoIterator<Item = Result<T, Vec<Fault>>>) -> Vec<T> {
        asked.into_iter().filter_map(|one| self.keep(one)).collect()
    }

    pub(crate) fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them. What was found twice, as in a file that two journeys name, is said once.
    pub(crate) fn into_vec(self) -> Vec<Fault> {
        let mut faults: Vec<Fault> = Vec::with_capacity(self.0.len());
        for fault in self.0 {
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
        faults
    }

    /// The same: those of the plan in the order of its lines, and behind them the others as they were found.
    pub(crate) fn into_lines_of(self, places: &Places) -> Vec<Fault> {
        let mut faults = self.into_vec();
        faults.sort_by_cached_key(|fault| {
            let position = places.position(&fault.message);
            (position.is_none(), position)
        });
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_with_its_sources() {
        let source = std::io::Error::other("the disk is gone");
        let error = StorageError::NotReadable { out: "runs".into(), source };
        let fault = Fault::from(error);
        assert_eq!(fault.message, "cannot read the folder 'runs'");
        assert_eq!(fault.causes, ["the disk is gone"]);
        assert!(fault.hint.is_some());
    }

    #[test]
    fn a_fault_is_said_once() {
        let mut faults = Faults::default();
        ["a", "b", "a"].into_iter().for_each(|message| faults.push(Fault::new(message)));
        assert_eq!(faults.into_vec(), [Fault::new("a"), Fault::new("b")]);
    }

    #[test]
    fn faults_of_a_plan_come_in_the_order_of_its_lines() {
        let places = Places::new([("run".to_owned(), "p.toml:1:1".to_owned())]);
        let mut faults = Faults::default();
        let found =
            ["--vus: a", "p.toml:10:1: b", "p.toml:9:5: c", "x.ts:1:1: d", "p.toml:9:5: a", "p.toml:9:1: e"];
        found.into_iter().for_each(|message| faults.push(Fault::new(message)));
        let said: Vec<String> =
            faults.into_lines_of(&places).into_iter().map(|fault| fault.message).collect();
        assert_eq!(
            said,
            ["p.toml:9:1: e", "p.toml:9:5: c", "p.toml:9:5: a", "p.toml:10:1: b", "--vus: a", "x.ts:1:1: d"]
        );
    }

    #[test]
    fn all_faults_of_several_are_kept() {
        let mut faults = Faults::default();
        let asked = [Err(vec![Fault::new("a"), Fault::new("b")]), Ok(1), Err(vec![Fault::new("c")])];
        assert_eq!(faults.keep_all(asked), None);
        assert_eq!(faults.keep_all([Ok(1), Ok(2)]), Some(vec![1, 2]));
        let messages: Vec<_> = faults.into_vec().into_iter().map(|fault| fault.message).collect();
        assert_eq!(messages, ["a", "b", "c"]);
        let mut faults = Faults::default();
        assert_eq!(faults.keep_sound([Ok(1), Err(vec![Fault::new("d")]), Ok(2)]), [1, 2]);
        assert_eq!(faults.into_vec().len(), 1);
    }
}
