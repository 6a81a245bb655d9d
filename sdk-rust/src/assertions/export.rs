//! Between the component's exports and the trait. Called by the code that `assertion_pack!` writes.

use std::cell::RefCell;

use super::{AssertionPack, Exchange, Iteration, Page, Step};
use crate::{Error, Verdict, panic};

pub use crate::bindings::assertion_pack::exports::outrider::plugin::assertions::Guest;

/// The contract's types, under one name.
pub mod wit {
    pub use crate::bindings::assertion_pack::exports::outrider::plugin::assertions::{
        Description, Exchange, Interest, Iteration, Page, Step,
    };
    pub use crate::bindings::imports::measure::Verdict;
    pub use crate::bindings::imports::types::Failure;
}

/// Holds the one pack of an instance.
#[derive(Debug)]
pub struct PackCell<P>(RefCell<Option<P>>);

impl<P: AssertionPack> PackCell<P> {
    /// No pack yet.
    #[expect(clippy::new_without_default, reason = "a thread-local needs a constant")]
    pub const fn new() -> Self {
        Self(RefCell::new(None))
    }

    /// Makes the pack.
    pub fn start(&self) -> Result<(), wit::Failure> {
        panic::install_hook();
        let pack = P::start().map_err(Error::into_wit)?;
        self.0.replace(Some(pack));
        Ok(())
    }

    /// Judges an exchange.
    pub fn check_exchange(&self, exchange: wit::Exchange) -> Vec<wit::Verdict> {
        self.with_pack(|pack| pack.check_exchange(&Exchange::from_wit(exchange)))
    }

    /// Judges a step.
    pub fn check_step(&self, step: wit::Step) -> Vec<wit::Verdict> {
        self.with_pack(|pack| pack.check_step(&Step::from_wit(step)))
    }

    /// Judges a page.
    pub fn check_page(&self, page: wit::Page) -> Vec<wit::Verdict> {
        self.with_pack(|pack| pack.check_page(&Page::from_wit(page)))
    }

    /// Judges an iteration.
    pub fn check_iteration(&self, iteration: wit::Iteration) -> Vec<wit::Verdict> {
        self.with_pack(|pack| pack.check_iteration(&Iteration::from_wit(iteration)))
    }

    /// A check has no way to fail but a trap, and a pack that was never started has nothing to say.
    fn with_pack(&self, body: impl FnOnce(&mut P) -> Vec<Verdict>) -> Vec<wit::Verdict> {
        let mut pack = self.0.borrow_mut();
        let pack = pack.as_mut().expect("the host starts a pack before it asks it to judge");
        body(pack).into_iter().map(Verdict::into_wit).collect()
    }
}

/// The pack's description.
pub fn describe<P: AssertionPack>() -> wit::Description {
    panic::install_hook();
    P::describe().into_wit()
}
