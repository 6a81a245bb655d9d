//! Says more than anybody wants to hear.

use outrider_sdk::{Result, check, log, metric, step, tag};

use crate::parameters::Flood;

pub(super) fn flood(flood: Flood, amount: u64) -> Result<()> {
    if flood == Flood::OpenSteps {
        return open_steps(amount);
    }
    super::up_to(amount).try_for_each(|number| once(flood, number))
}

fn once(flood: Flood, number: u64) -> Result<()> {
    match flood {
        Flood::Logs => log::info!("log line {number}"),
        Flood::Metrics => metric::counter("flood").add(1.0),
        Flood::Steps => step("flood", || Ok(()))?,
        Flood::Checks => {
            check("flood", true);
        }
        Flood::Tags => tag(format!("key {number}"), "value"),
        Flood::Names => step(&format!("step {number}"), || Ok(()))?,
        Flood::OpenSteps => {}
    }
    Ok(())
}

/// Steps inside steps, as deep as asked for: without end is as deep as the stack allows.
fn open_steps(depth: u64) -> Result<()> {
    match depth {
        1 => Ok(()),
        _ => step("deeper", || open_steps(depth.saturating_sub(1))),
    }
}
