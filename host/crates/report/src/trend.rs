//! Many runs side by side: how each request, step and page went from run to run.
//!
//! A trend judges nothing: whether a change is more than chance is what a [`Comparison`](crate::Comparison) says.

mod document;
mod measure;
mod read;

pub use document::{TREND_VERSION, Trend, TrendPoint, TrendRow, TrendRowKind, TrendRun};
pub use measure::{Course, TrendMeasure};
