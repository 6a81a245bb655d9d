//! The messages of OTLP 1, as far as they are sent here.
//!
//! Numbers of fields are those of `opentelemetry/proto` 1.x, which never change: in `collector/metrics/v1`, `collector/trace/v1`,
//! `metrics/v1`, `trace/v1`, `common/v1` and `resource/v1`. What is written by hand here are thirty messages of plain fields; the
//! crate that has all of them brings along OpenTelemetry's SDK, with features that would have wasmtime and DataFusion
//! built otherwise. In JSON, names are in camel case, ids hexadecimal and 64-bit numbers texts, as the protocol has it.

use serde::{Deserialize, Serialize};

/// Declares messages with their field numbers, and their JSON.
macro_rules! messages {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)* })*) => {
        $(
            $(#[$meta])*
            #[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
            #[serde(rename_all = "camelCase", default)]
            pub struct $name { $($(#[$field_meta])* pub $field: $kind,)* }
        )*
    };
}

messages! {
    /// Metrics, to a collector.
    MetricsRequest {
        /// By what they are of.
        #[prost(message, repeated, tag = "1")]
        resource_metrics: Vec<ResourceMetrics>,
    }
    /// Spans, to a collector.
    TraceRequest {
        /// By what they are of.
        #[prost(message, repeated, tag = "1")]
        resource_spans: Vec<ResourceSpans>,
    }
    /// What a collector says of metrics.
    MetricsAnswer {
        /// What it did not take.
        #[prost(message, optional, tag = "1")]
        partial_success: Option<RejectedPoints>,
    }
    /// What a collector says of spans.
    TraceAnswer {
        /// What it did not take.
        #[prost(message, optional, tag = "1")]
        partial_success: Option<RejectedSpans>,
    }
    /// Data points that were not taken.
    RejectedPoints {
        /// How many.
        #[prost(int64, tag = "1")]
        #[serde(rename = "rejectedDataPoints", with = "text_of_number")]
        rejected: i64,
        /// Why.
        #[prost(string, tag = "2")]
        error_message: String,
    }
    /// Spans that were not taken.
    RejectedSpans {
        /// How many.
        #[prost(int64, tag = "1")]
        #[serde(rename = "rejectedSpans", with = "text_of_number")]
        rejected: i64,
        /// Why.
        #[prost(string, tag = "2")]
        error_message: String,
    }
    /// Metrics of a resource.
    ResourceMetrics {
        /// What they are of.
        #[prost(message, optional, tag = "1")]
        resource: Option<Resource>,
        /// By who made them.
        #[prost(message, repeated, tag = "2")]
        scope_metrics: Vec<ScopeMetrics>,
    }
    /// Metrics of a program.
    ScopeMetrics {
        /// The program.
        #[prost(message, optional, tag = "1")]
        scope: Option<Scope>,
        /// The metrics.
        #[prost(message, repeated, tag = "2")]
        metrics: Vec<Metric>,
    }
    /// Spans of a resource.
    ResourceSpans {
        /// What they are of.
        #[prost(message, optional, tag = "1")]
        resource: Option<Resource>,
        /// By who made them.
        #[prost(message, repeated, tag = "2")]
        scope_spans: Vec<ScopeSpans>,
    }
    /// Spans of a program.
    ScopeSpans {
        /// The program.
        #[prost(message, optional, tag = "1")]
        scope: Option<Scope>,
        /// The spans.
        #[prost(message, repeated, tag = "2")]
        spans: Vec<Span>,
    }
    /// What messages are of.
    Resource {
        /// What tells it from others.
        #[prost(message, repeated, tag = "1")]
        attributes: Vec<KeyValue>,
    }
    /// A program that makes metrics and spans.
    Scope {
        /// Its name.
        #[prost(string, tag = "1")]
        name: String,
        /// Its version.
        #[prost(string, tag = "2")]
        version: String,
    }
    /// An attribute.
    KeyValue {
        /// Its name.
        #[prost(string, tag = "1")]
        key: String,
        /// Its value.
        #[prost(message, optional, tag = "2")]
        value: Option<AnyValue>,
    }
    /// A value of an attribute.
    AnyValue {
        /// The value.
        #[prost(oneof = "Value", tags = "1, 3, 4")]
        #[serde(flatten)]
        value: Option<Value>,
    }
    /// A metric with all its points.
    Metric {
        /// Its name.
        #[prost(string, tag = "1")]
        name: String,
        /// What it is.
        #[prost(string, tag = "2")]
        description: String,
        /// Its unit, of the UCUM.
        #[prost(string, tag = "3")]
        unit: String,
        /// Its points.
        #[prost(oneof = "MetricData", tags = "5, 7, 9")]
        #[serde(flatten)]
        data: Option<MetricData>,
    }
    /// Values of now.
    Gauge {
        /// One for each set of attributes.
        #[prost(message, repeated, tag = "1")]
        data_points: Vec<NumberDataPoint>,
    }
    /// Sums.
    Sum {
        /// One for each set of attributes.
        #[prost(message, repeated, tag = "1")]
        data_points: Vec<NumberDataPoint>,
        /// A [`Temporality`].
        #[prost(int32, tag = "2")]
        aggregation_temporality: i32,
        /// It only grows.
        #[prost(bool, tag = "3")]
        is_monotonic: bool,
    }
    /// Distributions in buckets.
    Histogram {
        /// One for each set of attributes.
        #[prost(message, repeated, tag = "1")]
        data_points: Vec<HistogramDataPoint>,
        /// A [`Temporality`].
        #[prost(int32, tag = "2")]
        aggregation_temporality: i32,
    }
    /// A number.
    NumberDataPoint {
        /// What tells it from others.
        #[prost(message, repeated, tag = "7")]
        attributes: Vec<KeyValue>,
        /// Since when it is counted.
        #[prost(fixed64, tag = "2")]
        #[serde(with = "text_of_number")]
        start_time_unix_nano: u64,
        /// Of when it is.
        #[prost(fixed64, tag = "3")]
        #[serde(with = "text_of_number")]
        time_unix_nano: u64,
        /// The number.
        #[prost(oneof = "NumberValue", tags = "4")]
        #[serde(flatten)]
        value: Option<NumberValue>,
    }
    /// A distribution.
    HistogramDataPoint {
        /// What tells it from others.
        #[prost(message, repeated, tag = "9")]
        attributes: Vec<KeyValue>,
        /// Since when it is counted.
        #[prost(fixed64, tag = "2")]
        #[serde(with = "text_of_number")]
        start_time_unix_nano: u64,
        /// Of when it is.
        #[prost(fixed64, tag = "3")]
        #[serde(with = "text_of_number")]
        time_unix_nano: u64,
        /// How many values.
        #[prost(fixed64, tag = "4")]
        #[serde(with = "text_of_number")]
        count: u64,
        /// Their sum.
        #[prost(double, optional, tag = "5")]
        sum: Option<f64>,
        /// How many are in each bucket.
        #[prost(fixed64, repeated, tag = "6")]
        #[serde(with = "texts_of_numbers")]
        bucket_counts: Vec<u64>,
        /// The upper bounds of all buckets but the last.
        #[prost(double, repeated, tag = "7")]
        explicit_bounds: Vec<f64>,
    }
    /// A span.
    Span {
        /// 16 bytes.
        #[prost(bytes = "vec", tag = "1")]
        #[serde(with = "hexadecimal")]
        trace_id: Vec<u8>,
        /// 8 bytes.
        #[prost(bytes = "vec", tag = "2")]
        #[serde(with = "hexadecimal")]
        span_id: Vec<u8>,
        /// 8 bytes; none at the root.
        #[prost(bytes = "vec", tag = "4")]
        #[serde(with = "hexadecimal")]
        parent_span_id: Vec<u8>,
        /// Those of W3C Trace Context.
        #[prost(fixed32, tag = "16")]
        flags: u32,
        /// What it is of.
        #[prost(string, tag = "5")]
        name: String,
        /// A [`SpanKind`].
        #[prost(int32, tag = "6")]
        kind: i32,
        /// Its beginning.
        #[prost(fixed64, tag = "7")]
        #[serde(with = "text_of_number")]
        start_time_unix_nano: u64,
        /// Its end.
        #[prost(fixed64, tag = "8")]
        #[serde(with = "text_of_number")]
        end_time_unix_nano: u64,
        /// More of it.
        #[prost(message, repeated, tag = "9")]
        attributes: Vec<KeyValue>,
        /// What happened in it.
        #[prost(message, repeated, tag = "11")]
        events: Vec<Event>,
        /// Whether it failed.
        #[prost(message, optional, tag = "15")]
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<Status>,
    }
    /// Something that happened in a span.
    Event {
        /// When.
        #[prost(fixed64, tag = "1")]
        #[serde(with = "text_of_number")]
        time_unix_nano: u64,
        /// What.
        #[prost(string, tag = "2")]
        name: String,
        /// More of it.
        #[prost(message, repeated, tag = "3")]
        attributes: Vec<KeyValue>,
    }
    /// How a span ended.
    Status {
        /// In words.
        #[prost(string, tag = "2")]
        message: String,
        /// A [`StatusCode`].
        #[prost(int32, tag = "3")]
        code: i32,
    }
}

/// A value.
#[derive(Clone, PartialEq, prost::Oneof, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Value {
    /// A text.
    #[prost(string, tag = "1")]
    StringValue(String),
    /// A whole number.
    #[prost(int64, tag = "3")]
    IntValue(#[serde(with = "text_of_number")] i64),
    /// A number.
    #[prost(double, tag = "4")]
    DoubleValue(f64),
}

/// A number.
#[derive(Clone, Copy, PartialEq, prost::Oneof, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NumberValue {
    /// With a fraction.
    #[prost(double, tag = "4")]
    AsDouble(f64),
}

/// The points of a metric.
#[derive(Clone, PartialEq, prost::Oneof, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MetricData {
    /// Values of now.
    #[prost(message, tag = "5")]
    Gauge(Gauge),
    /// Sums.
    #[prost(message, tag = "7")]
    Sum(Sum),
    /// Distributions.
    #[prost(message, tag = "9")]
    Histogram(Histogram),
}

/// Since when sums are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Temporality {
    /// Since the same moment in all messages.
    Cumulative = 2,
}

/// What a span is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum SpanKind {
    /// Something in this program.
    Internal = 1,
    /// A request to another one.
    Client = 3,
}

/// How a span ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum StatusCode {
    /// Not well.
    Error = 2,
}

/// Ids in JSON.
mod hexadecimal {
    use std::fmt::Write;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        let text = bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a text takes what is written");
            text
        });
        serializer.serialize_str(&text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let bytes: Option<Vec<u8>> = text.as_bytes().chunks(2).map(pair).collect();
        bytes.ok_or_else(|| D::Error::custom("not hexadecimal"))
    }
}

/// Numbers of 64 bits in JSON: texts, but read as numbers too.
mod text_of_number {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<T: Display, S: Serializer>(number: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(super) fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let text = match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        text.parse().map_err(|_| D::Error::custom("not a number"))
    }
}

/// Lists of them.
mod texts_of_numbers {
    use serde::ser::SerializeSeq;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(numbers: &[u64], serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(numbers.len()))?;
        for number in numbers {
            list.serialize_element(&number.to_string())?;
        }
        list.end()
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
        #[derive(Deserialize)]
        struct Number(#[serde(with = "super::text_of_number")] u64);
        Ok(Vec::<Number>::deserialize(deserializer)?.into_iter().map(|Number(number)| number).collect())
    }
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;

    #[test]
    fn a_span_is_written_as_the_protocol_has_it() {
        let attributes =
            vec![KeyValue { key: "n".into(), value: Some(AnyValue { value: Some(Value::IntValue(7)) }) }];
        let span = Span {
            trace_id: vec![0xab; 16],
            span_id: vec![1; 8],
            name: "a".into(),
            start_time_unix_nano: 1,
            attributes,
            ..Span::default()
        };
        let json = serde_json::to_value(&span).unwrap();
        assert_eq!(json["traceId"], "ab".repeat(16));
        assert_eq!(json["startTimeUnixNano"], "1");
        assert_eq!(json["attributes"][0]["value"]["intValue"], "7");
        assert_eq!(serde_json::from_value::<Span>(json).unwrap(), span);
        let bytes = span.encode_to_vec();
        // Field 1, bytes, 16 of them.
        assert_eq!(bytes[..3], [0x0a, 0x10, 0xab]);
        assert_eq!(Span::decode(&bytes[..]).unwrap(), span);
    }

    #[test]
    fn an_answer_of_a_collector_is_understood_however_it_writes_numbers() {
        for text in [
            r#"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"no"}}"#,
            r#"{"partialSuccess":{"rejectedSpans":3,"errorMessage":"no"}}"#,
        ] {
            let answer: TraceAnswer = serde_json::from_str(text).unwrap();
            assert_eq!(answer.partial_success.unwrap().rejected, 3);
        }
        assert_eq!(serde_json::from_str::<TraceAnswer>("{}").unwrap().partial_success, None);
    }
}
