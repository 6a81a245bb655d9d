//! Which hosts and ports a guest may reach. Everything that is not granted is refused.
//!
//! A name is checked before it is resolved, and the addresses it resolves to are checked again: a name
//! that someone else controls must not lead to a cloud's metadata service. This module opens no
//! connection and resolves nothing.

mod address;
mod entry;
mod target;

use std::net::SocketAddr;

use url::{Host, Url};

use address::canonical;
pub use address::is_metadata_address;
pub use entry::GrantError;
use entry::{Entry, Pattern};
pub use target::{TargetError, parse_target};

/// The hosts and ports that a run may reach.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    entries: Vec<Entry>,
}

impl Grants {
    /// Grants exactly the target's host and port, and what `allow_net` says.
    ///
    /// An entry is `HOST:PORT`, where the host is a name, an IPv4 address, an IPv6 address in brackets
    /// or `*.` and a domain (which means every name below it, not the domain itself), and the port is
    /// a number or `*`.
    ///
    /// # Errors
    ///
    /// All malformed entries at once.
    pub fn new(target: Option<&Url>, allow_net: &[impl AsRef<str>]) -> Result<Grants, Vec<GrantError>> {
        let mut entries: Vec<Entry> = target.and_then(Entry::of_target).into_iter().collect();
        let mut faults = Vec::new();
        for text in allow_net {
            match Entry::parse(text.as_ref()) {
                Ok(entry) => entries.push(entry),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(Grants { entries }) } else { Err(faults) }
    }

    /// The host and port that are granted, if they are the only ones.
    pub(crate) fn only_host(&self) -> Option<(Host<String>, u16)> {
        match &self.entries[..] {
            [Entry { pattern: Pattern::Exactly(host), port: Some(port) }] => Some((host.clone(), *port)),
            _ => None,
        }
    }

    /// Whether `host` may be reached on `port`, by what is known before its name is resolved.
    pub fn permits(&self, host: &Host<String>, port: u16) -> bool {
        self.entries.iter().any(|entry| entry.matches(host, port))
    }

    /// Whether a connection to `address` may be opened for a host that [`Grants::permits`] let pass.
    /// Addresses where clouds hand out credentials are reached only by whoever names them literally.
    pub fn permits_address(&self, address: SocketAddr) -> bool {
        let ip = canonical(address.ip());
        !is_metadata_address(ip) || self.entries.iter().any(|entry| entry.names_address(ip, address.port()))
    }

    /// Checks a URL before its host is resolved. Every exchange does, also those that redirects lead to
    /// (INV-5).
    ///
    /// # Errors
    ///
    /// [`Refusal::NotGranted`], which names the flag that would allow it.
    pub fn check_url(&self, url: &Url) -> Result<(), Refusal> {
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(Refusal::NotGranted { url: without_secrets(url), allow: "HOST:PORT".to_owned() });
        };
        let host = host.to_owned();
        if self.permits(&host, port) {
            return Ok(());
        }
        Err(Refusal::NotGranted { url: without_secrets(url), allow: format!("{host}:{port}") })
    }

    /// Checks an address that `host` was resolved to (INV-5).
    ///
    /// # Errors
    ///
    /// [`Refusal::Metadata`].
    pub fn check_address(&self, host: &str, address: SocketAddr) -> Result<(), Refusal> {
        if self.permits_address(address) {
            return Ok(());
        }
        Err(Refusal::Metadata { host: host.to_owned(), address })
    }
}

/// The URL as it may be shown: without user, password and fragment.
pub(crate) fn without_secrets(url: &Url) -> String {
    let mut url = url.clone();
    // Both fail only for URLs that cannot have a user, which then have none to hide.
    let _cannot_have_one = url.set_username("").is_err() || url.set_password(None).is_err();
    url.set_fragment(None);
    url.into()
}

/// Something was asked for that no grant covers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The host or the port is not granted.
    #[error("request to {url} is not granted")]
    NotGranted {
        /// The URL, without user and password.
        url: String,
        /// The value of `--allow-net` that would allow it.
        allow: String,
    },
    /// The host is granted, but it leads to an address where clouds hand out credentials.
    #[error("request to {host} is not granted: {} is a cloud's metadata address", address.ip())]
    Metadata {
        /// The host as the URL has it.
        host: String,
        /// The address it was resolved to.
        address: SocketAddr,
    },
}

impl Refusal {
    /// What is not granted, as `--allow-net` takes it: host and port.
    pub fn refused(&self) -> String {
        match self {
            Refusal::NotGranted { allow, .. } => allow.clone(),
            Refusal::Metadata { address, .. } => {
                SocketAddr::new(canonical(address.ip()), address.port()).to_string()
            }
        }
    }

    /// The flag that would allow it.
    pub fn hint(&self) -> String {
        format!("--allow-net {}", self.refused())
    }
}

impl Entry {
    fn of_target(target: &Url) -> Option<Entry> {
        let pattern = Pattern::Exactly(target.host()?.to_owned());
        Some(Entry { pattern, port: Some(target.port_or_known_default()?) })
    }
}

#[cfg(test)]
mod tests;
