//! Sends one request, in a step, and checks its status.

use outrider_sdk::{Result, check, http, step};

pub(super) fn request(url: &str) -> Result<()> {
    step("request", || {
        let response = http::get(url).send()?;
        check::that("status is 200").actual(response.status()).equals(200);
        Ok(())
    })
}
