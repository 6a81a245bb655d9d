//! {{name}}: opens the home page.

use std::time::Duration;

use outrider_sdk::{Description, Iteration, Journey, Result, User, check, http, step, think};

/// One user.
pub struct Visit;

impl Journey for Visit {
    fn describe() -> Description {
        Description::new("{{name}}", "Opens the home page.")
    }

    fn start(_user: &User) -> Result<Self> {
        Ok(Visit)
    }

    fn iterate(&mut self, _iteration: &Iteration) -> Result<()> {
        step("home page", || {
            let page = http::get("/").send()?;
            check::that("status is 200").actual(page.status()).equals(200);
            Ok(())
        })?;
        think(Duration::from_millis(500)..Duration::from_millis(1500));
        Ok(())
    }
}

outrider_sdk::journey!(Visit);
