//! Every kind of random value. The same seed gives both languages the same ones.

use outrider_sdk::{Result, log, metric, random};

pub(crate) fn draw() -> Result<()> {
    metric::trend("float").record(random::float());
    metric::trend("exponential").record(random::exponential(2.0));
    metric::trend("normal").record(random::normal(5.0, 2.0));
    log::info!("{}", random::between(-3..=9));
    log::info!("{}", random::chance(0.3));
    log::info!("{}", random::choose(&["red", "green", "blue"]).copied().unwrap_or_default());
    log::info!("{}", random::weighted(&[("card", 7.0), ("invoice", 3.0)]).copied().unwrap_or_default());
    let mut letters = ["a", "b", "c", "d", "e"];
    random::shuffle(&mut letters);
    log::info!("{}", letters.join(""));
    log::info!("{}", random::string(12));
    log::info!("{}", random::string_of(4, "0123456789"));
    log::info!("{}", random::bytes(4).iter().map(u8::to_string).collect::<Vec<_>>().join(","));
    log::info!("{}", random::uuid());
    Ok(())
}
