//! Things that are compiled from a text, once for all virtual users.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Compiled things by their text, `MOST` of them. A text that comes beyond that begins the collection anew: whoever writes
/// values into texts does not fill the memory, and whoever does not has a handful.
#[derive(Debug)]
pub(super) struct Compiled<T, const MOST: usize>(RwLock<HashMap<Box<str>, Arc<T>>>);

impl<T, const MOST: usize> Default for Compiled<T, MOST> {
    fn default() -> Self {
        Compiled(RwLock::default())
    }
}

impl<T, const MOST: usize> Compiled<T, MOST> {
    /// What is compiled from a text, now if it was not before. What cannot be compiled is not kept.
    pub(super) fn get<E>(&self, text: &str, compile: impl FnOnce(&str) -> Result<T, E>) -> Result<Arc<T>, E> {
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(text) {
            return Ok(Arc::clone(known));
        }
        let compiled = Arc::new(compile(text)?);
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(text.into(), Arc::clone(&compiled));
        Ok(compiled)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_compiled_once_and_a_wrong_one_is_not_kept() {
        let cache: Compiled<usize, 4> = Compiled::default();
        let times = std::cell::Cell::new(0);
        let compile = |text: &str| {
            times.set(times.get() + 1);
            text.parse::<usize>()
        };
        assert_eq!(*cache.get("1", compile).unwrap(), 1);
        assert_eq!(*cache.get("1", compile).unwrap(), 1);
        assert!(cache.get("x", compile).is_err());
        assert_eq!((times.get(), cache.len()), (2, 1));
    }

    #[test]
    fn the_number_of_things_is_bounded() {
        let cache: Compiled<usize, 4> = Compiled::default();
        for number in 0..100 {
            cache.get(&number.to_string(), str::parse::<usize>).unwrap();
            assert!(cache.len() <= 4);
        }
    }
}
