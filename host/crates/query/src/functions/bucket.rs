//! `bucket(width, t)`.

use std::sync::Arc;

use arrow::array::AsArray;
use arrow::datatypes::{DataType, Field, FieldRef, TimeUnit, TimestampNanosecondType};
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};
use outrider_model::units::parse_duration;

const USAGE: &str = "write bucket('10s', started_at)";

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Bucket {
    signature: Signature,
}

impl Bucket {
    pub(super) fn new() -> Bucket {
        Bucket { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Bucket {
    fn name(&self) -> &'static str {
        "bucket"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        match arguments {
            [DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8, DataType::Timestamp(_, zone)] => {
                Ok(vec![DataType::Utf8, DataType::Timestamp(TimeUnit::Nanosecond, zone.clone())])
            }
            [DataType::Timestamp(..), _] => plan_err!("bucket takes the width first: {USAGE}"),
            [_, DataType::Timestamp(..)] => plan_err!("the width of bucket is text: {USAGE}"),
            _ => plan_err!("bucket takes a width and a time: {USAGE}"),
        }
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        plan_err!("what bucket gives depends on its arguments: {USAGE}")
    }

    /// Looks at the width too, so that a wrong one is a fault of the query and not of its rows.
    fn return_field_from_args(&self, arguments: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let [width, time] = arguments.arg_fields else {
            return plan_err!("bucket takes a width and a time: {USAGE}");
        };
        width_ns(arguments.scalar_arguments.first().copied().flatten())?;
        let nullable = width.is_nullable() || time.is_nullable();
        Ok(Arc::new(Field::new(self.name(), time.data_type().clone(), nullable)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [width, times] = arguments.args.as_slice() else {
            return exec_err!("bucket takes two arguments");
        };
        let width = match width {
            ColumnarValue::Scalar(width) => width_ns(Some(width))?,
            ColumnarValue::Array(_) => width_ns(None)?,
        };
        let times = times.to_array(arguments.number_rows)?;
        let times = times.as_primitive::<TimestampNanosecondType>();
        // Times before 1970 too lie in the stretch that began before them.
        let starts = times.unary::<_, TimestampNanosecondType>(|at| at.div_euclid(width) * width);
        Ok(ColumnarValue::Array(Arc::new(starts.with_timezone_opt(times.timezone()))))
    }
}

/// The width in nanoseconds.
fn width_ns(width: Option<&ScalarValue>) -> Result<i64> {
    let Some(Some(text)) = width.and_then(ScalarValue::try_as_str) else {
        return plan_err!("the width of bucket is the same for all rows: {USAGE}");
    };
    let width = parse_duration(text).map_err(|error| DataFusionError::Plan(error.to_string()))?;
    match i64::try_from(width.as_nanos()) {
        Ok(nanoseconds) if nanoseconds > 0 => Ok(nanoseconds),
        _ => plan_err!("bucket has stretches of no length: {USAGE}"),
    }
}
