//! Files of tests: where they are, and what they say.

use std::path::{Path, PathBuf};

use outrider_capability::{DataConfig, SecretConfig, SecretSource, SecretText, Secrets};
use outrider_plan::{Place, Rows, TestDocument, TestFile, TestTable, Written, read_tests};
use outrider_session::{ParameterValue, Places};

use crate::commands::plugin::is_source;
use crate::failure::Fault;

/// The folder of a project that has its tests.
const FOLDER: &str = "tests";

/// A file of tests, read.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// As it is named in reports.
    pub(super) path: PathBuf,
    pub(super) document: TestDocument,
}

/// The files of a plugin's tests: those that are named, else those that stand where they belong.
pub(super) fn find(plugin: &Path, named: &[PathBuf]) -> Result<Vec<PathBuf>, Fault> {
    if !named.is_empty() {
        return Ok(named.to_vec());
    }
    let (place, found) = match plugin.is_dir() {
        true => (plugin.join(FOLDER).join("*.toml"), of_folder(&plugin.join(FOLDER))),
        false => {
            let beside = beside(plugin);
            let found = if beside.is_file() { vec![beside.clone()] } else { Vec::new() };
            (beside, found)
        }
    };
    match found.is_empty() {
        false => Ok(found),
        true => {
            Err(Fault::new(format!("'{}' has no tests: there is no {}", plugin.display(), place.display()))
                .hint(format!(
                    "write one, name one with --file, or record one: host test {} --record --target URL",
                    plugin.display()
                )))
        }
    }
}

/// The file of the tests of a plugin that is a file: `checkout.test.toml` beside `checkout.ts`.
pub(super) fn beside(plugin: &Path) -> PathBuf {
    plugin.with_extension("test.toml")
}

/// Where a recording goes.
pub(super) fn for_recording(plugin: &Path) -> PathBuf {
    match plugin.is_dir() {
        true => plugin.join(FOLDER).join("recorded.toml"),
        false if is_source(plugin) || plugin.extension().is_some() => beside(plugin),
        false => plugin.with_extension("test.toml"),
    }
}

fn of_folder(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    files
}

impl Source {
    /// Reads a file. What is wrong with what it says is [`Source::faults`].
    pub(super) fn read(path: &Path) -> Result<Source, Fault> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Fault::new(format!("cannot read tests '{}'", path.display())).cause(error.to_string())
        })?;
        Ok(Source { path: path.to_owned(), document: read_tests(&text) })
    }

    pub(super) fn file(&self) -> &TestFile {
        &self.document.file
    }

    /// What is wrong with it, each with its place.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let fault = |fault: &outrider_plan::PlanFault| {
            Fault::new(format!("{}:{fault}", self.path.display())).maybe_hint(fault.hint.clone())
        };
        self.document.faults.iter().map(fault).collect()
    }

    /// Where something stands, for faults: `tests/buy.toml:12:3`.
    pub(super) fn place(&self, at: Place) -> String {
        format!("{}:{}:{}", self.path.display(), at.line, at.column)
    }

    /// A fault of what stands at a place.
    pub(super) fn fault(&self, at: Place, what: impl std::fmt::Display) -> Fault {
        Fault::new(format!("{}: {what}", self.place(at)))
    }

    /// A path of the file, as it is reached from here.
    pub(super) fn path_of(&self, path: &str) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }

    /// Where the parameters of a test stand: its own, and those of the file.
    pub(super) fn places(&self, test: usize) -> Places {
        let all = self.document.places.iter().map(|(path, at)| (path.clone(), self.place(*at)));
        let mut places = Places::new(all);
        let own = self.document.places.keys().filter_map(|path| {
            path.strip_prefix(&format!("test[{test}].parameters")).map(|rest| (path.clone(), rest.to_owned()))
        });
        for (path, rest) in own {
            if let Some(place) = places.of(&path).map(str::to_owned) {
                places.put(&format!("parameters{rest}"), place);
            }
        }
        places
    }

    /// The parameters of a test: its own before those of the file.
    pub(super) fn parameters(&self, test: &TestTable) -> Vec<(String, ParameterValue)> {
        let pairs = |named: &Option<Written<outrider_plan::Named<serde_json::Value>>>| -> Vec<_> {
            let all = named.iter().flat_map(|named| &named.value.0);
            all.map(|(key, value)| (key.clone(), ParameterValue::Json(value.value.clone()))).collect()
        };
        let own = pairs(&test.parameters);
        let mut all = pairs(&self.file().parameters);
        all.retain(|(key, _)| !own.iter().any(|(own, _)| own == key));
        all.extend(own);
        all
    }

    /// Its secrets, and what is wrong with them.
    pub(super) fn secrets(&self) -> (Secrets, Vec<Fault>) {
        let all = || self.file().secrets.iter().flat_map(|secrets| &secrets.value.0);
        let configs: Vec<SecretConfig> = all()
            .map(|(name, value)| SecretConfig {
                name: name.clone(),
                source: SecretSource::Variable {
                    variable: name.clone(),
                    value: Some(SecretText::new(value.value.as_str())),
                },
            })
            .collect();
        let (secrets, faults) = Secrets::load_sound(&configs);
        let faults = faults.iter().map(|found| {
            let at = all()
                .find(|(name, _)| found.name() == Some(name.as_str()))
                .map_or_else(Place::default, |(_, value)| value.at);
            let hint =
                "any text will do that is long enough to be told from others: a test needs no real secret";
            self.fault(at, found).hint(hint)
        });
        let faults = faults.collect();
        (secrets, faults)
    }

    /// Its data.
    pub(super) fn data(&self) -> Result<Vec<DataConfig>, Vec<Fault>> {
        let (mut configs, mut faults) = (Vec::new(), Vec::new());
        for (name, rows) in self.file().data.iter().flat_map(|data| &data.value.0) {
            match self.data_set(name, rows) {
                Ok(config) => configs.push(config),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(configs) } else { Err(faults) }
    }

    fn data_set(&self, name: &str, rows: &Written<Rows>) -> Result<DataConfig, Fault> {
        match &rows.value {
            Rows::Inline(rows) => {
                let row = |row: &serde_json::Map<_, _>| {
                    serde_json::Value::Object(row.clone()).to_string().into_boxed_str()
                };
                let rows = Some(rows.iter().map(row).collect());
                Ok(DataConfig { rows, ..DataConfig::new(name, &self.path) })
            }
            Rows::File(text) => {
                let config: DataConfig = format!("{name}={text}").parse().map_err(|fault| {
                    let fault: outrider_capability::DataConfigFault = fault;
                    self.fault(rows.at, &fault).hint(fault.hint())
                })?;
                let path = self.path_of(&config.path.display().to_string());
                Ok(DataConfig { path, ..config })
            }
        }
    }

    /// Its tests with their numbers, from 1.
    pub(super) fn tests(&self) -> impl Iterator<Item = (usize, &Written<TestTable>)> {
        (1..).zip(self.file().test.iter().flat_map(|tests| &tests.value))
    }
}
