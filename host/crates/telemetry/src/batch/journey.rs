//! The columns that all tables of journeys share.

use std::time::Duration;

use arrow::array::{
    ArrayBuilder, ArrayRef, BooleanBuilder, Int64Builder, StringBuilder, TimestampNanosecondBuilder,
    UInt32Builder,
};
use outrider_model::{Origin, Tags, Timestamp};

use super::columns::{self, TagsBuilder, TakeRows};
use super::words::WordBuilder;

/// One row's shared values.
#[derive(Debug)]
pub(super) struct JourneyRow<'a> {
    pub(super) scenario: Option<&'a str>,
    pub(super) vu: Option<u32>,
    pub(super) iteration: Option<u64>,
    pub(super) step: Option<&'a str>,
    pub(super) started_at: Timestamp,
    pub(super) duration: Option<Duration>,
    pub(super) ok: Option<bool>,
    pub(super) error: Option<&'a str>,
    pub(super) tags: Option<&'a Tags>,
}

impl<'a> JourneyRow<'a> {
    /// A row that comes from `origin`. An origin without a scenario is set-up or tear-down, which have
    /// neither VU nor iteration.
    pub(super) fn of(origin: Option<&'a Origin>, started_at: Timestamp) -> JourneyRow<'a> {
        let user = origin.filter(|origin| !origin.scenario.is_empty());
        JourneyRow {
            scenario: user.map(|origin| &*origin.scenario),
            vu: user.map(|origin| origin.vu.0),
            iteration: user.map(|origin| origin.iteration.0),
            step: origin.and_then(|origin| origin.step.as_deref()),
            started_at,
            duration: None,
            ok: None,
            error: None,
            tags: origin.map(|origin| &origin.tags),
        }
    }
}

/// Builders of the shared columns.
pub(super) struct JourneyColumns {
    scenario: WordBuilder,
    vu: UInt32Builder,
    iteration: Int64Builder,
    step: WordBuilder,
    started_at: TimestampNanosecondBuilder,
    duration_ns: Int64Builder,
    ok: BooleanBuilder,
    error: StringBuilder,
    tags: TagsBuilder,
    text_bytes: usize,
}

impl JourneyColumns {
    pub(super) fn new() -> JourneyColumns {
        JourneyColumns {
            scenario: WordBuilder::new(),
            vu: UInt32Builder::new(),
            iteration: Int64Builder::new(),
            step: WordBuilder::new(),
            started_at: columns::times(),
            duration_ns: Int64Builder::new(),
            ok: BooleanBuilder::new(),
            error: StringBuilder::new(),
            tags: columns::tags(),
            text_bytes: 0,
        }
    }

    pub(super) fn append(&mut self, row: &JourneyRow<'_>) {
        self.scenario.append_option(row.scenario);
        self.vu.append_option(row.vu);
        self.iteration.append_option(row.iteration.map(columns::signed));
        self.step.append_option(row.step);
        columns::append_time(&mut self.started_at, row.started_at);
        self.duration_ns.append_option(row.duration.map(columns::nanoseconds));
        self.ok.append_option(row.ok);
        self.text_bytes += columns::append_text(&mut self.error, row.error);
        self.text_bytes += columns::append_tags(&mut self.tags, row.tags);
    }

    /// Counts bytes of a table's own free text to the bound.
    pub(super) fn add_text_bytes(&mut self, bytes: usize) {
        self.text_bytes += bytes;
    }

    pub(super) fn len(&self) -> usize {
        self.started_at.len()
    }

    pub(super) fn text_bytes(&self) -> usize {
        self.text_bytes
    }

    pub(super) fn finish(&mut self) -> Vec<ArrayRef> {
        self.text_bytes = 0;
        vec![
            self.scenario.take_rows(),
            self.vu.take_rows(),
            self.iteration.take_rows(),
            self.step.take_rows(),
            self.started_at.take_rows(),
            self.duration_ns.take_rows(),
            self.ok.take_rows(),
            self.error.take_rows(),
            self.tags.take_rows(),
        ]
    }
}
