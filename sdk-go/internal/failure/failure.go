// Package failure says whose fault an error is, and where in the author's source it was noticed.
package failure

import (
	"errors"
	"fmt"
	"strings"
)

// Kind is whose fault an error is.
type Kind uint8

const (
	// Target: the site did not do what the journey asked of it. A result, like any other measurement.
	Target Kind = iota
	// Plugin: the plugin itself is wrong.
	Plugin
	// Abort: the run makes no sense any more; the host stops it.
	Abort
)

// String is the kind in one word.
func (k Kind) String() string {
	switch k {
	case Target:
		return "target"
	case Plugin:
		return "plugin"
	case Abort:
		return "abort"
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// Of is whose fault an error is: what the first error in its chain says that knows, else the plugin's.
func Of(err error) Kind {
	var known interface{ Kind() Kind }
	if errors.As(err, &known) {
		return known.Kind()
	}
	return Plugin
}

// TraceOf is where an error was noticed, as far as an error in its chain knows.
func TraceOf(err error) Trace {
	var known interface{ Trace() Trace }
	if errors.As(err, &known) {
		return known.Trace()
	}
	return nil
}

// Error is an error of a kind with the place where it was made.
type Error struct {
	kind  Kind
	cause error
	trace Trace
}

// New makes an error, with the place of the function that called the caller.
func New(kind Kind, cause error) *Error {
	return &Error{kind: kind, cause: cause, trace: Here()}
}

// Error is the message.
func (e *Error) Error() string { return e.cause.Error() }

// Unwrap is what the error was made of: where its words name a cause with %w, that one.
func (e *Error) Unwrap() error { return errors.Unwrap(e.cause) }

// Kind is whose fault it is.
func (e *Error) Kind() Kind { return e.kind }

// Trace is where it was made.
func (e *Error) Trace() Trace { return e.trace }

// All is all of these in one sentence, nil if there is none: what Go prints of a panic is known by its first line.
func All(faults ...error) error {
	var sentences []string
	for _, fault := range faults {
		if fault != nil {
			sentences = append(sentences, fault.Error())
		}
	}
	if len(sentences) == 0 {
		return nil
	}
	return errors.New(strings.Join(sentences, "; "))
}
