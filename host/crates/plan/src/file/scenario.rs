//! The tables of journeys and packs.

use std::time::Duration;

use outrider_model::{Arrivals, Rate, WhenBusy};
use serde_json::Value;

use super::{Named, PhaseTable, StageTable, table};
use crate::{ExecutorName, Written};

table! {
    /// A scenario: a journey, how many iterations of it start when, and what they are given. Without any key of a
    /// load it is one iteration of one VU.
    ScenarioTable {
        /// The journey: a component (.wasm), or a TypeScript or JavaScript file. Scenarios with the same file and the
        /// same parameters are one journey, which is set up once.
        #[schemars(required)]
        plugin: String,
        /// The scenario of the journey that runs; without it, its scenarios by their weights.
        scenario: String,
        /// The weights of the journey's scenarios, in place of those that the journey has. One that is not named here
        /// does not run.
        weights: Named<u32>,
        /// The share of the mix's rate, relative to the other scenarios of the mix. A scenario with a weight has no
        /// load of its own.
        weight: u32,
        /// Who runs which iterations; by default what the other keys say.
        executor: ExecutorName,
        /// VUs. With a ramp of VUs, those at the start. With a rate, those to begin with: by default as many as
        /// iterations start in a second.
        vus: u32,
        /// How long iterations start. Where iterations are counted, the longest that they may.
        duration: Duration,
        /// How many iterations run: in all, or of each VU with "per-vu-iterations".
        iterations: u64,
        /// Iteration starts, however long they take, as in "100/s" or "30/m". With stages: those at the start.
        rate: Rate,
        /// Ramps, one after the other, to a number of VUs or to a rate.
        stages: Vec<Written<StageTable>>,
        /// Arrival phases, one after the other, each with its constant rate.
        phases: Vec<Written<PhaseTable>>,
        /// With a rate: the most VUs. Defaults to four times those to begin with, or as many of them as this machine
        /// holds. For an iteration that finds none of them free, see `when_busy`.
        max_vus: u32,
        /// With a rate: "even" distances, or "poisson", as independent users arrive. Defaults to "even".
        arrivals: Arrivals,
        /// With a rate: what an iteration does that finds every VU busy. It is dropped and counted ("drop", the default),
        /// or it waits for one and starts late ("wait").
        when_busy: WhenBusy,
        /// When its first iteration may start, after the start of the run. Defaults to 0s.
        start_time: Duration,
        /// How long iterations under way may go on at its end. Defaults to that of `[run]`, or 30s.
        graceful_stop: Duration,
        /// With a ramp of VUs: how long a VU that is ramped down may finish its iteration. Defaults to 30s.
        graceful_ramp_down: Duration,
        /// Parameters of the journey, which its own schema describes. As `--set KEY=VALUE`.
        parameters: Named<Value>,
        /// Tags on every row of the scenario.
        tags: Named<String>,
    }
}

table! {
    /// An assertion pack. As `--assert PACK`.
    AssertTable {
        /// The pack: a component (.wasm).
        #[schemars(required)]
        plugin: String,
        /// What its verdicts are told by: in the column `pack` of the table `checks`, in reports, in the tag `pack` of
        /// thresholds, and in `--assert-set NAME.KEY=VALUE`. One file may stand in several tables, each with its own
        /// name and parameters. Defaults to the name that the pack gives itself.
        name: String,
        /// Its parameters, which its own schema describes. As `--assert-set PACK.KEY=VALUE`; a text "@FILE" stands for
        /// what the file holds.
        parameters: Named<Value>,
        /// The scenarios that it judges. Defaults to all.
        scenarios: Vec<Written<String>>,
    }
}
