//! A fake world for the tests: VUs that do as a script says, a sink that keeps everything, and a run
//! of both that checks the accounting.

mod report;
mod test_run;
mod vu;

pub(crate) use report::Report;
pub(crate) use test_run::{TestRun, scenario};
pub(crate) use vu::{Act, Birth, Call, Event};

use std::time::Duration;

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
