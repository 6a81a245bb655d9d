//! `measure`.

use std::sync::Arc;

use outrider_model::{CheckSample, LogLevel, MetricKind, MetricSample, Sample};
use outrider_wit::v0_1::journey::outrider::plugin::measure::{Host, Level, MetricKind as Kind, Verdict};
use outrider_wit::v0_1::journey::outrider::plugin::types::Tag;
use outrider_wit::wasmtime::{Error, Result};

use crate::limits::{MAX_FRAME_BYTES, MAX_NAME_BYTES, MAX_OPEN_STEPS, MAX_TAGS, MAX_TEXT_BYTES};
use crate::output::printable;
use crate::state::{StepEnd, VuState};

impl Host for VuState {
    fn begin_step(&mut self, name: String) -> Result<u32> {
        self.begin_step_tagged(name, Vec::new())
    }

    fn begin_step_tagged(&mut self, name: String, tags: Vec<Tag>) -> Result<u32> {
        refuse_without_load(self, "steps")?;
        if self.steps.len() >= MAX_OPEN_STEPS {
            return Err(Error::msg(format!("more than {MAX_OPEN_STEPS} steps inside one another")));
        }
        Ok(self.open_step(&name, tags.into_iter().map(|tag| (tag.key, tag.value)).collect()))
    }

    async fn end_step(&mut self, id: u32, error: Option<String>) -> Result<()> {
        // A step that is not open any more was ended by an outer one: nothing is left to do.
        let Some(depth) = self.steps.iter().position(|step| step.id == id) else { return Ok(()) };
        let error = error.map(|text| self.kept(&text, MAX_TEXT_BYTES).into_owned());
        let ended = self.end_steps_above(depth, StepEnd::of(error.as_deref()));
        if !ended.is_empty() {
            self.leave_guest()?;
            self.judge_steps(ended, error.as_deref()).await;
            self.enter_guest();
        }
        Ok(())
    }

    fn check(&mut self, verdict: Verdict) -> Result<()> {
        self.record_check(verdict, Vec::new(), None)
    }

    fn check_tagged(&mut self, verdict: Verdict, tags: Vec<Tag>) -> Result<()> {
        self.record_check(verdict, tags, None)
    }

    fn check_at(&mut self, verdict: Verdict, tags: Vec<Tag>, source_location: String) -> Result<()> {
        let place = printable(&self.kept(&source_location, MAX_FRAME_BYTES));
        let is_of_use = !verdict.passed && !place.is_empty();
        self.record_check(verdict, tags, is_of_use.then(|| place.into()))
    }

    fn record_metric(&mut self, name: String, kind: Kind, value: f64, tags: Vec<Tag>) -> Result<()> {
        let mut origin = self.origin();
        origin.tags = self.tags_with(tags.into_iter().map(|tag| (tag.key, tag.value)));
        self.run.sink.record(Sample::Metric(MetricSample {
            origin,
            name: self.kept(&name, MAX_NAME_BYTES).into(),
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
        let (key, value) = (self.kept(&tag.key, MAX_NAME_BYTES), self.kept(&tag.value, MAX_NAME_BYTES));
        VuState::set_tag(self, &key, &value);
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

impl VuState {
    fn record_check(
        &self,
        verdict: Verdict,
        tags: Vec<Tag>,
        source_location: Option<Arc<str>>,
    ) -> Result<()> {
        refuse_without_load(self, "checks")?;
        let text = |text: Option<String>| text.map(|text| Arc::from(self.kept(&text, MAX_TEXT_BYTES)));
        let mut origin = self.origin();
        origin.tags = self.tags_with(tags.into_iter().map(|tag| (tag.key, tag.value)));
        self.run.sink.record(Sample::Check(CheckSample {
            origin,
            pack: Arc::clone(&self.pack),
            name: self.kept(&verdict.name, MAX_NAME_BYTES).into(),
            at: self.run.clock.now(),
            passed: verdict.passed,
            expected: text(verdict.expected),
            actual: text(verdict.actual),
            message: text(verdict.message),
            source_location,
        }));
        Ok(())
    }
}

/// Nobody would see them: the words are those of the JavaScript SDK, which says so before it asks.
fn refuse_without_load(state: &VuState, what: &str) -> Result<()> {
    match state.has_checks {
        true => Ok(()),
        false => Err(Error::msg(format!("there are no {what} but in journeys and assertion packs"))),
    }
}
