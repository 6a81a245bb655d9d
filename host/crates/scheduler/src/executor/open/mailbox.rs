//! How iterations reach the VUs of the open model.

use std::sync::Arc;

use outrider_model::VuId;
use tokio::sync::mpsc;

use crate::iteration::{Scheduled, Started};
use crate::scenario::Scenario;
use crate::seat::Pace;

/// What a VU tells the dispatcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// The VU in this slot waits for an iteration.
    Free(usize),
    /// The VU in this slot takes no more iterations.
    Gone(usize),
}

/// The VU's end of its mailbox: the pace of the open model.
#[derive(Debug)]
pub(super) struct Mailbox {
    scenario: Arc<Scenario>,
    slot: usize,
    /// At most one iteration, and only after this VU has said that it is free.
    iterations: mpsc::Receiver<Scheduled>,
    notices: mpsc::UnboundedSender<Notice>,
    /// The dispatcher knows that the VU is free.
    known_free: bool,
}

impl Mailbox {
    /// A mailbox for the VU in `slot`, and the dispatcher's end of it. A VU that is ready (`known_free`)
    /// counts as free from the start, others when they say so.
    ///
    /// `notices` is unbounded, but holds at most two notices for each VU: a free one says no more
    /// until it was given an iteration.
    pub(super) fn new(
        scenario: &Arc<Scenario>,
        slot: usize,
        notices: &mpsc::UnboundedSender<Notice>,
        known_free: bool,
    ) -> (mpsc::Sender<Scheduled>, Mailbox) {
        let (sender, iterations) = mpsc::channel(1);
        let (scenario, notices) = (Arc::clone(scenario), notices.clone());
        (sender, Mailbox { scenario, slot, iterations, notices, known_free })
    }

    fn tell(&self, notice: Notice) {
        // Without a dispatcher the run is over, and nobody needs to know.
        self.notices.send(notice).ok();
    }
}

impl Pace for Mailbox {
    fn has_more(&self) -> bool {
        !self.iterations.is_closed()
    }

    async fn next(&mut self, vu: VuId) -> Option<Started> {
        if !std::mem::take(&mut self.known_free) {
            self.tell(Notice::Free(self.slot));
        }
        let iteration = self.iterations.recv().await?;
        Some(iteration.start(vu, self.scenario.clock.instant()))
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.tell(Notice::Gone(self.slot));
    }
}
