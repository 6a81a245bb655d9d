//! Sessions: who is shopping, with what in the cart.

mod cart;
mod session;

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rand::Rng;

use crate::random::RandomStreams;
pub(crate) use cart::{Cart, CartContent, CartLine, QuantityLimit};
pub(crate) use session::{CsrfToken, Order, OrderDetails, Session};

/// 64 shards: with a few cores, two requests seldom want the same one.
const SHARDS: usize = 64;

/// A session's id: 32 hexadecimal digits in the cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SessionId(u128);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for SessionId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<SessionId, Self::Err> {
        u128::from_str_radix(text, 16).map(SessionId)
    }
}

/// A bounded map in shards. A shard that is full lets its oldest session go for a new one.
#[derive(Debug)]
pub(crate) struct Sessions {
    shards: Vec<Mutex<Shard>>,
    shard_limit: usize,
    ids: RandomStreams,
}

#[derive(Debug, Default)]
struct Shard {
    sessions: HashMap<SessionId, Session>,
    by_age: VecDeque<SessionId>,
}

impl Shard {
    fn insert(&mut self, id: SessionId, session: Session, limit: usize) {
        while self.by_age.len() >= limit
            && let Some(oldest) = self.by_age.pop_front()
        {
            self.sessions.remove(&oldest);
        }
        self.by_age.push_back(id);
        self.sessions.insert(id, session);
    }
}

impl Sessions {
    /// Room for `limit` sessions, at least one.
    pub(crate) fn new(limit: usize, seed: u64) -> Sessions {
        let count = limit.clamp(1, SHARDS);
        let shards = std::iter::repeat_with(Mutex::default).take(count).collect();
        Sessions { shards, shard_limit: (limit / count).max(1), ids: RandomStreams::new(seed) }
    }

    /// Opens a session with an empty cart.
    pub(crate) fn open(&self) -> (SessionId, CsrfToken) {
        let mut random = self.ids.next();
        let (id, token) = (SessionId(random.random()), CsrfToken::new(random.random()));
        self.shard(id).insert(id, Session::new(token), self.shard_limit);
        (id, token)
    }

    /// Does something with a session while its shard is locked; `None` if there is no such session.
    pub(crate) fn with<T>(&self, id: SessionId, work: impl FnOnce(&mut Session) -> T) -> Option<T> {
        self.shard(id).sessions.get_mut(&id).map(work)
    }

    pub(crate) fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).sessions.len()).sum()
    }

    fn shard(&self, id: SessionId) -> MutexGuard<'_, Shard> {
        let count = self.shards.len() as u128;
        lock(&self.shards[usize::try_from(id.0 % count).expect("smaller than the number of shards")])
    }
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_shard_lets_its_oldest_session_go() {
        let sessions = Sessions::new(2, 0);
        let ids: Vec<SessionId> = (0..100).map(|_| sessions.open().0).collect();
        assert_eq!(sessions.len(), 2);
        let newest = *ids.last().unwrap();
        assert!(sessions.with(newest, |_| ()).is_some());
        assert!(sessions.with(ids[0], |_| ()).is_none());
    }

    #[test]
    fn the_limit_holds_whatever_the_number_of_shards() {
        for limit in [1, 63, 64, 65, 1000] {
            let sessions = Sessions::new(limit, 0);
            for _ in 0..3000 {
                sessions.open();
            }
            assert!((1..=limit).contains(&sessions.len()), "{} of {limit}", sessions.len());
        }
    }

    #[test]
    fn an_id_is_read_as_it_is_written() {
        let (id, _) = Sessions::new(1, 5).open();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().len(), 32);
    }
}
