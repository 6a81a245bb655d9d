// Three calls of the host an iteration and no request: what a guest in Go costs.
package main

import (
	"outrider.dev/outrider"
	"outrider.dev/outrider/metric"
)

func init() {
	outrider.Journey(outrider.Definition{
		Name:        "calls",
		Description: "Calls the host three times.",
		Run: func(*outrider.Iteration) error {
			return outrider.Step("work", func() error {
				metric.Counter("work.done").Add(1)
				return nil
			})
		},
	})
}

func main() {}
