//! Nothing is recorded before secrets are taken out of it (INV-11).

use std::borrow::Cow;
use std::sync::Arc;

use outrider_model::{Origin, Sample, SampleSink, Tags};

use super::Redactor;

/// Hands samples on, with the names of secrets in the place of their values.
#[derive(Debug)]
pub struct RedactingSink {
    inner: Arc<dyn SampleSink>,
    redactor: Redactor,
}

impl RedactingSink {
    /// A sink that redacts for `inner`; `inner` itself if there is nothing to redact.
    pub fn wrap(inner: Arc<dyn SampleSink>, redactor: &Redactor) -> Arc<dyn SampleSink> {
        match redactor.is_idle() {
            true => inner,
            false => Arc::new(RedactingSink { inner, redactor: redactor.clone() }),
        }
    }

    fn text(&self, text: &mut Arc<str>) {
        if let Cow::Owned(redacted) = self.redactor.redact(text) {
            *text = redacted.into();
        }
    }

    fn maybe(&self, text: &mut Option<Arc<str>>) {
        if let Some(text) = text {
            self.text(text);
        }
    }

    fn tags(&self, tags: &mut Tags) {
        let is_clean = |text: &str| matches!(self.redactor.redact(text), Cow::Borrowed(_));
        if tags.iter().all(|(key, value)| is_clean(key) && is_clean(value)) {
            return;
        }
        let mut redacted: Vec<(Arc<str>, Arc<str>)> = tags.to_vec();
        for (key, value) in &mut redacted {
            self.text(key);
            self.text(value);
        }
        // Keys that were told apart by a secret alone are one now; tags are sorted by their keys.
        redacted.sort_by(|one, other| one.0.cmp(&other.0));
        redacted.dedup_by(|one, other| one.0 == other.0);
        *tags = redacted.into();
    }

    fn origin(&self, origin: &mut Origin) {
        self.text(&mut origin.scenario);
        self.maybe(&mut origin.step);
        self.tags(&mut origin.tags);
    }
}

impl SampleSink for RedactingSink {
    fn record(&self, mut sample: Sample) {
        match &mut sample {
            Sample::Iteration(row) => {
                self.text(&mut row.scenario);
                self.tags(&mut row.tags);
                self.maybe(&mut row.error_kind);
                self.maybe(&mut row.error);
                self.maybe(&mut row.stack);
            }
            Sample::Step(row) => {
                self.origin(&mut row.origin);
                self.text(&mut row.name);
                self.maybe(&mut row.error);
            }
            Sample::Request(row) => {
                self.origin(&mut row.origin);
                self.text(&mut row.name);
                self.text(&mut row.method);
                self.text(&mut row.url);
                self.maybe(&mut row.error_kind);
                self.maybe(&mut row.error);
            }
            Sample::Check(row) => {
                self.origin(&mut row.origin);
                self.text(&mut row.pack);
                self.text(&mut row.name);
                self.maybe(&mut row.expected);
                self.maybe(&mut row.actual);
                self.maybe(&mut row.message);
                self.maybe(&mut row.source_location);
            }
            Sample::Metric(row) => {
                self.origin(&mut row.origin);
                self.text(&mut row.name);
            }
            Sample::Log(row) => {
                if let Some(origin) = &mut row.origin {
                    self.origin(origin);
                }
                self.text(&mut row.message);
            }
            // Numbers alone.
            Sample::System(_) => {}
        }
        self.inner.record(sample);
    }
}
