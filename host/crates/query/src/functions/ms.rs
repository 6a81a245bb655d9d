//! `ms(duration_ns)`.

use std::sync::Arc;

use arrow::array::AsArray;
use arrow::datatypes::{DataType, Float64Type};
use datafusion::common::{Result, exec_err, plan_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use super::numbers::as_float;

const NS_PER_MS: f64 = 1e6;

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Milliseconds {
    signature: Signature,
}

impl Milliseconds {
    pub(super) fn new() -> Milliseconds {
        Milliseconds { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Milliseconds {
    fn name(&self) -> &'static str {
        "ms"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        match arguments {
            [number] => Ok(vec![as_float("ms", number)?]),
            _ => plan_err!("ms takes one argument: ms(duration_ns)"),
        }
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&arguments.args)?;
        let [nanoseconds] = arrays.as_slice() else { return exec_err!("ms takes one argument") };
        let nanoseconds = nanoseconds.as_primitive::<Float64Type>();
        Ok(ColumnarValue::Array(Arc::new(nanoseconds.unary::<_, Float64Type>(|ns| ns / NS_PER_MS))))
    }
}
