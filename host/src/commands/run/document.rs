//! The plan that a command line names.

use std::path::{Path, PathBuf};

use outrider_plan::{Plan, PlanFault, Written};

use crate::failure::Fault;
use crate::given::Origin;

/// A plan as it was read, with the folder to which its paths are relative.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// As the user named it.
    path: PathBuf,
    pub(crate) plan: Plan,
}

/// Whether a path names a plan, and no plugin.
pub(crate) fn is_plan(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "toml")
}

impl Document {
    /// Reads the plan. What is wrong with what it says is [`Document::faults`].
    pub(crate) fn read(path: &Path) -> Result<Document, Fault> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Fault::new(format!("cannot read plan '{}'", path.display())).cause(error.to_string())
        })?;
        Ok(Document { path: path.to_owned(), plan: outrider_plan::read(&text) })
    }

    /// What is wrong with it, each with its place.
    pub(crate) fn faults(&self) -> impl Iterator<Item = Fault> {
        self.plan.faults.iter().map(|fault| self.fault(fault))
    }

    fn fault(&self, fault: &PlanFault) -> Fault {
        Fault::new(format!("{}:{fault}", self.path.display())).maybe_hint(fault.hint.clone())
    }

    /// A path of the plan, as it is reached from here.
    pub(crate) fn file(&self, path: &str) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }

    /// Where a value of it stands, for faults: `plan.toml:12:3`.
    pub(crate) fn place<T>(&self, value: &Written<T>) -> String {
        format!("{}:{}:{}", self.path.display(), value.at.line, value.at.column)
    }

    /// Where the key of a dotted path stands, if the plan has it.
    pub(crate) fn origin(&self, key: &str) -> Option<Origin> {
        let place = self.plan.places.get(key)?;
        Some(Origin::Plan { path: self.path.display().to_string(), line: place.line })
    }
}
