package outrider

import (
	"fmt"

	"outrider.dev/outrider/internal/failure"
)

// ErrorKind is whose fault an error is.
type ErrorKind = failure.Kind

const (
	// Target is the kind of errors that are the site's fault: it did not do what the journey asked of it. A result, like
	// any other measurement.
	Target = failure.Target
	// Plugin is the kind of errors that are the journey's own fault.
	Plugin = failure.Plugin
	// AbortRun is the kind of errors that end the run.
	AbortRun = failure.Abort
)

// KindOf is whose fault an error is, by the first error in its chain that knows: those of package http that are the
// site's fault keep that meaning when they are wrapped with %w. Any other error is the journey's own.
func KindOf(err error) ErrorKind { return failure.Of(err) }

// Fail is an error of the site's fault: returned from a scenario, it ends the iteration as failed because the site did
// not do what was asked of it. The words are those of [fmt.Errorf].
//
//	if total == 0 {
//		return outrider.Fail("the cart is empty: total is %d", total)
//	}
func Fail(format string, arguments ...any) error {
	return failure.New(failure.Target, fmt.Errorf(format, arguments...))
}

// Abort is an error that ends the whole run: it makes no sense any more. The words are those of [fmt.Errorf].
func Abort(format string, arguments ...any) error {
	return failure.New(failure.Abort, fmt.Errorf(format, arguments...))
}

// Must is a value, or panics with an error: for what a journey cannot go on without, where handling each error would
// hide what it does. The iteration ends as if the scenario had returned the error.
//
//	page := outrider.Must(http.Get("/"))
func Must[T any](value T, err error) T {
	if err != nil {
		panic(failure.Thrown{Err: err})
	}
	return value
}
