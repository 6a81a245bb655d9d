// Package data gives test data from the files that the run was given (--data NAME=FILE:POLICY).
package data

import (
	"encoding/json"
	"fmt"
	"strings"

	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_data"
	"outrider.dev/outrider/internal/failure"
)

// Code is why there is no row.
type Code string

// Why there is no row.
const (
	// Unknown: the run has no data of that name.
	Unknown Code = "unknown"
	// Exhausted: every row has been used.
	Exhausted Code = "exhausted"
	// Shape: the row has other fields than the type that was asked for.
	Shape Code = "shape"
	// Other: anything else, in the host's words.
	Other Code = "other"
)

// Error says that there is no row, and why.
type Error struct {
	// Code is why.
	Code Code
	// Name is the data's name.
	Name    string
	message string
	trace   failure.Trace
}

// Error is the reason in words.
func (e *Error) Error() string { return e.message }

// Kind is whose fault it is: the plugin's.
func (e *Error) Kind() failure.Kind { return failure.Plugin }

// Trace is where it was asked for.
func (e *Error) Trace() failure.Trace { return e.trace }

// Row is this iteration's row, as a T. Which one it is, the data's policy says: unique, circular, random or shuffled. It
// follows from the iteration's number over all workers, and is the same however often it is asked for within an iteration.
// In Start and Stop it is the user's own row.
//
//	type Customer struct {
//		Email    string `json:"email"`
//		Password string `json:"password"`
//	}
//
//	customer, err := data.Row[Customer]("customers")
func Row[T any](name string) (row T, err error) {
	text, failed, ok := contract.Row(name).Get()
	if !ok {
		return row, errorOf(name, failed)
	}
	if err := json.Unmarshal([]byte(text), &row); err != nil {
		return row, made(Shape, name, fmt.Sprintf("the row of '%s' does not fit: %v", name, err))
	}
	return row, nil
}

// Count is how many rows there are.
func Count(name string) (uint64, error) {
	count, failed, ok := contract.Count(name).Get()
	if !ok {
		return 0, errorOf(name, failed)
	}
	return count, nil
}

func errorOf(name string, failed contract.DataError) *Error {
	switch failed.Tag() {
	case contract.DataErrorUnknown:
		known := ""
		if names := failed.Unknown(); len(names) > 0 {
			known = ", only " + strings.Join(names, ", ")
		}
		return made(Unknown, name, fmt.Sprintf("the run has no data '%s'%s (hint: --data %s=FILE)", name, known, name))
	case contract.DataErrorExhausted:
		return made(Exhausted, name, fmt.Sprintf("every row of '%s' has been used: there are %d", name, failed.Exhausted()))
	default:
		return made(Other, name, fmt.Sprintf("cannot read '%s': %s", name, failed.Other()))
	}
}

func made(code Code, name, message string) *Error {
	return &Error{Code: code, Name: name, message: message, trace: failure.Here()}
}
