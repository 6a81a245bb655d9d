//! `host check` of an alert channel: one alert, delivered.

use outrider_engine::Delivery;
use outrider_session::{ChannelTrial, Fault, Session, SessionConfig, TrialEnd};
use schemars::JsonSchema;
use serde::Serialize;

use super::alert;
use super::document::{FaultEntry, SeenEntry, schema_of, seen, verdict};
use super::input::Input;
use super::plugins::{Conclusion, path};
use crate::commands::run::prepare_failure;
use crate::failure::Failure;
use crate::terminal::describe_channel_check;

/// The version of the document, as that of a check of a run.
const VERSION: u32 = 1;

/// What an alert channel did with an alert. Times are in milliseconds.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ChannelReport {
    /// The version of this document's layout: 1.
    version: u32,
    /// `pass`; `target failed` where it is to be tried again; `check failed` where it was refused; `plugin broke`.
    pub(crate) verdict: &'static str,
    /// The exit code that goes with it.
    exit_code: u8,
    /// Everything that is wrong.
    faults: Vec<FaultEntry>,
    /// The channel's name.
    pub(crate) name: String,
    /// The path of its component or source, as the user wrote it.
    pub(crate) path: String,
    /// `delivered`, `try again`, `refused` or `broke`.
    pub(crate) delivery: &'static str,
    /// Why it was not delivered; null if it was.
    pub(crate) reason: Option<String>,
    /// How long it took, without loading the channel.
    pub(crate) duration_ms: f64,
    /// Its requests.
    pub(crate) seen: SeenEntry,
}

/// Has the channel deliver the alert of a file, or one that says that somebody tries the channel.
pub(super) async fn check(config: SessionConfig, input: Option<Input>) -> Result<Conclusion, Failure> {
    let alert = alert::read(input.as_ref()).map_err(Failure::invalid)?;
    let path = path(&config);
    let trial = Session::trial_of_channel(config, &alert).await.map_err(prepare_failure)?;
    let (end, faults) = judged(&trial);
    let report = report(&trial, path, &faults, end);
    Ok(Conclusion {
        end,
        faults,
        json: serde_json::to_string_pretty(&report).expect("the document has text keys only"),
        text: Box::new(move |style| describe_channel_check(&report, end, style)),
    })
}

/// The JSON Schema of the document.
pub(crate) fn channel_json_schema() -> String {
    schema_of::<ChannelReport>()
}

fn judged(trial: &ChannelTrial) -> (TrialEnd, Vec<Fault>) {
    let undelivered = |why: &String| Fault::new("the alert was not delivered").cause(why.clone());
    match &trial.delivery {
        Ok(Delivery::Delivered) => (TrialEnd::Well, Vec::new()),
        Ok(Delivery::TryAgain(why)) => {
            (TrialEnd::TargetFailed, vec![undelivered(why).hint("the channel asks to be tried again later")])
        }
        Ok(Delivery::Refused(why)) => (
            TrialEnd::CheckFailed,
            vec![undelivered(why).hint("the channel says that trying again does not help")],
        ),
        Err(breakdown) => (
            TrialEnd::PluginBroke,
            vec![breakdown.fault(format!("{} in deliver", breakdown.who("the alert channel")))],
        ),
    }
}

fn report(trial: &ChannelTrial, path: String, faults: &[Fault], end: TrialEnd) -> ChannelReport {
    let (delivery, reason) = match &trial.delivery {
        Ok(Delivery::Delivered) => ("delivered", None),
        Ok(Delivery::TryAgain(why)) => ("try again", Some(why.clone())),
        Ok(Delivery::Refused(why)) => ("refused", Some(why.clone())),
        Err(breakdown) => ("broke", Some(breakdown.message.clone())),
    };
    ChannelReport {
        version: VERSION,
        verdict: verdict(end),
        exit_code: end.exit().code(),
        faults: faults.iter().map(FaultEntry::of).collect(),
        name: trial.description.name.clone(),
        path,
        delivery,
        reason,
        duration_ms: trial.duration.as_secs_f64() * 1000.0,
        seen: seen(&trial.seen),
    }
}
