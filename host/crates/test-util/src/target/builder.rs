//! How a target is put together.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

use super::{Record, Server, TargetServer};
use crate::tls::Identity;
use crate::{Behaviour, Certificate};

/// Which versions of HTTP a target speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocols {
    /// Whichever the client chooses: over TLS by ALPN, without TLS by how its first bytes look.
    #[default]
    Both,
    /// HTTP/1.1 alone.
    Http1,
    /// HTTP/2 alone.
    Http2,
}

impl Protocols {
    pub(crate) fn alpn(self) -> Vec<Vec<u8>> {
        let names: &[&str] = match self {
            Protocols::Both => &["h2", "http/1.1"],
            Protocols::Http1 => &["http/1.1"],
            Protocols::Http2 => &["h2"],
        };
        names.iter().map(|name| name.as_bytes().to_vec()).collect()
    }
}

/// A target in the making.
#[derive(Debug, Default)]
pub struct TargetBuilder {
    routes: HashMap<String, Behaviour>,
    protocols: Protocols,
    certificate: Option<Certificate>,
}

impl TargetBuilder {
    /// What the target does at a path, for every method. A path that ends in `/*` stands for all paths
    /// below it that have no behaviour of their own; of several such, the longest counts.
    pub fn route(mut self, path: &str, behaviour: Behaviour) -> TargetBuilder {
        assert!(path.starts_with('/'), "the path '{path}' does not begin with a slash");
        self.routes.insert(path.to_owned(), behaviour);
        self
    }

    /// `count` redirects (302) one after the other: from `path` over `path/1`, `path/2`, … to `end`.
    pub fn redirect_chain(mut self, path: &str, count: usize, end: &str) -> TargetBuilder {
        let place = |number: usize| match number {
            0 => path.to_owned(),
            number if number == count => end.to_owned(),
            number => format!("{path}/{number}"),
        };
        for number in 0..count {
            self = self.route(&place(number), Behaviour::redirect(302, &place(number + 1)));
        }
        self
    }

    /// Which versions of HTTP it speaks. Defaults to both.
    pub fn protocols(mut self, protocols: Protocols) -> TargetBuilder {
        self.protocols = protocols;
        self
    }

    /// Speaks TLS with this certificate. Defaults to plain TCP.
    pub fn tls(mut self, certificate: Certificate) -> TargetBuilder {
        self.certificate = Some(certificate);
        self
    }

    /// Starts the target; it takes connections when this returns.
    pub fn start(self) -> TargetServer {
        let identity = self.certificate.map(|certificate| Identity::new(certificate, self.protocols));
        let (tls, ca_pem) =
            identity.map(|identity| (TlsAcceptor::from(identity.config), identity.ca_pem)).unzip();
        let server = Server {
            routes: Routes::new(self.routes),
            protocols: self.protocols,
            tls,
            record: Arc::new(Record::new()),
        };
        TargetServer::start(server, ca_pem)
    }
}

/// A behaviour and how often it was asked for.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) behaviour: Behaviour,
    served: AtomicU64,
    /// The end of the stall, once it has begun.
    stall_end: OnceLock<Instant>,
}

impl Route {
    /// The number of this request among those of the route, from 0.
    pub(super) fn next_ordinal(&self) -> u64 {
        self.served.fetch_add(1, Ordering::Relaxed)
    }

    /// How long a request that has come `now` is held up by the stall.
    pub(super) fn stalled_for(&self, ordinal: u64, now: Instant) -> Duration {
        let Some(stall) = self.behaviour.stall else { return Duration::ZERO };
        let end = match ordinal == stall.ordinal {
            true => Some(self.stall_end.get_or_init(|| now + stall.pause)),
            false => self.stall_end.get(),
        };
        end.map_or(Duration::ZERO, |end| end.saturating_duration_since(now))
    }
}

/// The behaviours by path.
#[derive(Debug)]
pub(super) struct Routes {
    by_path: HashMap<String, Route>,
    otherwise: Route,
}

impl Routes {
    fn new(behaviours: HashMap<String, Behaviour>) -> Routes {
        let route = |behaviour| Route { behaviour, served: AtomicU64::new(0), stall_end: OnceLock::new() };
        let by_path = behaviours.into_iter().map(|(path, behaviour)| (path, route(behaviour))).collect();
        let otherwise = route(Behaviour::text("this target has no such route\n").with_status(404));
        Routes { by_path, otherwise }
    }

    pub(super) fn find(&self, path: &str) -> &Route {
        let below = || {
            let parents = path.rmatch_indices('/').map(|(end, _)| format!("{}/*", &path[..end]));
            parents.into_iter().find_map(|pattern| self.by_path.get(&pattern))
        };
        self.by_path.get(path).or_else(below).unwrap_or(&self.otherwise)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stall_holds_up_what_comes_before_its_end() {
        let ms = Duration::from_millis;
        let start = outrider_model::RunClock::start_now().instant();
        let behaviour = Behaviour::text("").stalling_at(2, ms(100));
        let route = Route { behaviour, served: AtomicU64::new(0), stall_end: OnceLock::new() };
        let came = [(0, 0), (1, 10), (2, 20), (3, 30), (4, 119), (5, 120), (6, 500)];
        let held = came.map(|(ordinal, at)| route.stalled_for(ordinal, start + ms(at)).as_millis());
        assert_eq!(held, [0, 0, 100, 90, 1, 0, 0]);
    }

    #[test]
    fn the_most_exact_route_counts() {
        let paths = ["/a", "/a/*", "/a/b/*", "/a/b/c"];
        let behaviours = paths.map(|path| (path.to_owned(), Behaviour::text(path)));
        let routes = Routes::new(HashMap::from(behaviours));
        for (path, expected) in
            [("/a", "/a"), ("/a/", "/a/*"), ("/a/x/y", "/a/*"), ("/a/b/c", "/a/b/c"), ("/a/b/d", "/a/b/*")]
        {
            assert!(std::ptr::eq(routes.find(path), &routes.by_path[expected]), "{path}");
        }
        assert!(std::ptr::eq(routes.find("/"), &routes.otherwise));
    }
}
