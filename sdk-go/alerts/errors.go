package alerts

import (
	"errors"
	"fmt"

	"outrider.dev/outrider/http"
	types "outrider.dev/outrider/internal/bindings/outrider_plugin_alerts"
	"outrider.dev/outrider/internal/failure"
	"outrider.dev/outrider/internal/text"
)

// DeliveryError says why an alert was not delivered, and whether to try it again. [TryAgain] and [Refused] make it.
//
// An error that is none, neither itself nor in its chain, is judged by whose fault it is: what the other side did not do (no
// answer, another status than expected) may work later, and is tried again; all else, and a panic, says that the channel itself
// broke.
type DeliveryError struct {
	// Again is whether it may work later.
	Again bool
	cause error
}

// TryAgain says of an error that it may work later; of none, that there is none.
func TryAgain(err error) error { return deliveryError(true, err) }

// Refused says of an error that it will not work, however often it is tried; of none, that there is none.
func Refused(err error) error { return deliveryError(false, err) }

// Accepted says by an answer's status whether the other side took it: those from 200 to 299 say so. 408, 429 and those from 500
// on are to be tried again, all others are a refusal; also 101, which promises another protocol and delivers nothing.
func Accepted(answer *http.Response) error {
	status := answer.Status()
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == 408, status == 429, status >= 500:
		return TryAgain(fmt.Errorf("status %d", status))
	}
	return Refused(fmt.Errorf("status %d", status))
}

// Error is why.
func (e *DeliveryError) Error() string { return e.cause.Error() }

// Unwrap is the error that was judged.
func (e *DeliveryError) Unwrap() error { return e.cause }

func deliveryError(again bool, err error) error {
	if err == nil {
		return nil
	}
	return &DeliveryError{Again: again, cause: err}
}

func toContract(err error) types.DeliveryError {
	var judged *DeliveryError
	switch {
	case errors.As(err, &judged) && !judged.Again:
		return types.MakeDeliveryErrorRefused(text.Valid(err.Error()))
	case judged != nil, failure.Of(err) == failure.Target:
		return types.MakeDeliveryErrorTryAgain(text.Valid(err.Error()))
	}
	return types.MakeDeliveryErrorBroken(failure.ToContract(err))
}
