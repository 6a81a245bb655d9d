// Package channelhooks is where the exports of the world alert-channel find the channel.
package channelhooks

import (
	types "outrider.dev/outrider/internal/bindings/outrider_plugin_alerts"
	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_types"
	wit "outrider.dev/outrider/internal/wit/types"
)

// Guest is what the host calls.
type Guest interface {
	Describe() types.Description
	Start() wit.Result[wit.Unit, contract.Failure]
	Deliver(alert types.Alert) wit.Result[wit.Unit, types.DeliveryError]
}

// Channel is the component's channel.
var Channel Guest

// Describe is called by the host, first.
func Describe() types.Description {
	if Channel == nil {
		panic("there is no alert channel: nothing calls alerts.Channel in func init(); main is never run")
	}
	return Channel.Describe()
}

// Start is called by the host.
func Start() wit.Result[wit.Unit, contract.Failure] { return Channel.Start() }

// Deliver is called by the host.
func Deliver(alert types.Alert) wit.Result[wit.Unit, types.DeliveryError] {
	return Channel.Deliver(alert)
}
