// Package transformhooks is where the exports of the world transform find the transform.
package transformhooks

import (
	types "outrider.dev/outrider/internal/bindings/outrider_plugin_transforms"
	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_types"
	wit "outrider.dev/outrider/internal/wit/types"
)

// Guest is what the host calls.
type Guest interface {
	Describe() types.Description
	Start() wit.Result[wit.Unit, contract.Failure]
	Transform(records []types.RawRecord) wit.Result[[]types.Outcome, contract.Failure]
}

// Transformer is the component's transform.
var Transformer Guest

// Describe is called by the host, first.
func Describe() types.Description {
	if Transformer == nil {
		panic("there is no transform: nothing calls transforms.Transform in func init(); main is never run")
	}
	return Transformer.Describe()
}

// Start is called by the host.
func Start() wit.Result[wit.Unit, contract.Failure] { return Transformer.Start() }

// Transform is called by the host.
func Transform(records []types.RawRecord) wit.Result[[]types.Outcome, contract.Failure] {
	return Transformer.Transform(records)
}
