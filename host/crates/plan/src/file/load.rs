//! The keys of a load. Those of a scenario and of the mix are the same.

use std::time::Duration;

use outrider_model::units::StageTarget;
use outrider_model::{Arrivals, Rate, WhenBusy};
use schemars::{Schema, SchemaGenerator, json_schema};

use super::table;
use crate::read::{Node, Read, one_of};
use crate::{Described, ExecutorName, Written};

table! {
    /// One stretch of a ramp: the number of VUs, or the rate, moves on a straight line to the target.
    StageTable {
        /// How long it lasts; "0s" is a step.
        #[schemars(required)]
        duration: Duration,
        /// The value at its end: VUs (100), or a rate ("100/s").
        #[schemars(required)]
        target: StageTarget,
    }
}

table! {
    /// An arrival phase: a constant rate for a time.
    PhaseTable {
        /// How long it lasts.
        #[schemars(required)]
        duration: Duration,
        /// How many iterations start; "0/s" is a pause.
        #[schemars(required)]
        rate: Rate,
    }
}

table! {
    /// One arrival rate that the scenarios with a `weight` share.
    MixTable {
        /// "constant-arrival-rate" or "ramping-arrival-rate"; by default what the other keys say.
        executor: ExecutorName,
        /// Iteration starts of all scenarios together, as in "100/s" or "30/m". With stages: those at the start.
        rate: Rate,
        /// How long iterations start.
        duration: Duration,
        /// Ramps of the rate, one after the other.
        stages: Vec<Written<StageTable>>,
        /// Arrival phases, one after the other, each with its constant rate.
        phases: Vec<Written<PhaseTable>>,
        /// "even" distances, or "poisson", as independent users arrive. Defaults to "even".
        arrivals: Arrivals,
        /// With a rate: what an iteration does that finds every VU busy. It is dropped and counted ("drop", the default),
        /// or it waits for one and starts late ("wait").
        when_busy: WhenBusy,
        /// VUs to begin with, all scenarios together, and at least one for each. Defaults to as many as iterations start
        /// in a second.
        vus: u32,
        /// The most VUs, all scenarios together; at least one for each. Defaults to four times those to begin with.
        max_vus: u32,
        /// When it begins, after the start of the run. Defaults to 0s.
        start_time: Duration,
        /// How long iterations under way may go on at its end.
        graceful_stop: Duration,
    }
}

const ARRIVALS: [(&str, Arrivals); 2] = [("even", Arrivals::Even), ("poisson", Arrivals::Poisson)];

impl Read for Arrivals {
    fn read(node: &Node<'_, '_>) -> Option<Arrivals> {
        one_of(node, &ARRIVALS)
    }
}

impl Described for Arrivals {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "enum": ARRIVALS.map(|(name, _)| name)})
    }
}

const WHEN_BUSY: [(&str, WhenBusy); 2] = [("drop", WhenBusy::Drop), ("wait", WhenBusy::Wait)];

impl Read for WhenBusy {
    fn read(node: &Node<'_, '_>) -> Option<WhenBusy> {
        one_of(node, &WHEN_BUSY)
    }
}

impl Described for WhenBusy {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "enum": WHEN_BUSY.map(|(name, _)| name)})
    }
}
