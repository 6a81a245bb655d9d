//! Transforms: from raw records to rows, in batches.
//!
//! * [`Transform`]: compiled and linked. It answers `describe`.
//! * [`Transformer`]: an instance at work. Each record has exactly one outcome, whatever the guest does: after a
//!   fault the batch is tried again in a new instance, in halves, and a record that breaks the guest by itself is
//!   [`RecordOutcome::Broke`]. Its metrics are those of the calls that ended well, so that none counts twice; those of
//!   `start` are the first instance's, however many are made after it.

mod held;
mod outcome;

use std::sync::Arc;

use outrider_capability::TimeLimit;
use outrider_model::Timestamp;
use outrider_wit::v0_1::transform::exports::outrider::plugin::transforms as wit;
use outrider_wit::v0_1::transform::{Transform as Exports, TransformPre};
use outrider_wit::wasmtime::component::HasSelf;

use crate::fault::{PluginFault, one_line};
use crate::inspect::World;
use crate::plugin::{Linked, PluginFile};
use crate::runtime::Runtime;
use crate::sandbox::{Sandbox, call, instantiate};
use crate::state::{RunShared, StepEnd, VuState};
use crate::{CodeCache, EngineError};

use held::Held;
pub use held::MAX_METRIC_VALUES;
pub use outcome::{ColumnValue, MAX_COLUMN_BYTES, MAX_COLUMNS, RecordOutcome, Row};

/// The most records that a transform is given at once.
pub const MAX_RECORDS: usize = 10_000;

/// The most bytes of records that it is given at once, if they are more than one: what it makes of them must fit the
/// limits of a call too.
pub const MAX_BATCH_BYTES: usize = 1 << 20;

/// A transform that is compiled and linked.
#[derive(Clone)]
pub struct Transform {
    file: PluginFile,
    pre: TransformPre<VuState>,
    runtime: Arc<Runtime>,
}

impl std::fmt::Debug for Transform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transform").field("name", &self.file.reference().name).finish_non_exhaustive()
    }
}

/// What a transform says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct TransformDescription {
    /// Its name.
    pub name: String,
    /// What it reads.
    pub description: String,
    /// The table that its rows are for.
    pub table: String,
    /// The JSON Schema of its parameters.
    pub parameters: Option<serde_json::Value>,
}

/// A record as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRecord {
    /// Where it came from.
    pub source: String,
    /// Its place in the source, from 0.
    pub position: u64,
    /// When it was received.
    pub received: Timestamp,
    /// Its bytes.
    pub data: Vec<u8>,
}

impl PluginFile {
    /// Compiles a transform, or takes the compiled code from the cache, with room for `instances` of it.
    ///
    /// # Errors
    ///
    /// If the component is no transform, or as [`PluginFile::load`].
    pub fn load_transform(&self, instances: u32, cache: &CodeCache) -> Result<Transform, EngineError> {
        if self.inspection().world != World::Transform {
            return Err(self.other_world(World::Transform));
        }
        let Linked { pre, runtime } = self.compile_any(cache)?.linked(instances, |linker| {
            Exports::add_to_linker::<_, HasSelf<VuState>>(linker, |state| state)
        })?;
        let pre = TransformPre::new(pre).map_err(|source| self.invalid(source))?;
        Ok(Transform { file: self.clone(), pre, runtime })
    }
}

impl Transform {
    /// The file it came from.
    pub fn file(&self) -> &PluginFile {
        &self.file
    }

    /// Asks the transform what it is.
    ///
    /// # Errors
    ///
    /// If it breaks, or gives a schema that is not JSON, or a name or a table that is empty.
    pub async fn describe(&self, run: Arc<RunShared>) -> Result<TransformDescription, PluginFault> {
        let mut sandbox = self.instance(&run).await?;
        let limit = sandbox.lifecycle_limit("describe");
        let described = call!(&mut sandbox, limit, outrider_plugin_transforms.call_describe())?;
        let description = TransformDescription {
            name: one_line(&described.name),
            description: one_line(&described.description),
            table: one_line(&described.table),
            parameters: crate::parameters::schema(described.parameters.as_deref())?,
        };
        for (what, text) in [("name", &description.name), ("table", &description.table)] {
            if text.is_empty() {
                return Err(PluginFault::exception(format!("describe gives no {what}")));
            }
        }
        Ok(description)
    }

    /// Linear memory of an instance before its first piece of work, in bytes.
    ///
    /// # Errors
    ///
    /// If it cannot be instantiated.
    pub async fn memory_per_instance(&self, run: Arc<RunShared>) -> Result<usize, PluginFault> {
        let mut sandbox = self.instance(&run).await?;
        Ok(sandbox.state().memory.used())
    }

    async fn instance(&self, run: &Arc<RunShared>) -> Result<Sandbox<Exports>, PluginFault> {
        instantiate!(&self.runtime, self.pre, VuState::without_load(Arc::clone(run)))
    }

    /// Makes an instance of it ready to work, with the parameters of `run`.
    ///
    /// # Errors
    ///
    /// If it breaks, or its `start` fails.
    pub async fn start(&self, run: Arc<RunShared>) -> Result<Transformer, PluginFault> {
        let held = Arc::new(Held::over(Arc::clone(&run.sink)));
        let run = Arc::new(RunShared { sink: Arc::<Held>::clone(&held), ..RunShared::clone(&run) });
        let sandbox = self.started(&run).await?;
        held.checked("start").map_err(PluginFault::exception)?;
        held.release();
        Ok(Transformer { transform: self.clone(), run, held, sandbox: Some(sandbox), broken_start: None })
    }

    async fn started(&self, run: &Arc<RunShared>) -> Result<Sandbox<Exports>, PluginFault> {
        let mut sandbox = self.instance(run).await?;
        let limit = sandbox.lifecycle_limit("start");
        let started = call!(&mut sandbox, limit, outrider_plugin_transforms.call_start())?;
        started.map_err(|failure| sandbox.own_failure(failure))?;
        Ok(sandbox)
    }
}

/// A transform at work.
pub struct Transformer {
    transform: Transform,
    run: Arc<RunShared>,
    /// What it records, until the call is known to have ended well.
    held: Arc<Held>,
    /// `None` after a fault.
    sandbox: Option<Sandbox<Exports>>,
    /// Why no further instance could be made: it is not tried again.
    broken_start: Option<PluginFault>,
}

impl std::fmt::Debug for Transformer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transformer").field("transform", &self.transform).finish_non_exhaustive()
    }
}

impl Transformer {
    /// What becomes of each record, in their order.
    pub async fn transform(&mut self, records: &[RawRecord]) -> Vec<RecordOutcome> {
        let mut outcomes = Vec::with_capacity(records.len());
        // What is still to be done, the next part last.
        let mut parts = batches(records);
        parts.reverse();
        while let Some(part) = parts.pop() {
            let done = self.batch(part).await;
            match &done {
                Ok(_) => self.held.release(),
                Err(_) => self.held.forget(),
            }
            match (done, part) {
                (Ok(all), _) => outcomes.extend(all),
                (Err(fault), [_]) => outcomes.push(RecordOutcome::Broke(fault)),
                (Err(_), _) => {
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.extend([second, first]);
                }
            }
        }
        outcomes
    }

    /// One call of the guest, made anew where the last one broke it.
    async fn batch(&mut self, records: &[RawRecord]) -> Result<Vec<RecordOutcome>, PluginFault> {
        let mut sandbox = match self.sandbox.take() {
            Some(sandbox) => sandbox,
            None => self.started_anew().await?,
        };
        let limit = self.run.limits.lifecycle_timeout;
        let limit = TimeLimit { call: "transform", is_iteration: false, limit };
        let given: Vec<wit::RawRecord> = records.iter().map(RawRecord::to_wit).collect();
        let called = call!(&mut sandbox, limit, outrider_plugin_transforms.call_transform(&given))?;
        // Steps that it left open end here: the next batch is not to suffer from them.
        sandbox.state().end_iteration(StepEnd::Well);
        let outcomes = called.map_err(|failure| sandbox.own_failure(failure))?;
        self.held.checked("transform").map_err(PluginFault::exception)?;
        let outcomes = outcome::checked(outcomes, records.len()).map_err(PluginFault::exception)?;
        self.sandbox = Some(sandbox);
        Ok(outcomes)
    }

    async fn started_anew(&mut self) -> Result<Sandbox<Exports>, PluginFault> {
        if let Some(fault) = &self.broken_start {
            return Err(fault.clone());
        }
        let started = self.transform.started(&self.run).await;
        // What `start` records has counted, with the first instance.
        self.held.forget();
        started.inspect_err(|fault| self.broken_start = Some(fault.clone()))
    }
}

/// Parts that the guest may be given at once.
fn batches(records: &[RawRecord]) -> Vec<&[RawRecord]> {
    let (mut batches, mut begin, mut bytes) = (Vec::new(), 0, 0);
    for (index, record) in records.iter().enumerate() {
        let is_full = index - begin == MAX_RECORDS || bytes + record.data.len() > MAX_BATCH_BYTES;
        if is_full && index > begin {
            batches.push(&records[begin..index]);
            (begin, bytes) = (index, 0);
        }
        bytes += record.data.len();
    }
    if begin < records.len() {
        batches.push(&records[begin..]);
    }
    batches
}

impl RawRecord {
    fn to_wit(&self) -> wit::RawRecord {
        let RawRecord { source, position, received, data } = self;
        let received = u64::try_from(received.0).unwrap_or_default();
        wit::RawRecord { source: source.clone(), position: *position, received, data: data.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(lengths: &[usize]) -> Vec<RawRecord> {
        let record = |length: &usize| RawRecord {
            source: String::new(),
            position: 0,
            received: Timestamp(0),
            data: vec![b'x'; *length],
        };
        lengths.iter().map(record).collect()
    }

    #[test]
    fn a_batch_is_bounded_in_number_and_in_bytes() {
        let lengths =
            |records: &[RawRecord]| batches(records).iter().map(|batch| batch.len()).collect::<Vec<_>>();
        assert!(lengths(&[]).is_empty());
        assert_eq!(lengths(&records(&[1; 3])), [3]);
        assert_eq!(lengths(&records(&vec![1; MAX_RECORDS + 1])), [MAX_RECORDS, 1]);
        assert_eq!(lengths(&records(&[MAX_BATCH_BYTES, 1, MAX_BATCH_BYTES + 1, 1])), [1, 1, 1, 1]);
    }
}
