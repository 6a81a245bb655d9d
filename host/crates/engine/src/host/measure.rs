//! `measure`.

use std::sync::Arc;

use outrider_model::{CheckSample, LogLevel, MetricKind, MetricSample, Sample};
use outrider_wit::v0_1::journey::outrider::plugin::measure::{Host, Level, MetricKind as Kind, Verdict};
use outrider_wit::v0_1::journey::outrider::plugin::types::Tag;
use outrider_wit::wasmtime::{Error, Result};

use crate::limits::{MAX_NAME_BYTES, MAX_OPEN_STEPS, MAX_TAGS, MAX_TEXT_BYTES};
use crate::state::{OpenStep, VuState, cut};

impl Host for VuState {
    fn begin_step(&mut self, name: String) -> Result<u32> {
        if self.steps.len() >= MAX_OPEN_STEPS {
            return Err(Error::msg(format!("more than {MAX_OPEN_STEPS} steps inside one another")));
        }
        let id = self.next_step;
        // QuickJS keeps numbers of 32 bits as signed ones.
        self.next_step = self.next_step.wrapping_add(1) & (i32::MAX as u32);
        let started_at = self.run.clock.now();
        self.steps.push(OpenStep { id, name: cut(&name, MAX_NAME_BYTES).into(), started_at });
        Ok(id)
    }

    fn end_step(&mut self, id: u32, error: Option<String>) -> Result<()> {
        // A step that is not open any more was ended by an outer one: nothing is left to do.
        if let Some(depth) = self.steps.iter().position(|step| step.id == id) {
            self.end_steps_above(depth, error.as_deref().map(|text| cut(text, MAX_TEXT_BYTES)));
        }
        Ok(())
    }

    fn check(&mut self, verdict: Verdict) -> Result<()> {
        let text = |text: Option<String>| text.map(|text| Arc::from(cut(&text, MAX_TEXT_BYTES)));
        self.run.sink.record(Sample::Check(CheckSample {
            origin: self.origin(),
            pack: "".into(),
            name: cut(&verdict.name, MAX_NAME_BYTES).into(),
            at: self.run.clock.now(),
            passed: verdict.passed,
            expected: text(verdict.expected),
            actual: text(verdict.actual),
            message: text(verdict.message),
        }));
        Ok(())
    }

    fn record_metric(&mut self, name: String, kind: Kind, value: f64, tags: Vec<Tag>) -> Result<()> {
        let mut origin = self.origin();
        origin.tags = self.tags_with(tags.into_iter().map(|tag| (tag.key, tag.value)));
        self.run.sink.record(Sample::Metric(MetricSample {
            origin,
            name: cut(&name, MAX_NAME_BYTES).into(),
            kind: match kind {
                Kind::Counter => MetricKind::Counter,
                Kind::Gauge => MetricKind::Gauge,
                Kind::Rate => MetricKind::Rate,
                Kind::Trend => MetricKind::Trend,
            },
            at: self.run.clock.now(),
            value,
        }));
        Ok(())
    }

    fn set_tag(&mut self, tag: Tag) -> Result<()> {
        if self.tags.len() >= MAX_TAGS && !self.tags.contains_key(tag.key.as_str()) {
            return Err(Error::msg(format!("more than {MAX_TAGS} tags")));
        }
        VuState::set_tag(self, cut(&tag.key, MAX_NAME_BYTES), cut(&tag.value, MAX_NAME_BYTES));
        Ok(())
    }

    fn log(&mut self, level: Level, message: String) -> Result<()> {
        let level = match level {
            Level::Debug => LogLevel::Debug,
            Level::Info => LogLevel::Info,
            Level::Warn => LogLevel::Warn,
            Level::Error => LogLevel::Error,
        };
        VuState::log(self, level, &message);
        Ok(())
    }
}
