//! `apdex(duration_ns, ok, t_ms)`, after the Apdex Technical Specification, version 1.1 (January 2007): satisfied is what took
//! at most T, tolerating what took at most 4 T, frustrated the rest, and what failed.

use arrow::datatypes::DataType;
use datafusion::common::{Result, plan_err};
use datafusion::functions_aggregate::average::avg_udaf;
use datafusion::logical_expr::expr::{AggregateFunction, AggregateFunctionParams};
use datafusion::logical_expr::function::{AccumulatorArgs, AggregateFunctionSimplification};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Expr, Signature, Volatility, lit, when};

use super::numbers::as_float;

const USAGE: &str = "write apdex(duration_ns, ok, 500)";
const NS_PER_MS: f64 = 1e6;
/// What took longer than this many times T frustrates.
const FRUSTRATED_FACTOR: f64 = 4.0;

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Apdex {
    signature: Signature,
}

impl Apdex {
    pub(super) fn new() -> Apdex {
        Apdex { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl AggregateUDFImpl for Apdex {
    fn name(&self) -> &'static str {
        "apdex"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        match arguments {
            [duration, DataType::Boolean | DataType::Null, target] => {
                Ok(vec![as_float("apdex", duration)?, DataType::Boolean, as_float("apdex", target)?])
            }
            _ => {
                plan_err!("apdex takes a duration, whether it went well, and a time in milliseconds: {USAGE}")
            }
        }
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    /// The mean of what each row counts: no accumulator of its own is needed.
    fn simplify(&self) -> Option<AggregateFunctionSimplification> {
        Some(Box::new(|call, _| {
            let AggregateFunctionParams { args, distinct, filter, order_by, null_treatment } = call.params;
            let score = vec![score(args)?];
            let mean =
                AggregateFunction::new_udf(avg_udaf(), score, distinct, filter, order_by, null_treatment);
            Ok(Expr::AggregateFunction(mean))
        }))
    }

    fn accumulator(&self, _arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        plan_err!("apdex is no window function: group by what it is wanted of")
    }
}

/// What a row counts: null, which no mean counts, where `ok` is.
fn score(arguments: Vec<Expr>) -> Result<Expr> {
    let Ok([duration, ok, target]) = <[Expr; 3]>::try_from(arguments) else {
        return plan_err!("apdex takes three arguments: {USAGE}");
    };
    let target_ns = target * lit(NS_PER_MS);
    when(ok.clone().is_null(), lit(datafusion::common::ScalarValue::Float64(None)))
        .when(!ok, lit(0.0))
        .when(duration.clone().lt_eq(target_ns.clone()), lit(1.0))
        .when(duration.lt_eq(target_ns * lit(FRUSTRATED_FACTOR)), lit(0.5))
        .otherwise(lit(0.0))
}
