//! The plan that a command line names.

use std::path::{Path, PathBuf};

use outrider_plan::{Place, Plan, PlanFault, Written};
use outrider_session::{Exit, Places};

use crate::failure::{Failure, Fault};
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
    /// Reads the plan, which must be TOML. What is wrong with what it says is [`Document::faults`].
    pub(crate) fn read(path: &Path) -> Result<Document, Failure> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            let fault = Fault::new(format!("cannot read plan '{}'", path.display()));
            Failure::invalid(fault.cause(error.to_string()))
        })?;
        let document = Document { path: path.to_owned(), plan: outrider_plan::read(&text) };
        match document.plan.is_unreadable {
            true => Err(Failure::all(Exit::Invalid, document.faults().collect())),
            false => Ok(document),
        }
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

    /// The names of its scenarios.
    pub(crate) fn scenarios(&self) -> Vec<&str> {
        self.plan.file.scenario.iter().flat_map(|all| all.value.names()).collect()
    }

    /// The dotted paths of all that it says, in the order of the file.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let mut keys: Vec<(&str, &Place)> =
            self.plan.places.iter().map(|(path, at)| (path.as_str(), at)).collect();
        keys.sort_by_key(|(_, at)| **at);
        keys.into_iter().map(|(path, _)| path)
    }

    /// Where the key of a dotted path stands, for faults.
    pub(crate) fn place_of(&self, key: &str) -> Option<String> {
        let at = self.plan.places.get(key)?;
        Some(format!("{}:{}:{}", self.path.display(), at.line, at.column))
    }

    /// Where everything stands, by dotted paths. Data files and grants are known by their names too.
    pub(crate) fn places(&self) -> Places {
        let place = |place: &Place| format!("{}:{}:{}", self.path.display(), place.line, place.column);
        let mut places = Places::new(self.plan.places.iter().map(|(path, at)| (path.clone(), place(at))));
        let file = &self.plan.file;
        for (index, data) in file.data.iter().flat_map(|data| &data.value).enumerate() {
            if let Some(name) = &data.value.name {
                places.also(&format!("data[{}]", index + 1), &format!("data.{}", name.value));
            }
        }
        let grants = file.grants.iter().flat_map(|grants| &grants.value.allow_net);
        for (index, entry) in grants.flat_map(|list| &list.value).enumerate() {
            let (place, name) = (index + 1, entry.value.trim());
            places.also(&format!("grants.allow_net[{place}]"), &format!("grants.allow_net.{name}"));
        }
        places
    }

    /// Where the key of a dotted path stands, if the plan has it.
    pub(crate) fn origin(&self, key: &str) -> Option<Origin> {
        let place = self.plan.places.get(key)?;
        Some(Origin::Plan { path: self.path.display().to_string(), line: place.line })
    }
}
