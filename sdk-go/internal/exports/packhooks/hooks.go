// Package packhooks is where the exports of the world assertion-pack find the pack.
package packhooks

import (
	types "outrider.dev/outrider/internal/bindings/outrider_plugin_assertions"
	measure "outrider.dev/outrider/internal/bindings/outrider_plugin_measure"
	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_types"
	wit "outrider.dev/outrider/internal/wit/types"
)

// Guest is what the host calls.
type Guest interface {
	Describe() types.Description
	Start() wit.Result[wit.Unit, contract.Failure]
	CheckExchange(exchange types.Exchange) []measure.Verdict
	CheckStep(step types.Step) []measure.Verdict
	CheckPage(page types.Page) []measure.Verdict
	CheckIteration(iteration types.Iteration) []measure.Verdict
}

// Pack is the component's pack.
var Pack Guest

// Describe is called by the host, first.
func Describe() types.Description {
	if Pack == nil {
		panic("there is no assertion pack: nothing calls assertions.Pack in func init(); main is never run")
	}
	return Pack.Describe()
}

// Start is called by the host.
func Start() wit.Result[wit.Unit, contract.Failure] { return Pack.Start() }

// CheckExchange is called by the host.
func CheckExchange(exchange types.Exchange) []measure.Verdict { return Pack.CheckExchange(exchange) }

// CheckStep is called by the host.
func CheckStep(step types.Step) []measure.Verdict { return Pack.CheckStep(step) }

// CheckPage is called by the host.
func CheckPage(page types.Page) []measure.Verdict { return Pack.CheckPage(page) }

// CheckIteration is called by the host.
func CheckIteration(iteration types.Iteration) []measure.Verdict {
	return Pack.CheckIteration(iteration)
}
