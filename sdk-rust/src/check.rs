//! Checks: what should hold, recorded whether it does or not. A check that fails does not end the
//! iteration; [`ensure!`](crate::ensure) does. It is reported with the file and line where it stands: a helper that checks
//! for others says `#[track_caller]` to be passed over.

use crate::Verdict;
use crate::expectation::Expectation;

/// Records a check, and returns whether it holds.
///
/// ```no_run
/// # use outrider_sdk::{Result, check, http};
/// # fn example() -> Result<()> {
/// let page = http::get("/").send()?;
/// if !check("home page has a title", page.text()?.contains("<title>")) {
///     return Ok(());
/// }
/// # Ok(()) }
/// ```
#[track_caller]
pub fn check(name: impl Into<String>, passed: bool) -> bool {
    Verdict::new(name, passed).record()
}

/// Begins a check that shows what was expected and what was found. Its comparison records it, and
/// returns whether it holds.
///
/// ```no_run
/// # use outrider_sdk::{Result, check, http};
/// # fn example() -> Result<()> {
/// let cart = http::get("/api/cart").send()?;
/// check::that("status is 200").actual(cart.status()).equals(200);
/// check::that("cart has items").actual(cart.json_path::<u32>("$.count")?).is_above(0);
/// # Ok(()) }
/// ```
pub fn that(name: impl Into<String>) -> Expectation<bool> {
    Expectation::new(name.into(), Verdict::record_at)
}
