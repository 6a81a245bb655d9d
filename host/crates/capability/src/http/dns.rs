//! Names to addresses, with a cache that all virtual users share.
//!
//! `getaddrinfo` blocks a thread for each lookup, so a run that opens many connections would measure
//! its own resolver. A name is therefore asked for once in a while ([`super::DEFAULT_DNS_TTL`]); the
//! others who want it at that moment wait for the same answer, and the `dns` phase of whoever finds it
//! in the cache is zero. Failures are not kept.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use outrider_model::{BoxFuture, RunClock};
use tokio::time::Instant;

/// So many names are kept; more are possible with wildcard grants only.
const MAX_NAMES: usize = 1024;

/// Resolves names.
pub trait Resolve: Send + Sync + fmt::Debug {
    /// All addresses of `host`, the preferred ones first. Called when the cache has no fresh answer,
    /// never twice at a time for the same name. Must not block.
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// The system's resolver: `getaddrinfo` on tokio's blocking threads.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

#[derive(Debug)]
struct Answer {
    addresses: Arc<[IpAddr]>,
    expires: Instant,
}

#[derive(Debug, Default)]
struct Name {
    /// Held while the name is being resolved, so that it is asked for once.
    answer: tokio::sync::Mutex<Option<Answer>>,
    /// Which address is first for the next connection: the load is spread over all.
    turn: AtomicUsize,
}

/// The cache.
#[derive(Debug)]
pub(crate) struct DnsCache {
    resolver: Arc<dyn Resolve>,
    ttl: Duration,
    clock: RunClock,
    names: Mutex<HashMap<Box<str>, Arc<Name>>>,
}

/// The addresses of a name in the order in which to try them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resolved {
    pub(crate) addresses: Vec<IpAddr>,
    /// Whether nobody had to be asked.
    pub(crate) from_cache: bool,
}

impl DnsCache {
    pub(crate) fn new(resolver: Arc<dyn Resolve>, ttl: Duration, clock: RunClock) -> DnsCache {
        DnsCache { resolver, ttl, clock, names: Mutex::default() }
    }

    pub(crate) async fn resolve(&self, host: &str) -> io::Result<Resolved> {
        let name = self.name(host);
        let (mut answer, waited) = match name.answer.try_lock() {
            Ok(answer) => (answer, false),
            Err(_) => (name.answer.lock().await, true),
        };
        if let Some(known) = answer.as_ref().filter(|known| self.clock.instant() < known.expires) {
            return Ok(Resolved { addresses: name.in_turn(&known.addresses), from_cache: !waited });
        }
        let addresses: Arc<[IpAddr]> = self.resolver.resolve(host).await?.into();
        if addresses.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
        }
        let in_turn = name.in_turn(&addresses);
        *answer = Some(Answer { addresses, expires: self.clock.instant() + self.ttl });
        Ok(Resolved { addresses: in_turn, from_cache: false })
    }

    fn name(&self, host: &str) -> Arc<Name> {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = names.get(host) {
            return Arc::clone(name);
        }
        if names.len() >= MAX_NAMES {
            names.clear();
        }
        let name = Arc::<Name>::default();
        names.insert(host.into(), Arc::clone(&name));
        name
    }
}

impl Name {
    /// The addresses of the resolver's preferred family, beginning with another one each time, then
    /// the others as a reserve.
    fn in_turn(&self, addresses: &[IpAddr]) -> Vec<IpAddr> {
        let preferred = addresses.first().is_some_and(IpAddr::is_ipv4);
        let (mut first, rest): (Vec<IpAddr>, Vec<IpAddr>) =
            addresses.iter().partition(|address| address.is_ipv4() == preferred);
        if !first.is_empty() {
            let turn = self.turn.fetch_add(1, Relaxed) % first.len();
            first.rotate_left(turn);
        }
        first.extend(rest);
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default)]
    struct Counting {
        asked: AtomicUsize,
    }

    impl Resolve for Counting {
        fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
            self.asked.fetch_add(1, Relaxed);
            Box::pin(async move {
                tokio::time::sleep(Duration::from_millis(10)).await;
                match host {
                    "none.test" => Ok(Vec::new()),
                    "bad.test" => Err(io::Error::other("server failure")),
                    _ => Ok(["10.0.0.1", "10.0.0.2", "fd00::1"].map(|ip| ip.parse().unwrap()).to_vec()),
                }
            })
        }
    }

    fn cache() -> (Arc<Counting>, DnsCache) {
        let resolver = Arc::new(Counting::default());
        let cache = DnsCache::new(
            Arc::clone(&resolver) as Arc<dyn Resolve>,
            Duration::from_secs(60),
            RunClock::start_now(),
        );
        (resolver, cache)
    }

    #[tokio::test(start_paused = true)]
    async fn a_name_is_asked_for_once_until_its_time_is_over() {
        let (resolver, cache) = cache();
        assert!(!cache.resolve("a.test").await.unwrap().from_cache);
        assert!(cache.resolve("a.test").await.unwrap().from_cache);
        tokio::time::advance(Duration::from_secs(59)).await;
        assert!(cache.resolve("a.test").await.unwrap().from_cache);
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(!cache.resolve("a.test").await.unwrap().from_cache);
        assert_eq!(resolver.asked.load(Relaxed), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_ask_at_the_same_time_share_one_lookup() {
        let (resolver, cache) = cache();
        let answers = futures::future::join_all((0..50).map(|_| cache.resolve("a.test"))).await;
        assert!(answers.iter().all(|answer| !answer.as_ref().unwrap().from_cache), "all of them waited");
        assert_eq!(resolver.asked.load(Relaxed), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn addresses_take_turns_within_the_preferred_family() {
        let (_, cache) = cache();
        let mut firsts = Vec::new();
        for _ in 0..3 {
            let addresses = cache.resolve("a.test").await.unwrap().addresses;
            assert_eq!(addresses[2], "fd00::1".parse::<IpAddr>().unwrap());
            firsts.push(addresses[0].to_string());
        }
        assert_eq!(firsts, ["10.0.0.1", "10.0.0.2", "10.0.0.1"]);
    }

    #[tokio::test(start_paused = true)]
    async fn failures_are_not_kept() {
        let (resolver, cache) = cache();
        for host in ["bad.test", "bad.test", "none.test"] {
            assert!(cache.resolve(host).await.is_err(), "{host}");
        }
        assert_eq!(resolver.asked.load(Relaxed), 3);
    }
}
