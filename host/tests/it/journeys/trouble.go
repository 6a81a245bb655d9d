// What can go wrong in a journey in Go, one scenario each.
package main

import (
	"fmt"
	"os"
	"time"

	"outrider.dev/outrider"
	"outrider.dev/outrider/http"
)

func init() {
	outrider.Journey(outrider.Definition{
		Name: "trouble",
		Scenarios: []outrider.Scenario{
			{Name: "reads", Run: reads},
			{Name: "panics", Run: panics},
			{Name: "panics-aside", Run: panicsAside},
			{Name: "must", Run: must},
			{Name: "waits-for-ever", Run: waitsForEver},
			{Name: "exits", Run: func(*outrider.Iteration) error { os.Exit(3); return nil }},
			{Name: "recurses", Run: recurses},
			{Name: "spins", Run: func(*outrider.Iteration) error { return spin() }},
			{Name: "sleeps", Run: sleeps},
			{Name: "wraps", Run: wraps},
		},
	})
}

func main() {}

var kept [][]byte

// reads reads large answers while it keeps others, so that Go's collector has work to do at any time.
func reads(*outrider.Iteration) error {
	for range 100 {
		page, err := http.Get("/large")
		if err != nil {
			return err
		}
		text, err := page.Text()
		if err != nil {
			return err
		}
		if text[0] != 'x' || text[len(text)-1] != 'x' || len(text) != 1<<20 {
			return fmt.Errorf("%d bytes that begin with %q", len(text), text[0])
		}
		kept = append(kept, []byte(text[:100_000]))
		if len(kept) > 20 {
			kept = kept[10:]
		}
	}
	return nil
}

type cart struct{ items []string }

func panics(*outrider.Iteration) error {
	return outrider.Step("buy", func() error {
		fmt.Println(first(&cart{}))
		return nil
	})
}

func first(c *cart) string { return c.items[0] }

func panicsAside(*outrider.Iteration) error {
	go func() { panic("nobody catches this") }()
	time.Sleep(time.Millisecond)
	return nil
}

func must(*outrider.Iteration) error {
	page := outrider.Must(http.Get("/large"))
	outrider.Must(page.Regex("zebra", 0))
	return nil
}

func waitsForEver(*outrider.Iteration) error {
	<-make(chan int)
	return nil
}

func recurses(i *outrider.Iteration) error {
	if err := recurses(i); err != nil {
		return fmt.Errorf("deeper: %w", err)
	}
	return nil
}

func spin() error {
	for i := 0; ; i++ {
		if i < 0 {
			return nil
		}
	}
}

func sleeps(*outrider.Iteration) error {
	done := make(chan time.Time)
	go func() {
		time.Sleep(20 * time.Millisecond)
		done <- time.Now()
	}()
	before := time.Now()
	if waited := (<-done).Sub(before); waited < 20*time.Millisecond {
		return fmt.Errorf("it waited %v", waited)
	}
	return nil
}

func wraps(*outrider.Iteration) error {
	if _, err := http.Get("/loop", http.Redirects(3)); err != nil {
		return fmt.Errorf("the login failed: %w", err)
	}
	return nil
}
