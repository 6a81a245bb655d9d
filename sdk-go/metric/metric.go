// Package metric has metrics of your own, with k6's four kinds. A value carries at most 32 tags, the iteration's first;
// more are left out. Metrics may be package variables.
//
//	metric.Counter("orders").Add(1)
//	metric.Gauge("items in cart").Set(3)
//	metric.Rate("coupon accepted").Record(true)
//	metric.Trend("price").Tag("currency", "EUR").Record(19.99)
package metric

import (
	"slices"

	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_measure"
	"outrider.dev/outrider/internal/tags"
)

// Counter is a metric whose values are added up.
func Counter(name string) CounterMetric {
	return CounterMetric{series{name: name, kind: contract.MetricKindCounter}}
}

// Gauge is a metric whose last value counts.
func Gauge(name string) GaugeMetric {
	return GaugeMetric{series{name: name, kind: contract.MetricKindGauge}}
}

// Rate is a metric of which the share of values that are true counts.
func Rate(name string) RateMetric {
	return RateMetric{series{name: name, kind: contract.MetricKindRate}}
}

// Trend is a metric whose values are a distribution, reported by percentiles.
func Trend(name string) TrendMetric {
	return TrendMetric{series{name: name, kind: contract.MetricKindTrend}}
}

// CounterMetric is a counter: see [Counter].
type CounterMetric struct{ series }

// Tag is the counter with one more tag.
func (m CounterMetric) Tag(key, value string) CounterMetric {
	return CounterMetric{m.tagged(key, value)}
}

// Add adds a value.
func (m CounterMetric) Add(value float64) { m.record(value) }

// GaugeMetric is a gauge: see [Gauge].
type GaugeMetric struct{ series }

// Tag is the gauge with one more tag.
func (m GaugeMetric) Tag(key, value string) GaugeMetric { return GaugeMetric{m.tagged(key, value)} }

// Set sets the value.
func (m GaugeMetric) Set(value float64) { m.record(value) }

// RateMetric is a rate: see [Rate].
type RateMetric struct{ series }

// Tag is the rate with one more tag.
func (m RateMetric) Tag(key, value string) RateMetric { return RateMetric{m.tagged(key, value)} }

// Record adds an event that did or did not happen.
func (m RateMetric) Record(happened bool) {
	if happened {
		m.record(1)
	} else {
		m.record(0)
	}
}

// TrendMetric is a trend: see [Trend].
type TrendMetric struct{ series }

// Tag is the trend with one more tag.
func (m TrendMetric) Tag(key, value string) TrendMetric { return TrendMetric{m.tagged(key, value)} }

// Record adds a value of the distribution, in the metric's own unit.
func (m TrendMetric) Record(value float64) { m.record(value) }

type series struct {
	name string
	kind contract.MetricKind
	tags []tags.Tag
}

// tagged leaves the series itself as it is: it may be shared.
func (s series) tagged(key, value string) series {
	s.tags = append(slices.Clip(s.tags), tags.New(key, value))
	return s
}

func (s series) record(value float64) { contract.RecordMetric(s.name, s.kind, value, s.tags) }
