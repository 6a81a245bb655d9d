// Package vars is what the run was told, and what Setup returned.
package vars

import (
	"encoding/json"
	"fmt"

	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_vars"
	"outrider.dev/outrider/internal/failure"
)

// Parameters are the run's parameters (--set KEY=VALUE), as a T. The host checked them against the schema of the
// definition, and filled in its defaults. They do not change during a run, so Start is the place to read them.
//
//	type Parameters struct {
//		ThinkMS uint64 `json:"think_ms"`
//	}
//
//	parameters, err := vars.Parameters[Parameters]()
func Parameters[T any]() (T, error) {
	return decoded[T]("the parameters", contract.Parameters())
}

// SetupData is what Setup returned, as a T; the zero value before and without it.
func SetupData[T any]() (T, error) {
	return decoded[T]("the set-up data", contract.SetupData())
}

// SecretError says that there is no secret, and why.
type SecretError struct {
	// Name is the secret's name.
	Name string
	// Known are the names that the run has, where it has none of that name.
	Known   []string
	message string
	trace   failure.Trace
}

// Error is the reason in words.
func (e *SecretError) Error() string { return e.message }

// Trace is where it was asked for.
func (e *SecretError) Trace() failure.Trace { return e.trace }

// Secret is the value of a secret that the run was given (--secret NAME). The host keeps it out of every row, log and
// message.
func Secret(name string) (string, error) {
	value, failed, ok := contract.Secret(name).Get()
	if ok {
		return value, nil
	}
	if failed.Tag() == contract.SecretErrorNotGranted {
		known := failed.NotGranted()
		message := fmt.Sprintf("the run has no secret '%s', only %q", name, known)
		return "", &SecretError{Name: name, Known: known, message: message, trace: failure.Here()}
	}
	message := fmt.Sprintf("cannot read the secret '%s': %s", name, failed.Other())
	return "", &SecretError{Name: name, message: message, trace: failure.Here()}
}

func decoded[T any](what, text string) (value T, err error) {
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		return value, failure.New(failure.Plugin, fmt.Errorf("%s do not fit the type: %w", what, err))
	}
	return value, nil
}
