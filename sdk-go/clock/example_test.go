package clock_test

import (
	"time"

	"outrider.dev/outrider/clock"
	"outrider.dev/outrider/http"
)

// Polls until something is there, for ten seconds at most.
func Example() {
	_ = func() error {
		until := clock.Elapsed() + 10*time.Second
		for {
			answer, err := http.Get("/api/jobs/1", http.Name("poll"))
			if err != nil || answer.Status() == 200 || clock.Elapsed() > until {
				return err
			}
			clock.Sleep(200 * time.Millisecond)
		}
	}
}
