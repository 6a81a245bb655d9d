//! The instance of a pack that watches one user, and what becomes of it when it breaks.
//!
//! ```text
//!            judges                        breaks                    breaks, the third time in a row
//!  Ready ──────────────► Ready    Ready ───────────► Broken    Ready ────────────────────► given up
//!                                  ▲                    │                                     │
//!                                  └── made anew, started for the next call          not called again
//! ```
//!
//! A fault is a row of `logs` (with what broke and where) and a count in [`PackAccount`](super::PackAccount).
//! A pack that is given up for one user goes on for the others. What it was not called for is counted as
//! well: checks that are missing must not look like checks that pass.

use std::sync::Arc;

use outrider_capability::HttpClient;
use outrider_model::{Origin, Sample, VuId};

use super::attached::Attached;
use super::instance::PackInstance;
use super::judge::Subject;
use super::verdicts;
use crate::fault::PluginFault;
use crate::state::{StepEnd, VuState};

/// Three: a pack that broke in three calls one after the other will break in the next as well, and each
/// may cost its user as much as the limit of a call.
pub const MAX_FAULTS_IN_A_ROW: u32 = 3;

/// The instance of a pack that watches one user.
pub(super) struct Witness {
    attached: Arc<Attached>,
    vu: VuId,
    /// None after a fault.
    instance: Option<PackInstance>,
    faults_in_a_row: u32,
}

impl Witness {
    pub(super) async fn start(attached: Arc<Attached>, vu: VuId) -> Result<Witness, PluginFault> {
        let instance = Some(started(&attached, vu).await?);
        Ok(Witness { attached, vu, instance, faults_in_a_row: 0 })
    }

    pub(super) fn attached(&self) -> &Attached {
        &self.attached
    }

    pub(super) async fn judge(&mut self, subject: &Subject, origin: &Origin, http: &mut HttpClient) {
        self.attached.tally.asked();
        if self.faults_in_a_row >= MAX_FAULTS_IN_A_ROW {
            self.attached.tally.skipped();
            return;
        }
        match self.verdicts(subject, origin, http).await {
            Ok(()) => self.faults_in_a_row = 0,
            Err(fault) => self.note(&fault, subject, origin),
        }
    }

    async fn verdicts(
        &mut self,
        subject: &Subject,
        origin: &Origin,
        http: &mut HttpClient,
    ) -> Result<(), PluginFault> {
        // It is taken, so that one whose call broke, or was given up, is not used again.
        let mut instance = match self.instance.take() {
            Some(instance) => instance,
            None => started(&self.attached, self.vu).await?,
        };
        let state = instance.state();
        state.stand_in(origin);
        http.exchange_answers_with(&mut state.http);
        let judged = instance.judge(subject).await;
        let state = instance.state();
        http.exchange_answers_with(&mut state.http);
        state.end_steps_above(0, StepEnd::Well);
        verdicts::record(state, origin, judged?);
        self.instance = Some(instance);
        Ok(())
    }

    /// The fault becomes a row, and is counted.
    fn note(&mut self, fault: &PluginFault, subject: &Subject, origin: &Origin) {
        self.faults_in_a_row += 1;
        self.attached.tally.broke(fault);
        let then = match self.faults_in_a_row < MAX_FAULTS_IN_A_ROW {
            true => "it is made anew",
            false => "it judges nothing more of this user",
        };
        let Attached { name, run, .. } = &*self.attached;
        let text = format!(
            "assertion pack '{name}' broke in {}: {}: {}; {then}",
            subject.call(),
            fault.kind,
            fault.message
        );
        run.sink.record(Sample::Log(outrider_model::LogSample {
            origin: (!origin.scenario.is_empty()).then(|| origin.clone()),
            source: "host",
            level: outrider_model::LogLevel::Error,
            at: run.clock.now(),
            message: text.into(),
        }));
    }

    /// What the pack printed in an iteration becomes rows.
    pub(super) fn end_iteration(&mut self) {
        if let Some(instance) = &mut self.instance {
            instance.state().flush_output();
        }
    }
}

async fn started(attached: &Attached, vu: VuId) -> Result<PackInstance, PluginFault> {
    let state = VuState::of_pack(Arc::clone(&attached.run), vu, Arc::clone(&attached.name));
    let mut instance = PackInstance::new(&attached.pack, state).await?;
    instance.start().await?;
    instance.state().flush_output();
    Ok(instance)
}
