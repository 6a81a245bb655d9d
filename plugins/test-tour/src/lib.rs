//! Everything that a journey may use, once. `host/tests/it/journeys/tour.ts` does the same in the same order: the rows of
//! the two differ in nothing but times and ids, which a test of the host shows.

mod reading;
mod values;

use std::time::Duration;

use outrider_sdk::http::Part;
use outrider_sdk::{
    Description, Iteration, Journey, Result, Scenario, User, Verdict, check, data, http, json, log, step,
    tag, think, vars,
};
use serde::{Deserialize, Serialize};

/// What is passed from `setup` to every user.
#[derive(Serialize, Deserialize)]
struct Prepared {
    campaign: String,
}

#[derive(Deserialize)]
struct Parameters {
    greeting: String,
}

#[derive(Deserialize)]
struct Customer {
    name: String,
}

/// A user who tries everything.
#[derive(Debug)]
pub struct Tour {
    greeting: String,
    campaign: String,
}

impl Journey for Tour {
    fn describe() -> Description {
        Description::new("tour", "Uses everything that a journey may use.")
            .scenario(Scenario::new("tour", "All of it.").weight(1))
            .scenario(Scenario::new("never", "Nothing.").weight(0))
            .parameters(json!({
                "type": "object",
                "properties": { "greeting": { "type": "string", "default": "hello" } },
            }))
    }

    fn setup() -> Result<impl Serialize> {
        log::info!("setting up");
        Ok(Prepared { campaign: "autumn".to_owned() })
    }

    fn start(user: &User) -> Result<Self> {
        log::info!("user {}", user.vu);
        let Parameters { greeting } = vars::parameters()?;
        let Prepared { campaign } = vars::setup_data()?;
        Ok(Self { greeting, campaign })
    }

    fn iterate(&mut self, iteration: &Iteration) -> Result<()> {
        http::clear_cookies();
        http::close_connections();
        tag("plan", "free");
        log::info!("{} {} {} {}", self.greeting, self.campaign, iteration.scenario, iteration.index);
        let customer: Customer = data::row("customers")?;
        log::info!("{} of {}", customer.name, data::count("customers")?);
        // A group is a step with steps inside.
        step::tagged("group", [("kind", "outer")], || {
            step("requests", || requests(&customer))?;
            step("reading", reading::page)?;
            step("json", reading::json)
        })?;
        step("values", values::draw)?;
        step("waits", || {
            think(Duration::from_millis(1));
            think(Duration::from_millis(1)..Duration::from_millis(2));
            think::exponential(Duration::from_millis(1));
            think::normal(Duration::from_millis(2), Duration::from_micros(500));
            Ok(())
        })?;
        metrics();
        logs();
        check("it went well", true);
        Ok(())
    }

    fn stop(&mut self) -> Result<()> {
        log::info!("stopping");
        Ok(())
    }

    fn teardown() -> Result<()> {
        log::info!("tearing down");
        Ok(())
    }
}

/// Every kind of request.
fn requests(customer: &Customer) -> Result<()> {
    let secret = vars::secret("token")?;
    http::post("/echo").json(&json!({ "user": customer.name })).header("x-token", secret).send()?;
    http::post("/echo").form([("user", customer.name.as_str()), ("a b", "1&2")]).name("form").send()?;
    http::post("/echo").text("plain words").send()?;
    http::put("/echo").bytes([1, 2, 3]).send()?;
    http::patch("/echo").query("q", "a b").query("q", 2).send()?;
    http::delete("/echo").tag("kind", "delete").send()?;
    http::head("/page").send()?;
    http::options("/page").send()?;
    let parts =
        [Part::text("field", "value"), Part::file("file", "a.txt", "content").content_type("text/plain")];
    http::post("/upload").multipart(parts).send()?;
    http::get("/page").discard_body().timeout(Duration::from_secs(5)).send()?;
    let moved = http::get("/moved").redirects(0).expect(302..=302).send()?;
    check::that("a redirect is handed over").actual(moved.status()).equals(302);
    http::get("/moved").send()?;
    for answer in http::batch([http::get("/page"), http::get("/json")]) {
        answer?.ensure_status(200)?;
    }
    Ok(())
}

fn metrics() {
    use outrider_sdk::metric;
    metric::counter("orders").add(1.0);
    metric::counter("orders").add(2.5);
    metric::gauge("in cart").set(3.0);
    metric::rate("coupon").record(true);
    metric::rate("coupon").record(false);
    metric::trend("price").tag("currency", "EUR").record(19.99);
}

fn logs() {
    log::debug!("debug");
    log::info!("info");
    log::warn!("warn");
    log::error!("error");
    Verdict::new("with words", false).expected("one").actual("two").record_tagged([("kind", "tagged")]);
    check::that("with a message").message("by law").tag("kind", "message").actual(3).is_below(2);
}

outrider_sdk::journey!(Tour);
