//! `plan.toml`, and files of tests, as they are written.
//!
//! * [`PlanFile`] and its tables: every key with the place where it stands ([`Written`]).
//! * [`read`]: from a text to a [`Plan`], with everything that is wrong with it, by line and column.
//! * [`LoadConfig`] and [`LoadConfig::resolve`]: the rules of loads, which flags and files share. A [`Dialect`]
//!   says how the fault's words name a field.
//! * [`read_tests`]: the same of a [`TestFile`], what `host test` runs.
//! * [`plan_json_schema`], [`test_json_schema`]: for editors.
//!
//! It opens no file and knows no plugin: what only a plugin, a data file or the machine can judge is judged by
//! the session.
//!
//! ```
//! let plan = outrider_plan::read(
//!     "[scenario.browse]\nplugin = 'browse.ts'\nrate = '10/s'\nduraton = '30s'\nvus = 0\n",
//! );
//! let faults: Vec<String> = plan.faults.iter().map(ToString::to_string).collect();
//! assert_eq!(
//!     faults,
//!     [
//!         "3:1: [scenario.browse] rate does not say how long",
//!         "4:1: [scenario.browse] has no key 'duraton'",
//!         "5:1: [scenario.browse] vus = 0: nobody would run",
//!     ]
//! );
//! assert_eq!(plan.faults[1].hint.as_deref(), Some("did you mean duration?"));
//! ```
#![warn(missing_docs)]

mod check;
mod fault;
mod file;
mod load;
mod plan;
mod read;
mod schema;
mod test_file;
mod written;

pub use fault::PlanFault;
pub use file::{
    AssertTable, DataTable, ExportTable, GrantsTable, HttpTable, HttpVersionName, LimitsTable, MixTable,
    Named, PhaseTable, PlanFile, RowPolicyName, RunTable, ScenarioTable, SecretTable, StageTable, TraceName,
    UserAgentTable,
};
pub use load::{Dialect, ExecutorName, Field, LoadConfig, LoadFault, LoadPlan, Phase};
pub use plan::{Plan, ScenarioLoad, read};
pub use read::{Bytes, Share};
pub use schema::{plan_json_schema, test_json_schema};
pub use test_file::{
    AnswerTable, ConditionTable, DeliveryName, EndedIterationTable, EndedStepTable, ErrorName, ExchangeTable,
    ExpectTable, ExpectedRecord, ExpectedRecordTable, ExpectedRequest, Numbers, OutcomeName, RecordTable,
    RequestPattern, RequestTable, Rows, TestDocument, TestFile, TestTable, Texts, read_tests,
};
pub use written::{Described, Place, Written};
