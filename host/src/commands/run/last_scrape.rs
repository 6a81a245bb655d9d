//! Metrics of a run that is over: whoever asked for them meanwhile has not seen its last seconds.

use std::time::Duration;

use outrider_model::units::duration_text;
use outrider_session::LastScrape;

use crate::Env;
use crate::signals::Signals;

/// Waits for one more scrape, if there was any before, until somebody does not want to wait any longer.
pub(super) async fn wait(env: &Env, last: &LastScrape) {
    let (Some(within), Ok(mut signals)) = (last.within(), Signals::listen()) else { return };
    let most = duration_text(Duration::from_secs(within.as_secs() + 1));
    env.say(&format!("waiting for a last scrape of {}, {most} at most; Ctrl-C ends that", last.url()));
    let came = tokio::select! {
        came = last.wait(within) => came,
        _ = signals.next() => return,
    };
    if !came {
        let label = env.style_err().cyan("warning:");
        env.say(&format!("{label} nobody has asked for the final metrics: the dataset has all of them"));
    }
}
