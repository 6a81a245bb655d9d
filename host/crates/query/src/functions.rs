//! The functions that queries have besides those of SQL.

mod apdex;
mod bucket;
mod ms;
mod numbers;
mod percentile;

use datafusion::execution::context::SessionContext;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};
use outrider_telemetry::SKETCH_RELATIVE_ACCURACY;

use apdex::Apdex;
use bucket::Bucket;
use ms::Milliseconds;
use percentile::Percentile;

/// A function of ours, documented.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    /// How it is called.
    pub(crate) usage: &'static str,
    /// What it gives.
    pub(crate) description: String,
}

/// The functions of ours, in the order of the reference.
pub(crate) fn documented() -> Vec<Function> {
    let function = |usage, description: String| Function { usage, description };
    let error = SKETCH_RELATIVE_ACCURACY * 100.0;
    vec![
        function(
            "percentile(x, q)",
            format!(
                "The value below which the share q (0 to 1) of the values x lies: of n values in order the one with the index q·(n−1), \
                 rounded down. x is a number, or a sketch of `windows`, which are merged. Within {error} % of the true value, as in \
                 reports; null without values."
            ),
        ),
        function(
            "p50(x), p75(x), p90(x), p95(x), p99(x), p999(x)",
            "percentile(x, 0.5) and so on: `p95(duration_ns)` of rows, `p95(sketch)` of windows. p999 is 99.9 %.".to_owned(),
        ),
        function(
            "apdex(duration_ns, ok, t_ms)",
            "The Apdex score, 0 to 1, for a target time of t_ms milliseconds: 1 for what took at most that, 0.5 for what took at \
             most four times that, 0 for what took longer or failed; of all these the mean. Rows whose ok is null do not count. As the \
             Apdex Technical Specification 1.1 has it."
                .to_owned(),
        ),
        function(
            "bucket(width, t)",
            "The start of the stretch of time in which t lies: stretches are as wide as width says ('10s', '1m', '500ms'), one \
             after the other since 1970 in UTC."
                .to_owned(),
        ),
        function("ms(duration_ns)", "Nanoseconds as milliseconds, with a fraction.".to_owned()),
    ]
}

/// Makes them known.
pub(crate) fn register(context: &SessionContext) {
    context.register_udf(ScalarUDF::from(Bucket::new()));
    context.register_udf(ScalarUDF::from(Milliseconds::new()));
    context.register_udaf(AggregateUDF::from(Apdex::new()));
    for percentile in Percentile::all() {
        context.register_udaf(AggregateUDF::from(percentile));
    }
}

/// The names of all functions there are, ours and SQL's.
pub(crate) fn all_names(context: &SessionContext) -> Vec<String> {
    let state = context.state();
    let scalar = state.scalar_functions().keys();
    let mut names: Vec<String> = scalar
        .chain(state.aggregate_functions().keys())
        .chain(state.window_functions().keys())
        .cloned()
        .collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_documented_by_its_name() {
        let context = SessionContext::new();
        let known = all_names(&context);
        register(&context);
        let usages: String = documented().iter().map(|function| function.usage).collect();
        for name in all_names(&context).iter().filter(|name| !known.contains(name)) {
            assert!(usages.contains(&format!("{name}(")), "{name}");
        }
    }
}
