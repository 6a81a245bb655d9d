//! `percentile(x, q)` and its short forms: of numbers, and of sketches, which are merged. The error is that of reports, as the
//! sketch is.

mod groups;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::{DataFusionError, Result, ScalarValue, plan_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, GroupsAccumulator, Signature, Volatility};
use outrider_telemetry::Sketch;

use super::numbers::{as_float, constant};
use groups::GroupedSketches;

/// The short forms and their quantiles, in thousandths.
const SHORT_FORMS: [(&str, u16); 6] =
    [("p50", 500), ("p75", 750), ("p90", 900), ("p95", 950), ("p99", 990), ("p999", 999)];

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Percentile {
    name: &'static str,
    /// The quantile of a short form, in thousandths.
    thousandths: Option<u16>,
    signature: Signature,
}

impl Percentile {
    /// `percentile` and its short forms.
    pub(super) fn all() -> impl Iterator<Item = Percentile> {
        let named = |name, thousandths| Percentile {
            name,
            thousandths,
            signature: Signature::user_defined(Volatility::Immutable),
        };
        let short = SHORT_FORMS.iter().map(move |(name, thousandths)| named(name, Some(*thousandths)));
        short.chain([named("percentile", None)])
    }

    fn quantile(&self, arguments: &AccumulatorArgs<'_>) -> Result<f64> {
        if arguments.is_distinct {
            return plan_err!("{} counts every value: leave DISTINCT out", self.name);
        }
        match (self.thousandths, arguments.exprs) {
            (Some(thousandths), _) => Ok(f64::from(thousandths) / 1e3),
            (None, [_, quantile]) => match constant(self.name, quantile)? {
                quantile if (0.0..=1.0).contains(&quantile) => Ok(quantile),
                other => plan_err!(
                    "{other} is no share: the last argument of percentile is between 0 and 1, as 0.95"
                ),
            },
            _ => plan_err!("percentile takes two arguments: write percentile(duration_ns, 0.95)"),
        }
    }
}

impl AggregateUDFImpl for Percentile {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        let name = self.name;
        match (self.thousandths, arguments) {
            (Some(_), [x]) => Ok(vec![values_type(name, x)?]),
            (None, [x, quantile]) => Ok(vec![values_type(name, x)?, as_float(name, quantile)?]),
            (Some(_), _) => plan_err!("{name} takes one argument: write {name}(duration_ns)"),
            (None, _) => plan_err!("{name} takes two arguments: write {name}(duration_ns, 0.95)"),
        }
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn state_fields(&self, arguments: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let name = format_state_name(arguments.name, "sketch");
        Ok(vec![Arc::new(Field::new(name, DataType::Binary, true))])
    }

    fn accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let quantile = self.quantile(&arguments)?;
        Ok(Box::new(OneSketch { quantile, sketch: Sketch::new() }))
    }

    fn groups_accumulator_supported(&self, _arguments: AccumulatorArgs<'_>) -> bool {
        true
    }

    fn create_groups_accumulator(
        &self,
        arguments: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(GroupedSketches::new(self.quantile(&arguments)?)))
    }
}

fn values_type(function: &str, values: &DataType) -> Result<DataType> {
    match values {
        DataType::Binary | DataType::BinaryView | DataType::LargeBinary => Ok(DataType::Binary),
        DataType::Null => Ok(DataType::Float64),
        number if number.is_numeric() => Ok(DataType::Float64),
        other => {
            plan_err!("{function} takes numbers, or the sketches of windows, and not {}", in_words(other))
        }
    }
}

fn in_words(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text".to_owned(),
        DataType::Boolean => "true and false".to_owned(),
        DataType::Timestamp(..) => "times".to_owned(),
        other => other.to_string(),
    }
}

/// Adds a row's number, or its sketch; null is nothing.
fn add(sketch: &mut Sketch, values: &ArrayRef, row: usize) -> Result<()> {
    if values.is_null(row) {
        return Ok(());
    }
    match values.data_type() {
        DataType::Binary => sketch.merge(&decode(values.as_binary::<i32>().value(row))?),
        _ => sketch.add(values.as_primitive::<Float64Type>().value(row)),
    }
    Ok(())
}

fn decode(bytes: &[u8]) -> Result<Sketch> {
    Sketch::decode(bytes).map_err(|error| DataFusionError::External(Box::new(error)))
}

/// The sketch of a query without groups.
#[derive(Debug)]
struct OneSketch {
    quantile: f64,
    sketch: Sketch,
}

impl OneSketch {
    fn add_all(&mut self, values: &ArrayRef) -> Result<()> {
        (0..values.len()).try_for_each(|row| add(&mut self.sketch, values, row))
    }
}

impl Accumulator for OneSketch {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.add_all(&values[0])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.add_all(&states[0])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float64(self.sketch.quantile(self.quantile)))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Binary(Some(self.sketch.encode()))])
    }

    fn size(&self) -> usize {
        self.sketch.memory_bytes()
    }
}
