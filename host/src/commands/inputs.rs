//! What a command line hands to a journey besides its parameters: data files and secrets.

use outrider_capability::{DataConfig, SecretConfig, SecretFault, Secrets};
use outrider_session::Asked;

use crate::Env;
use crate::failure::Fault;

/// The data files.
pub(crate) fn data(given: &[String]) -> Vec<Asked<DataConfig>> {
    let read = |text: &String| {
        text.parse::<DataConfig>().map_err(|fault| vec![Fault::of(&fault).hint(fault.hint())])
    };
    given.iter().map(read).collect()
}

/// The secrets, read from where they are. From now on nothing that is said holds one of them, even if others
/// have faults.
pub(crate) fn secrets(env: &Env, given: &[String]) -> Asked<Secrets> {
    let fault = |fault: &SecretFault| Fault::of(fault).maybe_hint(fault.hint());
    let mut faults = Vec::new();
    let mut configs = Vec::with_capacity(given.len());
    for text in given {
        match SecretConfig::parse(text, |name| env.secret(name)) {
            Ok(config) => configs.push(config),
            Err(found) => faults.push(fault(&found)),
        }
    }
    let (secrets, found) = Secrets::load_sound(&configs);
    env.keep_secret(secrets.redactor());
    faults.extend(found.iter().map(fault));
    if faults.is_empty() { Ok(secrets) } else { Err(faults) }
}
