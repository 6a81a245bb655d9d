//! Where secrets come from.

use std::path::PathBuf;

use super::{MAX_SECRET_BYTES, MIN_SECRET_BYTES, SecretText};

/// What a variable of the environment is called unless it is named: this, and the secret's name in
/// capitals.
const VARIABLE_PREFIX: &str = "OUTRIDER_SECRET_";

/// A secret as a run is given it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretConfig {
    /// The name under which the journey asks for it.
    pub name: String,
    /// Where its value is.
    pub source: SecretSource,
}

/// Where a secret's value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// A variable of the environment.
    Variable {
        /// Its name.
        variable: String,
        /// Its value, which only the program may read; `None` if there is no such variable.
        value: Option<SecretText>,
    },
    /// A file of UTF-8 text. A line break at its end is not part of the value.
    File(PathBuf),
}

impl SecretConfig {
    /// Reads `NAME` (the variable `OUTRIDER_SECRET_NAME`), `NAME=env:VARIABLE` or `NAME=file:PATH`.
    /// `variable` reads the environment.
    ///
    /// # Errors
    ///
    /// [`SecretFault::Malformed`] and [`SecretFault::Name`]. Neither repeats more than a valid name: who
    /// types a value in its place shall not see it in a log.
    pub fn parse(
        text: &str,
        variable: impl Fn(&str) -> Option<SecretText>,
    ) -> Result<SecretConfig, SecretFault> {
        let (name, source) = match text.split_once('=') {
            Some((name, source)) => (name, Some(source)),
            None => (text, None),
        };
        if !is_name(name) {
            return Err(SecretFault::Name);
        }
        let from_variable =
            |name: &str| SecretSource::Variable { variable: name.to_owned(), value: variable(name) };
        let source = match source.map(|source| source.split_once(':')) {
            None => from_variable(&default_variable(name)),
            Some(Some(("env", name))) if !name.is_empty() => from_variable(name),
            Some(Some(("file", path))) if !path.is_empty() => SecretSource::File(PathBuf::from(path)),
            Some(_) => return Err(SecretFault::Malformed { name: name.to_owned() }),
        };
        Ok(SecretConfig { name: name.to_owned(), source })
    }

    pub(super) fn read(&self) -> Result<SecretText, SecretFault> {
        let name = || self.name.clone();
        let value = match &self.source {
            SecretSource::Variable { variable, value } => value
                .clone()
                .ok_or_else(|| SecretFault::Missing { name: name(), variable: variable.clone() })?,
            SecretSource::File(path) => {
                let read = |source| SecretFault::Read { name: name(), path: path.clone(), source };
                let bytes = std::fs::metadata(path).map_err(read)?.len();
                if bytes > MAX_SECRET_BYTES as u64 {
                    return Err(SecretFault::TooLong { name: name(), bytes });
                }
                let text = std::fs::read(path).map_err(read)?;
                let text = String::from_utf8(text).map_err(|_| SecretFault::NotText { name: name() })?;
                let line = text.strip_suffix('\n').unwrap_or(&text);
                SecretText::new(line.strip_suffix('\r').unwrap_or(line))
            }
        };
        match value.reveal().len() {
            bytes if bytes < MIN_SECRET_BYTES => Err(SecretFault::TooShort { name: name(), bytes }),
            bytes if bytes > MAX_SECRET_BYTES => {
                Err(SecretFault::TooLong { name: name(), bytes: bytes as u64 })
            }
            _ => Ok(value),
        }
    }
}

/// Names are shown in the place of values, in texts of any kind, so they are plain.
fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    !name.is_empty() && name.len() <= 64 && name.bytes().all(plain)
}

/// `api-token` is `OUTRIDER_SECRET_API_TOKEN`.
fn default_variable(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("{VARIABLE_PREFIX}{}", name.chars().map(plain).collect::<String>())
}

/// A secret that a run cannot use. None of these holds a value.
#[derive(Debug, thiserror::Error)]
pub enum SecretFault {
    /// The name is not one.
    #[error("a secret's name has letters, digits, '_', '-' and '.' alone, at most 64 of them")]
    Name,
    /// What follows the name is no source.
    #[error("secret '{name}' is neither {name}=env:VARIABLE nor {name}=file:PATH")]
    Malformed {
        /// The secret's name.
        name: String,
    },
    /// Two secrets have the same name.
    #[error("secret '{name}' is given twice")]
    Twice {
        /// The name.
        name: String,
    },
    /// The environment has no such variable.
    #[error("secret '{name}' is missing: the environment has no text in {variable}")]
    Missing {
        /// The secret's name.
        name: String,
        /// The variable's name.
        variable: String,
    },
    /// The file cannot be read.
    #[error("secret '{name}' cannot be read from {}", path.display())]
    Read {
        /// The secret's name.
        name: String,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is no text.
    #[error("secret '{name}' is not UTF-8 text")]
    NotText {
        /// The secret's name.
        name: String,
    },
    /// Too short to be told from ordinary text.
    #[error(
        "secret '{name}' has {bytes} bytes; at least {MIN_SECRET_BYTES} are needed to keep it out of what is recorded"
    )]
    TooShort {
        /// The secret's name.
        name: String,
        /// Its length.
        bytes: usize,
    },
    /// Longer than any key.
    #[error("secret '{name}' has {bytes} bytes, more than {MAX_SECRET_BYTES}")]
    TooLong {
        /// The secret's name.
        name: String,
        /// Its length.
        bytes: u64,
    },
}

impl SecretFault {
    /// The secret that it is about; none if its name is no name.
    pub fn name(&self) -> Option<&str> {
        match self {
            SecretFault::Name => None,
            SecretFault::Malformed { name }
            | SecretFault::Twice { name }
            | SecretFault::Missing { name, .. }
            | SecretFault::Read { name, .. }
            | SecretFault::NotText { name }
            | SecretFault::TooShort { name, .. }
            | SecretFault::TooLong { name, .. } => Some(name),
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            SecretFault::Name => {
                "give the name alone: the value comes from the environment or from a file".into()
            }
            SecretFault::Malformed { .. } => {
                "a value does not belong on the command line, where the shell's history and other users \
                 see it"
                    .into()
            }
            SecretFault::Missing { name, variable } => {
                format!("set {variable}, or say where it is: --secret {name}=file:PATH")
            }
            SecretFault::TooShort { .. } => {
                "a value that short is in many ordinary texts, which would all be defaced; if it is none to \
                 be kept, pass it with --set"
                    .into()
            }
            _ => return None,
        })
    }
}
