//! Calls every import, and checks what comes back.

mod http;

use std::time::Duration;

use outrider_sdk::serde_json::Value;
use outrider_sdk::{Result, Verdict, check, clock, data, log, metric, random, step, tag, vars};

use crate::parameters::Parameters;

pub(super) fn call_all(parameters: &Parameters) -> Result<()> {
    tag("called", "all");
    step("measure", call_measure)?;
    step("random", call_random)?;
    step("clock", call_clock)?;
    step("vars", call_vars)?;
    step("data", || call_data(parameters.data.as_deref()))?;
    step("http", || http::call(parameters))
}

fn call_measure() -> Result<()> {
    metric::counter("calls counter").add(2.0);
    metric::gauge("calls gauge").set(0.5);
    metric::rate("calls rate").record(true);
    metric::trend("calls trend").tag("unit", "s").record(1.5);
    log::debug!("a debug line");
    log::info!("an info line");
    log::warn!("a warn line");
    log::error!("an error line");
    let failed = step::<()>("fails", || Err(outrider_sdk::Error::target("a step that fails"))).is_err();
    check("a step hands its error on", failed);
    let tagged = step::tagged("tagged", [("kind", "inner")], || {
        Ok(check::that("a check can be tagged").tag("check", "own").actual(1).equals(1))
    })?;
    check("a tagged check says whether it holds", tagged);
    let verdict = Verdict::that("a check can fail").message("on purpose").actual(1).equals(2);
    check("a failed check says so", !verdict.record());
    Ok(())
}

fn call_random() -> Result<()> {
    check::that("float is a share").actual(random::float()).is_in(0.0..1.0);
    check::that("between keeps its bounds").actual(random::between(-3..=3)).is_in(-3..=3);
    check::that("exponential is positive").actual(random::exponential(1.0)).is_at_least(0.0);
    check::that("bytes has its length").actual(random::bytes(100_000).len()).equals(100_000);
    check::that("uuid has its length").actual(random::uuid().len()).equals(36);
    check("two uuids differ", random::uuid() != random::uuid());
    check("choose takes one of the items", random::choose(&[1, 2]).is_some());
    check::that("weighted takes what has weight")
        .actual(random::weighted(&[(1, 0.0), (2, 0.5)]))
        .equals(Some(&2));
    let mut shuffled = [1, 2, 3, 4];
    random::shuffle(&mut shuffled);
    check::that("shuffle keeps all items").actual(shuffled.iter().sum::<i32>()).equals(10);
    check::that("string has its length").actual(random::string(70_000).len()).equals(70_000);
    check("string_of keeps its alphabet", random::string_of(50, "ab").chars().all(|c| "ab".contains(c)));
    check::that("normal is near its mean").actual(random::normal(100.0, 1.0)).is_in(90.0..110.0);
    Ok(())
}

fn call_clock() -> Result<()> {
    let (now, elapsed) = (clock::now(), clock::elapsed());
    clock::sleep(Duration::from_millis(2));
    check("now goes on while a guest sleeps", clock::now() > now);
    check::that("sleep sleeps").actual(clock::elapsed() - elapsed).is_at_least(Duration::from_millis(2));
    Ok(())
}

fn call_vars() -> Result<()> {
    let parameters: Value = vars::parameters()?;
    check::that("parameters are the run's").actual(&parameters["behaviour"]).equals("calls");
    let prepared: Value = vars::setup_data()?;
    check::that("set-up data are what setup returned").actual(&prepared["prepared"]).equals(true);
    let unknown = vars::secret("no such secret");
    check("an unknown secret says so", matches!(unknown, Err(vars::SecretError::NotGranted { .. })));
    Ok(())
}

fn call_data(name: Option<&str>) -> Result<()> {
    let unknown = data::row::<Value>("no such data");
    check("unknown data is an error that says so", matches!(unknown, Err(data::Error::Unknown { .. })));
    if let Some(name) = name {
        let rows: [Value; 2] = [data::row(name)?, data::row(name)?];
        check("a row is the same within an iteration", rows[0] == rows[1]);
        check::that("a row is an object").actual(rows[0].is_object()).equals(true);
        check::that("there are rows").actual(data::count(name)?).is_above(0);
        log::info!("row {}", rows[0]);
    }
    Ok(())
}
