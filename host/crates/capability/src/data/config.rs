//! A data file as a run is given it, in a plan or as `NAME=FILE[:POLICY[:WHEN-EXHAUSTED]]`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Endings of data files: what follows one in `FILE:POLICY` is no part of the path.
const ENDINGS: [&str; 5] = [".csv", ".json", ".jsonl", ".ndjson", ".parquet"];

/// Which row an iteration gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowPolicy {
    /// The rows in their order, each for one iteration alone.
    Unique(Exhaustion),
    /// The rows in their order, from the first again after the last; every scenario begins with the first.
    #[default]
    Circular,
    /// Any row, each as likely as the others.
    Random,
    /// All rows in an order that the seed decides, then all again in another one.
    Shuffled,
}

/// What happens when there is no unique row left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Exhaustion {
    /// The run ends: no iteration starts any more, those under way may finish.
    #[default]
    Stop,
    /// The rows are used again from the first, which is said at the end.
    Loop,
    /// The iteration is recorded as dropped.
    Drop,
}

impl fmt::Display for RowPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RowPolicy::Unique(Exhaustion::Stop) => "unique:stop",
            RowPolicy::Unique(Exhaustion::Loop) => "unique:loop",
            RowPolicy::Unique(Exhaustion::Drop) => "unique:drop",
            RowPolicy::Circular => "circular",
            RowPolicy::Random => "random",
            RowPolicy::Shuffled => "shuffled",
        })
    }
}

impl FromStr for RowPolicy {
    type Err = DataConfigFault;

    /// `unique`, `unique:stop`, `unique:loop`, `unique:drop`, `circular`, `random` or `shuffled`.
    fn from_str(text: &str) -> Result<RowPolicy, DataConfigFault> {
        let (word, exhausted) = match text.split_once(':') {
            Some((word, exhausted)) => (word, Some(exhausted)),
            None => (text, None),
        };
        let policy = match word {
            "unique" => RowPolicy::Unique(exhaustion(exhausted)?),
            "circular" => RowPolicy::Circular,
            "random" => RowPolicy::Random,
            "shuffled" => RowPolicy::Shuffled,
            _ => return Err(DataConfigFault::Policy { policy: word.to_owned() }),
        };
        match (policy, exhausted) {
            (RowPolicy::Unique(_), _) | (_, None) => Ok(policy),
            (_, Some(_)) => Err(DataConfigFault::NeverExhausted { policy: word.to_owned() }),
        }
    }
}

fn exhaustion(word: Option<&str>) -> Result<Exhaustion, DataConfigFault> {
    match word {
        None | Some("stop") => Ok(Exhaustion::Stop),
        Some("loop") => Ok(Exhaustion::Loop),
        Some("drop") => Ok(Exhaustion::Drop),
        Some(word) => Err(DataConfigFault::Exhaustion { word: word.to_owned() }),
    }
}

/// A data file of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataConfig {
    /// The name under which journeys ask for it.
    pub name: String,
    /// The file: CSV, JSON, JSON Lines or Parquet, by its ending.
    pub path: PathBuf,
    /// Its rows, JSON objects as text, where they are given and no file is read. Defaults to none.
    pub rows: Option<Vec<Box<str>>>,
    /// Which row an iteration gets. Defaults to [`RowPolicy::Circular`].
    pub policy: RowPolicy,
    /// The scenarios that may use it, and that share its unique rows. None is all of the run.
    pub scenarios: Vec<String>,
}

impl DataConfig {
    /// A file for all scenarios, with the default policy.
    pub fn new(name: impl Into<String>, path: impl Into<PathBuf>) -> DataConfig {
        DataConfig {
            name: name.into(),
            path: path.into(),
            rows: None,
            policy: RowPolicy::default(),
            scenarios: Vec::new(),
        }
    }

    /// Sets the policy.
    #[must_use]
    pub fn policy(mut self, policy: RowPolicy) -> DataConfig {
        self.policy = policy;
        self
    }
}

impl fmt::Display for DataConfig {
    /// As it is parsed, for the record of a run.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}:{}", self.name, self.path.display(), self.policy)
    }
}

impl FromStr for DataConfig {
    type Err = DataConfigFault;

    /// `NAME=FILE[:POLICY[:WHEN-EXHAUSTED]]`, for example `users=accounts.csv:unique:drop`.
    fn from_str(text: &str) -> Result<DataConfig, DataConfigFault> {
        let malformed = || DataConfigFault::Malformed { text: text.to_owned() };
        let (name, rest) = text.split_once('=').ok_or_else(malformed)?;
        let (path, policy) = split_policy(rest);
        if name.is_empty() || path.is_empty() {
            return Err(malformed());
        }
        let policy = policy.map(str::parse).transpose()?.unwrap_or_default();
        Ok(DataConfig::new(name, path).policy(policy))
    }
}

/// Splits behind the first known ending that a colon follows. A path may hold colons itself.
fn split_policy(text: &str) -> (&str, Option<&str>) {
    let lower = text.to_ascii_lowercase();
    let ends = text.match_indices(':').map(|(at, _)| at);
    let policy_at = ends.into_iter().find(|at| ENDINGS.iter().any(|ending| lower[..*at].ends_with(ending)));
    match policy_at {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

/// A data file that is not given as it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataConfigFault {
    /// There is no `=`, or nothing on one of its sides.
    #[error("data '{text}' is not NAME=FILE")]
    Malformed {
        /// As it was given.
        text: String,
    },
    /// No such policy.
    #[error("there is no policy '{policy}' for the rows of data")]
    Policy {
        /// The word.
        policy: String,
    },
    /// No such word for exhausted rows.
    #[error("'{word}' does not say what happens when unique rows are exhausted")]
    Exhaustion {
        /// The word.
        word: String,
    },
    /// A policy whose rows never run out.
    #[error("rows are never exhausted with the policy '{policy}'")]
    NeverExhausted {
        /// The policy.
        policy: String,
    },
}

impl DataConfigFault {
    /// What to write instead.
    pub fn hint(&self) -> &'static str {
        match self {
            DataConfigFault::Malformed { .. } => {
                "write for example users=accounts.csv, or users=accounts.csv:unique:drop"
            }
            DataConfigFault::Policy { .. } => "the policies are unique, circular, random and shuffled",
            DataConfigFault::Exhaustion { .. } => "write unique:stop, unique:loop or unique:drop",
            DataConfigFault::NeverExhausted { .. } => "only unique takes stop, loop or drop",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_and_its_policy_are_told_apart() {
        let parse = |text: &str| text.parse::<DataConfig>().unwrap();
        assert_eq!(parse("users=a.csv"), DataConfig::new("users", "a.csv"));
        assert_eq!(parse("u=a.CSV:unique").policy, RowPolicy::Unique(Exhaustion::Stop));
        assert_eq!(parse("u=a.jsonl:unique:drop").policy, RowPolicy::Unique(Exhaustion::Drop));
        assert_eq!(parse("u=/x:y/a=b.parquet:shuffled"), {
            DataConfig::new("u", "/x:y/a=b.parquet").policy(RowPolicy::Shuffled)
        });
        assert_eq!(parse("u=no-ending:circular").path, PathBuf::from("no-ending:circular"));
    }

    #[test]
    fn what_was_parsed_is_shown_so_that_it_parses_again() {
        for text in ["u=a.csv:circular", "u=a.csv:unique:loop", "u=a.json:random", "u=a.json:unique:stop"] {
            assert_eq!(text.parse::<DataConfig>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn faults_say_what_to_write() {
        let fault = |text: &str| {
            let fault = text.parse::<DataConfig>().unwrap_err();
            format!("{fault}; {}", fault.hint())
        };
        assert_eq!(
            fault("users.csv"),
            "data 'users.csv' is not NAME=FILE; write for example users=accounts.csv, or \
             users=accounts.csv:unique:drop"
        );
        assert_eq!(
            fault("u=a.csv:uniqe"),
            "there is no policy 'uniqe' for the rows of data; the policies are unique, circular, random \
             and shuffled"
        );
        assert_eq!(
            fault("u=a.csv:unique:restart"),
            "'restart' does not say what happens when unique rows are exhausted; write unique:stop, \
             unique:loop or unique:drop"
        );
        assert_eq!(
            fault("u=a.csv:random:stop"),
            "rows are never exhausted with the policy 'random'; only unique takes stop, loop or drop"
        );
    }
}
