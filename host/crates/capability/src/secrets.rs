//! Secrets: values that a journey may use and nobody may read afterwards.
//!
//! * [`SecretConfig`] says where a secret comes from: the environment or a file, never the command line.
//! * [`Secrets`] holds those of a run, by name. A journey gets the ones that the run names and no other.
//! * [`Redactor`] finds their values in any text, also encoded, and puts the secret's name in the place.
//! * [`RedactingSink`] does that with everything that is recorded, so that no row holds a secret.
//!
//! What is recognised: the value itself; with percent signs (once or twice encoded); as base64 of itself
//! or of a text around it; as JSON, Rust and HTML escape it; each line of a value of several lines; the
//! first half of a value whose end was cut off. What a journey makes of it otherwise (a hash, its letters
//! in reverse) is not.

mod forms;
mod redactor;
mod sink;
mod source;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub use redactor::Redactor;
pub use sink::RedactingSink;
pub use source::{SecretConfig, SecretFault, SecretSource};

/// Six bytes: a shorter secret would be found in ordinary words and numbers, and every row that has one
/// would be defaced; so it is refused.
pub const MIN_SECRET_BYTES: usize = 6;

/// 64 KiB: far above any key, and little enough to look for in every row.
pub const MAX_SECRET_BYTES: usize = 64 * 1024;

/// A secret's value. It is never shown, not even by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(Arc<str>);

impl SecretText {
    /// The value `text`.
    pub fn new(text: impl Into<Arc<str>>) -> SecretText {
        SecretText(text.into())
    }

    /// The value, for the journey alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// The secrets of a run, by name.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    values: BTreeMap<String, SecretText>,
    redactor: Redactor,
}

impl Secrets {
    /// Reads all of them.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with any of them, at once. No error holds a value.
    pub fn load(configs: &[SecretConfig]) -> Result<Secrets, Vec<SecretFault>> {
        let (secrets, faults) = Secrets::load_sound(configs);
        if faults.is_empty() { Ok(secrets) } else { Err(faults) }
    }

    /// Reads those of them that can be read, and says what is wrong with the others. A run with faults does
    /// not start, but what is said of them must not hold the values of the sound ones either.
    pub fn load_sound(configs: &[SecretConfig]) -> (Secrets, Vec<SecretFault>) {
        let mut read: Vec<(&str, SecretText)> = Vec::new();
        let mut faults = Vec::new();
        for config in configs {
            match config.read() {
                Ok(value) => {
                    if read.iter().any(|(name, _)| *name == config.name) {
                        faults.push(SecretFault::Twice { name: config.name.clone() });
                    }
                    read.push((&config.name, value));
                }
                Err(fault) => faults.push(fault),
            }
        }
        let redactor = Redactor::new(read.iter().map(|(name, value)| (*name, value.reveal())));
        let values = read.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        (Secrets { values, redactor }, faults)
    }

    /// The value of a secret that the run has.
    pub fn get(&self, name: &str) -> Option<&SecretText> {
        self.values.get(name)
    }

    /// The names of all of them, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// Finds their values in texts.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }
}

#[cfg(test)]
mod tests;
