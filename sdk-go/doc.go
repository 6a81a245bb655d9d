// Package outrider is for journeys: what one user does.
//
//	package main
//
//	import (
//		"time"
//
//		"outrider.dev/outrider"
//		"outrider.dev/outrider/check"
//		"outrider.dev/outrider/http"
//	)
//
//	func init() {
//		outrider.Journey(outrider.Definition{Name: "visit", Description: "Looks at the home page.", Run: visit})
//	}
//
//	func visit(*outrider.Iteration) error {
//		page, err := http.Get("/")
//		if err != nil {
//			return err
//		}
//		check.Equal("status is 200", page.Status(), 200)
//		outrider.Think(500 * time.Millisecond)
//		return nil
//	}
//
//	func main() {}
//
// The host builds it with the Go that is installed (1.25 or newer) and runs it: host run visit.go --target URL. It makes
// one instance of the component for each virtual user, and calls it one call at a time: package variables are one user's
// own. Requests are sent and measured by the host; an answer's body stays there until the journey asks for a part of it.
//
// Every call of the host waits, and with it all goroutines of the user: requests side by side are
// [outrider.dev/outrider/http.Batch].
//
// An assertion pack says what must hold about the answers that any journey gets: see package assertions. A transform makes rows
// of raw records, package transforms; an alert channel tells people that a monitor fails, package alerts. A component is one of
// the four: it imports one of these packages or this one.
//
// Calls of the host do nothing outside of WebAssembly: what a guest computes can be tested with go test, what it asks of
// the host cannot.
package outrider
