//! What a command line hands to a journey besides its parameters: data files and secrets.

use outrider_capability::{DataConfig, SecretConfig, SecretFault, Secrets};
use outrider_session::Asked;

use crate::Env;
use crate::failure::Fault;

/// A secret as it is asked for.
#[derive(Clone, Debug)]
pub(crate) struct WantedSecret {
    /// `NAME`, or `NAME=SOURCE`.
    pub(crate) text: String,
    /// The number of its table in the plan, from 1, if it stands there.
    pub(crate) table: Option<usize>,
    /// Where in the plan it stands, if it does.
    pub(crate) place: Option<String>,
}

/// A data file as it is asked for.
#[derive(Clone, Debug)]
pub(crate) struct WantedData {
    /// The number of its table in the plan, from 1, if it stands there.
    pub(crate) table: Option<usize>,
    pub(crate) config: Asked<DataConfig>,
}

impl WantedSecret {
    /// Its name.
    pub(crate) fn name(&self) -> &str {
        self.text.split('=').next().unwrap_or_default()
    }

    /// The kind of its source and where that is, as in `env` and the name of a variable; nothing if its own name says
    /// it.
    pub(crate) fn source(&self) -> Option<(&str, &str)> {
        self.text.split_once('=')?.1.split_once(':')
    }
}

/// The data files.
pub(crate) fn data(given: &[String]) -> Vec<Asked<DataConfig>> {
    let read = |text: &String| {
        text.parse::<DataConfig>().map_err(|fault| vec![Fault::of(&fault).hint(fault.hint())])
    };
    given.iter().map(read).collect()
}

/// The secrets, read from where they are. From now on nothing that is said holds one of them, even if others
/// have faults.
pub(crate) fn secrets(env: &Env, given: &[WantedSecret]) -> Asked<Secrets> {
    let fault =
        |fault: &SecretFault, place: Option<&str>| Fault::of(fault).at(place).maybe_hint(fault.hint());
    let mut faults = Vec::new();
    let mut configs = Vec::with_capacity(given.len());
    for WantedSecret { text, place, .. } in given {
        match SecretConfig::parse(text, |name| env.secret(name)) {
            Ok(config) => configs.push(config),
            Err(found) => faults.push(fault(&found, place.as_deref())),
        }
    }
    let (secrets, found) = Secrets::load_sound(&configs);
    env.keep_secret(secrets.redactor());
    let place = |found: &SecretFault| {
        let wanted = given.iter().find(|wanted| found.name().is_some_and(|name| wanted.name() == name));
        wanted.and_then(|wanted| wanted.place.as_deref())
    };
    faults.extend(found.iter().map(|found| fault(found, place(found))));
    if faults.is_empty() { Ok(secrets) } else { Err(faults) }
}
