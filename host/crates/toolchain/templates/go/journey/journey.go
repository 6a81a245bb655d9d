// {{name}}: opens the home page.
package main

import (
	"time"

	"outrider.dev/outrider"
	"outrider.dev/outrider/check"
	"outrider.dev/outrider/http"
)

func init() {
	outrider.Journey(outrider.Definition{
		Name:        "{{name}}",
		Description: "Opens the home page.",
		Run:         visit,
	})
}

// visit is one iteration.
func visit(*outrider.Iteration) error {
	if err := outrider.Step("home page", homePage); err != nil {
		return err
	}
	outrider.ThinkBetween(500*time.Millisecond, 1500*time.Millisecond)
	return nil
}

func homePage() error {
	page, err := http.Get("/")
	if err != nil {
		return err
	}
	check.Equal("status is 200", page.Status(), 200)
	return nil
}

// main is never called.
func main() {}
