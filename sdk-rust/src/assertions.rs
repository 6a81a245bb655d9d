//! What must hold about every answer of any journey: the trait [`AssertionPack`] and the macro
//! [`assertion_pack!`](crate::assertion_pack!).
//!
//! A pack is attached to a run with `--assert PACK`. It sees what journeys do after the fact: its time is
//! in no measured duration, but it is the user's, so it should be quick.
//!
//! ```
//! use outrider_sdk::assertions::{Description, Exchange};
//! use outrider_sdk::{AssertionPack, Result, Verdict};
//!
//! struct NoServerErrors;
//!
//! impl AssertionPack for NoServerErrors {
//!     fn describe() -> Description {
//!         Description::new("no server errors", "Every answer's status is below 500.").exchanges()
//!     }
//!
//!     fn start() -> Result<Self> {
//!         Ok(Self)
//!     }
//!
//!     fn check_exchange(&mut self, exchange: &Exchange) -> Vec<Verdict> {
//!         let Ok(response) = &exchange.outcome else { return Vec::new() };
//!         vec![Verdict::that("status is below 500").actual(response.status()).is_below(500)]
//!     }
//! }
//!
//! outrider_sdk::assertion_pack!(NoServerErrors);
//! ```

mod description;
#[doc(hidden)]
pub mod export;
mod fields;
mod label;
mod subject;

use crate::{Result, Verdict};

pub use description::Description;
pub use fields::Fields;
pub use label::fits;
pub use subject::{Exchange, Failure, Iteration, Page, Step};

/// Assertions about the answers that any journey gets. A value of the type watches one user.
///
/// Of the four checks only those are called that [`describe`](Self::describe) asks for; each judges nothing
/// by default.
pub trait AssertionPack: Sized + 'static {
    /// Says what the pack is and what it wants to see. Called before the run.
    fn describe() -> Description;

    /// Called once for each user; the place to read parameters. An error ends the run before it starts.
    fn start() -> Result<Self>;

    /// Judges an HTTP exchange that ended.
    fn check_exchange(&mut self, exchange: &Exchange) -> Vec<Verdict> {
        let _ = exchange;
        Vec::new()
    }

    /// Judges a step that ended.
    fn check_step(&mut self, step: &Step) -> Vec<Verdict> {
        let _ = step;
        Vec::new()
    }

    /// Judges a browser's page that finished loading.
    fn check_page(&mut self, page: &Page) -> Vec<Verdict> {
        let _ = page;
        Vec::new()
    }

    /// Judges an iteration that ended.
    fn check_iteration(&mut self, iteration: &Iteration) -> Vec<Verdict> {
        let _ = iteration;
        Vec::new()
    }
}

/// Makes an [`AssertionPack`](trait@crate::AssertionPack) the component's. Once in a crate, in the crate's
/// root.
#[macro_export]
macro_rules! assertion_pack {
    ($pack:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use $crate::__private::pack_export::{self as export, Guest, wit};

            struct Component;

            ::std::thread_local! {
                // The instance watches one user, so its state may live in the instance.
                static PACK: export::PackCell<$pack> = const { export::PackCell::new() };
            }

            impl Guest for Component {
                fn describe() -> wit::Description {
                    export::describe::<$pack>()
                }

                fn start() -> ::std::result::Result<(), wit::Failure> {
                    PACK.with(|cell| cell.start())
                }

                fn check_exchange(exchange: wit::Exchange) -> ::std::vec::Vec<wit::Verdict> {
                    PACK.with(|cell| cell.check_exchange(exchange))
                }

                fn check_step(step: wit::Step) -> ::std::vec::Vec<wit::Verdict> {
                    PACK.with(|cell| cell.check_step(step))
                }

                fn check_page(page: wit::Page) -> ::std::vec::Vec<wit::Verdict> {
                    PACK.with(|cell| cell.check_page(page))
                }

                fn check_iteration(iteration: wit::Iteration) -> ::std::vec::Vec<wit::Verdict> {
                    PACK.with(|cell| cell.check_iteration(iteration))
                }
            }

            $crate::__private::assertion_pack::export_assertion_pack!(
                Component with_types_in $crate::__private::assertion_pack
            );
        };

        // Elsewhere (unit tests, an editor's check) there is nothing to export, and the type is checked.
        #[cfg(not(target_arch = "wasm32"))]
        const _: fn() -> $crate::assertions::Description = <$pack as $crate::AssertionPack>::describe;
    };
}
