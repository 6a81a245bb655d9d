//! One `HOST:PORT` of `--allow-net`.

use std::net::IpAddr;

use url::Host;

use super::address::canonical;

/// What an entry says of hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    Exactly(Host<String>),
    /// Every name that ends with this text, which begins with a dot.
    Below(String),
}

/// One granted host, or family of hosts, on one port or on all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) pattern: Pattern,
    /// `None` is every port.
    pub(super) port: Option<u16>,
}

/// An entry of `--allow-net` that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// A URL was given.
    #[error("grant '{entry}' is a URL, not a host and a port")]
    Url {
        /// The entry.
        entry: String,
        /// The host and port in it, if they can be told.
        suggestion: Option<String>,
    },
    /// There is no port.
    #[error("grant '{entry}' has no port")]
    NoPort {
        /// The entry.
        entry: String,
    },
    /// The port is not a number from 1 to 65535 and not `*`.
    #[error("grant '{entry}' has a port that is neither a number from 1 to 65535 nor '*'")]
    Port {
        /// The entry.
        entry: String,
    },
    /// A star stands where none may.
    #[error("grant '{entry}' has a wildcard that is not a leading '*.' before a domain")]
    Wildcard {
        /// The entry.
        entry: String,
    },
    /// An IPv6 address without brackets.
    #[error("grant '{entry}' has an IPv6 address without brackets")]
    Brackets {
        /// The entry.
        entry: String,
    },
    /// The host is no name and no address.
    #[error("grant '{entry}' has no valid host name or address")]
    Host {
        /// The entry.
        entry: String,
    },
}

impl GrantError {
    /// The entry that it is about, as it was given.
    pub fn entry(&self) -> &str {
        match self {
            GrantError::Url { entry, .. }
            | GrantError::NoPort { entry }
            | GrantError::Port { entry }
            | GrantError::Wildcard { entry }
            | GrantError::Brackets { entry }
            | GrantError::Host { entry, .. } => entry,
        }
    }

    /// What to write instead.
    pub fn hint(&self) -> String {
        match self {
            GrantError::Url { suggestion: Some(suggestion), .. } => format!("write {suggestion}"),
            GrantError::NoPort { entry } => format!("write {entry}:443, or {entry}:* for every port"),
            GrantError::Port { .. } => "write for example shop.test:8080 or shop.test:*".to_owned(),
            GrantError::Wildcard { .. } => "write for example *.example.com:443".to_owned(),
            GrantError::Brackets { .. } => "write for example [::1]:8080".to_owned(),
            GrantError::Url { .. } | GrantError::Host { .. } => {
                "write HOST:PORT, for example shop.test:8080, 10.0.0.1:80 or [::1]:8080".to_owned()
            }
        }
    }
}

impl Entry {
    pub(super) fn parse(text: &str) -> Result<Entry, GrantError> {
        let entry = text.trim().to_owned();
        if entry.contains("://") {
            return Err(GrantError::Url { suggestion: host_and_port_of(&entry), entry });
        }
        let Some((host, port)) = split(&entry)? else { return Err(GrantError::NoPort { entry }) };
        let port = match port {
            "*" => None,
            number => match number.parse::<u16>() {
                Ok(number) if number > 0 => Some(number),
                _ => return Err(GrantError::Port { entry }),
            },
        };
        Ok(Entry { pattern: pattern(host, &entry)?, port })
    }

    pub(super) fn matches(&self, host: &Host<String>, port: u16) -> bool {
        if self.port.is_some_and(|granted| granted != port) {
            return false;
        }
        match (&self.pattern, host) {
            (Pattern::Exactly(Host::Domain(granted)), Host::Domain(asked)) => granted == trim_root(asked),
            (Pattern::Exactly(granted), asked) => match (address_of(granted), address_of(asked)) {
                (Some(granted), Some(asked)) => granted == asked,
                _ => false,
            },
            (Pattern::Below(suffix), Host::Domain(asked)) => {
                let asked = trim_root(asked);
                asked.len() > suffix.len() && asked.ends_with(suffix.as_str())
            }
            (Pattern::Below(_), _) => false,
        }
    }

    /// Whether this entry spells out the address `ip`, which is in canonical form.
    pub(super) fn names_address(&self, ip: IpAddr, port: u16) -> bool {
        let Pattern::Exactly(host) = &self.pattern else { return false };
        self.port.is_none_or(|granted| granted == port) && address_of(host) == Some(ip)
    }
}

/// The text before the last colon and the text after it; `None` without a port.
fn split(entry: &str) -> Result<Option<(&str, &str)>, GrantError> {
    if entry.starts_with('[') {
        let Some((host, rest)) = entry.split_once(']') else {
            return Err(GrantError::Brackets { entry: entry.to_owned() });
        };
        // The host keeps its brackets: that is how the URL standard parses it.
        return Ok(rest.strip_prefix(':').map(|port| (&entry[..=host.len()], port)));
    }
    if entry.matches(':').count() > 1 {
        return Err(GrantError::Brackets { entry: entry.to_owned() });
    }
    Ok(entry.split_once(':'))
}

fn pattern(host: &str, entry: &str) -> Result<Pattern, GrantError> {
    let (domain, wildcard) = match host.strip_prefix("*.") {
        Some(domain) => (domain, true),
        None => (host, false),
    };
    if domain.contains('*') {
        return Err(GrantError::Wildcard { entry: entry.to_owned() });
    }
    let invalid = || GrantError::Host { entry: entry.to_owned() };
    // `Host::parse` turns names into lower-case ASCII and knows the odd spellings of IPv4 addresses.
    match (Host::parse(domain).map_err(|_| invalid())?, wildcard) {
        (Host::Domain(name), wildcard) => {
            let name = trim_root(&name).to_owned();
            if name.is_empty() || name.split('.').any(str::is_empty) {
                return Err(invalid());
            }
            Ok(if wildcard {
                Pattern::Below(format!(".{name}"))
            } else {
                Pattern::Exactly(Host::Domain(name))
            })
        }
        (_, true) => Err(GrantError::Wildcard { entry: entry.to_owned() }),
        (address, false) => Ok(Pattern::Exactly(address)),
    }
}

fn address_of(host: &Host<String>) -> Option<IpAddr> {
    match host {
        Host::Domain(_) => None,
        Host::Ipv4(v4) => Some(IpAddr::V4(*v4)),
        Host::Ipv6(v6) => Some(canonical(IpAddr::V6(*v6))),
    }
}

/// `example.com.` is `example.com`.
fn trim_root(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

fn host_and_port_of(text: &str) -> Option<String> {
    let url = url::Url::parse(text).ok()?;
    Some(format!("{}:{}", url.host()?, url.port_or_known_default()?))
}
