//! Which settings a command line gives, and where a value comes from.

use std::collections::BTreeMap;
use std::fmt;

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory};

use crate::cli::Cli;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A flag, with its dashes.
    Flag(String),
    /// A variable of the environment.
    Env(String),
    /// A line of a plan.
    Plan { path: String, line: usize },
    /// Nowhere: it is what it is without being said.
    Default,
}

impl fmt::Display for Origin {
    /// `--target`, `OUTRIDER_TARGET`, `plan.toml:3`, `default`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag(name) | Origin::Env(name) => f.write_str(name),
            Origin::Plan { path, line } => write!(f, "{path}:{line}"),
            Origin::Default => f.write_str("default"),
        }
    }
}

/// The arguments of a command that were given, by their ids, and not left to their defaults.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given(BTreeMap<String, Origin>);

impl Given {
    /// What was given of the arguments of the command `name`.
    pub(crate) fn of(matches: &ArgMatches, name: &str) -> Given {
        let root = Cli::command();
        let (Some(matches), Some(command)) = (matches.subcommand_matches(name), root.find_subcommand(name))
        else {
            return Given::default();
        };
        let given = command.get_arguments().filter_map(|arg| {
            let id = arg.get_id().as_str();
            let origin = match matches.value_source(id)? {
                ValueSource::CommandLine => Origin::Flag(format!("--{}", arg.get_long()?)),
                ValueSource::EnvVariable => Origin::Env(arg.get_env()?.to_string_lossy().into_owned()),
                _ => return None,
            };
            Some((id.to_owned(), origin))
        });
        Given(given.collect())
    }

    /// Where the argument `id` was given, if it was.
    pub(crate) fn origin(&self, id: &str) -> Option<&Origin> {
        self.0.get(id)
    }

    /// The flags that were written, each with the id of its argument.
    pub(crate) fn flags(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(id, origin)| match origin {
            Origin::Flag(flag) => Some((id.as_str(), flag.as_str())),
            _ => None,
        })
    }

    /// `value` of the argument `id`, unless that is only its default.
    pub(crate) fn only<T>(&self, id: &str, value: T) -> Option<T> {
        self.0.contains_key(id).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(args: &[&str]) -> Given {
        let matches = Cli::command().try_get_matches_from([&["host", "run", "a.ts"], args].concat()).unwrap();
        Given::of(&matches, "run")
    }

    #[test]
    fn a_default_is_not_given() {
        let given = given(&["--http", "2", "-u", "3"]);
        assert_eq!(given.origin("http").unwrap().to_string(), "--http");
        assert_eq!(given.origin("vus").unwrap().to_string(), "--vus");
        assert_eq!(given.origin("max_memory"), None);
        assert_eq!((given.only("max_cpu", 5), given.only("vus", 3)), (None, Some(3)));
        assert_eq!(given.flags().collect::<Vec<_>>(), [("http", "--http"), ("vus", "--vus")]);
    }
}
