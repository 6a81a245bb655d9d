// Package journeyhooks is where the exports of the world journey find the journey.
package journeyhooks

import (
	types "outrider.dev/outrider/internal/bindings/outrider_plugin_journey_types"
	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_types"
	wit "outrider.dev/outrider/internal/wit/types"
)

// Outcome is how an exported function ended.
type Outcome = wit.Result[wit.Unit, contract.Failure]

// Guest is what the host calls.
type Guest interface {
	Describe() types.Description
	Setup() wit.Result[wit.Option[string], contract.Failure]
	Start(user types.User) Outcome
	Iterate(iteration types.Iteration) Outcome
	Stop() Outcome
	Teardown() Outcome
}

// Journey is the component's journey.
var Journey Guest

// Describe is called by the host, first.
func Describe() types.Description {
	if Journey == nil {
		panic("there is no journey: nothing calls outrider.Journey in func init(); main is never run")
	}
	return Journey.Describe()
}

// Setup is called by the host.
func Setup() wit.Result[wit.Option[string], contract.Failure] { return Journey.Setup() }

// Start is called by the host.
func Start(user types.User) Outcome { return Journey.Start(user) }

// Iterate is called by the host.
func Iterate(iteration types.Iteration) Outcome { return Journey.Iterate(iteration) }

// Stop is called by the host.
func Stop() Outcome { return Journey.Stop() }

// Teardown is called by the host.
func Teardown() Outcome { return Journey.Teardown() }
