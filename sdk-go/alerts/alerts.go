// Package alerts is for alert channels: how people are told that a monitor fails, by a chat, a pager, a ticket.
//
//	func init() {
//		alerts.Channel(alerts.Definition{
//			Name:        "chat",
//			Description: "Writes into the team's chat.",
//			Deliver:     post,
//		})
//	}
//
//	func post(alert *alerts.Alert) error {
//		hook, err := vars.Secret("CHAT_HOOK")
//		if err != nil {
//			return err // Without its secret the channel is broken: nobody refused anything.
//		}
//		answer, err := http.Post(hook, http.JSON(map[string]string{"text": alert.Summary}))
//		if err != nil {
//			return err
//		}
//		return alerts.Accepted(answer)
//	}
//
// What a channel sends is not part of any load: it has requests, secrets, parameters, log lines and the clock, and neither test
// data nor random numbers.
package alerts

import (
	"errors"
	"fmt"

	_ "outrider.dev/outrider/internal/bindings/channel_exports" // What the host calls.
	types "outrider.dev/outrider/internal/bindings/outrider_plugin_alerts"
	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_types"
	"outrider.dev/outrider/internal/exports/channelhooks"
	"outrider.dev/outrider/internal/failure"
	"outrider.dev/outrider/internal/jsontext"
	wit "outrider.dev/outrider/internal/wit/types"
)

// Definition is what a channel is. Name and Deliver are needed.
type Definition struct {
	// Name is its name.
	Name string
	// Description is whom it tells, in one sentence.
	Description string
	// Parameters is the JSON Schema of its parameters, an object: a value that becomes JSON, or JSON text as a string.
	Parameters any
	// Start is called once for each instance; the place to read parameters, with vars.Parameters, and secrets.
	Start func() error
	// Deliver delivers an alert; it may take a minute. It is called again with the same one after [TryAgain]. What an error
	// means, [DeliveryError] says.
	Deliver func(alert *Alert) error
}

// Channel makes a definition the component's alert channel. It is called in init, once: main is never run. It panics where the
// definition cannot be a channel, with all that is wrong with it.
func Channel(definition Definition) {
	if channelhooks.Channel != nil {
		panic("alerts.Channel is called twice: a component is one channel")
	}
	made, err := newChannel(definition)
	if err != nil {
		panic(fmt.Sprintf("the definition is no alert channel: %v", err))
	}
	channelhooks.Channel = made
}

// channel stands between the component's exports and the definition.
type channel struct {
	definition  Definition
	description types.Description
}

func newChannel(definition Definition) (*channel, error) {
	var faults []error
	if definition.Name == "" {
		faults = append(faults, errors.New("it has no Name"))
	}
	if definition.Deliver == nil {
		faults = append(faults, errors.New("it has no Deliver"))
	}
	parameters, err := jsontext.Schema(definition.Parameters)
	description := types.Description{Name: definition.Name, Description: definition.Description, Parameters: parameters}
	return &channel{definition, description}, failure.All(append(faults, err)...)
}

// Describe is called by the host.
func (c *channel) Describe() types.Description { return c.description }

// Start is called by the host.
func (c *channel) Start() wit.Result[wit.Unit, contract.Failure] {
	if c.definition.Start != nil {
		if err := failure.Guarded(c.definition.Start); err != nil {
			return wit.Err[wit.Unit](failure.ToContract(err))
		}
	}
	return wit.Ok[wit.Unit, contract.Failure](wit.Unit{})
}

// Deliver is called by the host.
func (c *channel) Deliver(alert types.Alert) wit.Result[wit.Unit, types.DeliveryError] {
	shown := alertOf(alert)
	if err := failure.Guarded(func() error { return c.definition.Deliver(shown) }); err != nil {
		return wit.Err[wit.Unit](toContract(err))
	}
	return wit.Ok[wit.Unit, types.DeliveryError](wit.Unit{})
}
