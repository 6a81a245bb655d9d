package metric_test

import "outrider.dev/outrider/metric"

// Metrics may be package variables.
var (
	orders = metric.Counter("orders")
	price  = metric.Trend("price")
)

func Example() {
	_ = func(cents int) {
		orders.Add(1)
		price.Tag("currency", "EUR").Record(float64(cents) / 100)
	}
}
