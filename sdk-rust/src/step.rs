//! Steps: named parts of an iteration.

use crate::bindings::imports::measure;
use crate::{Error, Result, tag};

/// Runs a part of the iteration as a step. Steps may stand inside one another, up to 64 of them, or the host ends
/// the guest; requests and checks belong to the innermost one. An error ends the step as failed and is handed on.
///
/// ```no_run
/// # use outrider_sdk::{Result, http, step};
/// # fn example() -> Result<()> {
/// let token = step("product page", || {
///     let page = http::get("/product/42").send()?;
///     Ok(page.regex(r#"name="token" value="([^"]+)""#, 1)?)
/// })?;
/// # let _: String = token; Ok(()) }
/// ```
pub fn step<T>(name: &str, body: impl FnOnce() -> Result<T>) -> Result<T> {
    run(measure::begin_step(name), body)
}

/// As [`step()`], with tags that the step and everything recorded in it carry besides the iteration's.
///
/// ```no_run
/// # use outrider_sdk::{Result, http, step};
/// # fn example() -> Result<()> {
/// step::tagged("search", [("kind", "cheap")], || {
///     http::get("/search").query("q", "tent").send()?;
///     Ok(())
/// })
/// # }
/// ```
pub fn tagged<T, K: Into<String>, V: Into<String>>(
    name: &str,
    tags: impl IntoIterator<Item = (K, V)>,
    body: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let tags: Vec<_> = tags.into_iter().map(|(key, value)| tag::new(key, value)).collect();
    run(measure::begin_step_tagged(name, &tags), body)
}

fn run<T>(id: u32, body: impl FnOnce() -> Result<T>) -> Result<T> {
    let result = body();
    let error = result.as_ref().err().map(Error::to_string);
    measure::end_step(id, error.as_deref());
    result
}
