package failure

import (
	"fmt"

	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_types"
	"outrider.dev/outrider/internal/text"
	wit "outrider.dev/outrider/internal/wit/types"
)

// Thrown is what panics with an error that is to be taken as if it had been returned.
type Thrown struct{ Err error }

// String is what Go prints of it where nobody catches it.
func (t Thrown) String() string { return t.Err.Error() }

// returned is a thrown error with the place where it was thrown.
type returned struct {
	error
	trace Trace
}

// Unwrap is the error that was thrown.
func (r *returned) Unwrap() error { return r.error }

// Trace is where it was thrown.
func (r *returned) Trace() Trace { return r.trace }

// Guarded calls a function and turns a panic into an error with the stack of the panic.
func Guarded(body func() error) (err error) {
	defer func() {
		switch value := recover().(type) {
		case nil:
		case Thrown:
			err = &returned{value.Err, Here()}
		default:
			err = &Error{kind: Plugin, cause: fmt.Errorf("panic: %v", value), trace: Here()}
		}
	}()
	return body()
}

// ToContract is an error in the contract's terms.
func ToContract(err error) contract.Failure {
	stack := wit.None[string]()
	if text := TraceOf(err).String(); text != "" {
		stack = wit.Some(text)
	}
	return contract.Failure{Kind: contract.FailureKind(Of(err)), Message: text.Valid(err.Error()), Stack: stack}
}
