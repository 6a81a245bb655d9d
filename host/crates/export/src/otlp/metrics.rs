//! The registry as OTLP metrics, pushed again and again.

use std::sync::Arc;

use outrider_model::{RunClock, Timestamp};

use super::OtlpConfig;
use super::attributes::{number, resource, scope, text};
use super::messages::{
    Gauge, Histogram, HistogramDataPoint, KeyValue, Metric, MetricData, MetricsRequest, NumberDataPoint,
    NumberValue, ResourceMetrics, ScopeMetrics, Sum, Temporality,
};
use super::sender::{Ending, Sender};
use crate::RunIdentity;
use crate::metrics::{BOUNDS_S, Data, Family, Labels, SharedRegistry};

/// All counts go on from the start of the run: an export that is lost is made good by the next one.
const CUMULATIVE: i32 = Temporality::Cumulative as i32;

/// Exports again and again until the end, and once more then. What did not get there in the end, and what was rejected.
pub(crate) async fn push_metrics(
    config: Arc<OtlpConfig>,
    registry: SharedRegistry,
    run: RunIdentity,
    sender: Sender,
    ending: Ending,
    clock: RunClock,
) -> Vec<String> {
    let message = || request(&registry.families(), &run, &config.attributes, clock.now());
    let mut wait = config.interval;
    while !ending.within(wait).await {
        // An export that fails is not repeated: the next one says all that it would have said.
        let now = message();
        let asked = tokio::select! {
            asked = sender.once(&now) => asked,
            // Nor is it waited for: the last one says more.
            _ = ending.begun() => break,
        };
        wait = asked.map_or(config.interval, |after| after.max(config.interval));
    }
    let failed = sender.until_accepted(&message(), &ending).await;
    let failed = failed.map(|why| format!("the last metrics did not get to {}: {why}", sender.place()));
    failed.into_iter().chain(sender.rejected::<MetricsRequest>()).collect()
}

fn request(
    families: &[Family],
    run: &RunIdentity,
    of_environment: &[(String, String)],
    now: Timestamp,
) -> MetricsRequest {
    let times = Times { start: nanoseconds(run.started_at), now: nanoseconds(now) };
    let metrics = families.iter().map(|family| times.metric(family)).collect();
    let scope_metrics = vec![ScopeMetrics { scope: Some(scope(run)), metrics }];
    let resource = Some(resource(run, of_environment));
    MetricsRequest { resource_metrics: vec![ResourceMetrics { resource, scope_metrics }] }
}

pub(super) fn nanoseconds(at: Timestamp) -> u64 {
    u64::try_from(at.0).unwrap_or(0)
}

#[derive(Clone, Copy)]
struct Times {
    start: u64,
    now: u64,
}

impl Times {
    fn metric(self, family: &Family) -> Metric {
        let data = match &family.data {
            Data::Counter(points) => MetricData::Sum(Sum {
                data_points: points.iter().map(|(labels, value)| self.number(labels, *value)).collect(),
                aggregation_temporality: CUMULATIVE,
                is_monotonic: true,
            }),
            Data::Gauge(points) => MetricData::Gauge(Gauge {
                data_points: points.iter().map(|(labels, value)| self.number(labels, *value)).collect(),
            }),
            Data::Histogram(points) => histogram(points.iter().map(|(labels, all)| HistogramDataPoint {
                count: all.count(),
                sum: Some(all.sum),
                bucket_counts: all.counts.to_vec(),
                explicit_bounds: BOUNDS_S.to_vec(),
                ..self.point(labels)
            })),
            // One bucket for all: nobody knows the unit here.
            Data::Summary(points) => {
                histogram(points.iter().map(|(labels, sum, count)| HistogramDataPoint {
                    count: *count,
                    sum: Some(*sum),
                    bucket_counts: vec![*count],
                    ..self.point(labels)
                }))
            }
        };
        Metric {
            name: family.otlp.to_owned(),
            description: family.help.to_owned(),
            unit: family.unit.to_owned(),
            data: Some(data),
        }
    }

    fn number(self, labels: &Labels, value: f64) -> NumberDataPoint {
        NumberDataPoint {
            attributes: attributes(labels),
            start_time_unix_nano: self.start,
            time_unix_nano: self.now,
            value: Some(NumberValue::AsDouble(value)),
        }
    }

    fn point(self, labels: &Labels) -> HistogramDataPoint {
        HistogramDataPoint {
            attributes: attributes(labels),
            start_time_unix_nano: self.start,
            time_unix_nano: self.now,
            ..HistogramDataPoint::default()
        }
    }
}

fn histogram(points: impl Iterator<Item = HistogramDataPoint>) -> MetricData {
    MetricData::Histogram(Histogram { data_points: points.collect(), aggregation_temporality: CUMULATIVE })
}

fn attributes(Labels(labels): &Labels) -> Vec<KeyValue> {
    let given = labels.iter().filter(|(_, value)| !value.is_empty());
    given
        .map(|(label, value)| match value.parse::<i64>() {
            Ok(value) if label.is_number => number(label.otlp, value),
            _ => text(label.otlp, &**value),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::test_run::{START, drops, identity, request as exchange};

    #[test]
    fn durations_of_requests_have_the_names_of_the_semantic_conventions() {
        let registry = SharedRegistry::new(identity(), drops());
        registry.add(&exchange("/cart", Some(503), Duration::from_millis(20)));
        let now = START + Duration::from_secs(3);
        let message = request(&registry.families(), &identity(), &[], now);
        let metrics = &message.resource_metrics[0].scope_metrics[0].metrics;
        let duration = metrics.iter().find(|metric| metric.name == "http.client.request.duration").unwrap();
        let Some(MetricData::Histogram(histogram)) = &duration.data else { panic!("{duration:?}") };
        assert_eq!((duration.unit.as_str(), histogram.aggregation_temporality), ("s", CUMULATIVE));
        let point = &histogram.data_points[0];
        assert_eq!((point.count, point.bucket_counts.len()), (1, point.explicit_bounds.len() + 1));
        assert_eq!(
            (point.start_time_unix_nano, point.time_unix_nano),
            (nanoseconds(START), nanoseconds(now))
        );
        for expected in [
            text("http.request.method", "GET"),
            text("server.address", "shop.test"),
            number("server.port", 8080_i64),
            number("http.response.status_code", 503_i64),
            text("error.type", "status 503"),
            text("url.template", "/cart"),
        ] {
            assert!(point.attributes.contains(&expected), "{expected:?} in {:?}", point.attributes);
        }
        let resource = message.resource_metrics[0].resource.as_ref().unwrap();
        assert!(resource.attributes.contains(&text("outrider.run.tag.commit", "4f2a9c")));
    }
}
