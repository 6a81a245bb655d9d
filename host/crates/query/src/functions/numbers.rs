//! Arguments: their types, and those that must be constants.

use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, plan_err};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Literal;

/// The type as which a number is calculated with, and a word for what it is if it is none.
pub(super) fn as_float(function: &str, argument: &DataType) -> Result<DataType> {
    match argument {
        DataType::Null => Ok(DataType::Float64),
        number if number.is_numeric() => Ok(DataType::Float64),
        other => plan_err!("{function} takes a number, and not {other}"),
    }
}

/// The value of an argument that must be a constant number.
pub(super) fn constant(function: &str, argument: &Arc<dyn PhysicalExpr>) -> Result<f64> {
    match argument.downcast_ref::<Literal>().map(Literal::value) {
        Some(ScalarValue::Float64(Some(number))) => Ok(*number),
        _ => plan_err!("the last argument of {function} is a number that is the same for all rows, as 0.95"),
    }
}
