package outrider

import (
	"errors"
	"fmt"

	types "outrider.dev/outrider/internal/bindings/outrider_plugin_journey_types"
	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_types"
	"outrider.dev/outrider/internal/exports/journeyhooks"
	"outrider.dev/outrider/internal/failure"
	"outrider.dev/outrider/internal/jsontext"
	wit "outrider.dev/outrider/internal/wit/types"
)

// guest stands between the component's exports and the definition.
type guest struct {
	definition  Definition
	description types.Description
	scenarios   map[string]ScenarioFunc
	user        User
}

func newGuest(definition Definition) (*guest, error) {
	scenarios := definition.Scenarios
	var faults []error
	if definition.Run != nil {
		if len(scenarios) > 0 {
			faults = append(faults, errors.New("it has both Run and Scenarios"))
		}
		scenarios = []Scenario{{Name: DefaultScenario, Description: definition.Description, Run: definition.Run}}
	}
	if definition.Name == "" {
		faults = append(faults, errors.New("it has no Name"))
	}
	if len(scenarios) == 0 {
		faults = append(faults, errors.New("it has neither Run nor Scenarios"))
	}
	made := &guest{definition: definition, scenarios: make(map[string]ScenarioFunc, len(scenarios))}
	made.description = types.Description{Name: definition.Name, Description: definition.Description}
	for i, scenario := range scenarios {
		faults = append(faults, made.add(i, scenario))
	}
	parameters, err := jsontext.Schema(definition.Parameters)
	made.description.Parameters = parameters
	return made, failure.All(append(faults, err)...)
}

func (g *guest) add(position int, scenario Scenario) error {
	if scenario.Name == "" {
		return fmt.Errorf("scenario %d has no Name", position+1)
	}
	if scenario.Run == nil {
		return fmt.Errorf("scenario %q has no Run", scenario.Name)
	}
	if _, known := g.scenarios[scenario.Name]; known {
		return fmt.Errorf("there are two scenarios %q", scenario.Name)
	}
	weight := uint32(1)
	switch {
	case scenario.Weight > 0:
		weight = uint32(scenario.Weight)
	case scenario.Weight < 0:
		weight = 0
	}
	g.scenarios[scenario.Name] = scenario.Run
	described := types.Scenario{Name: scenario.Name, Description: scenario.Description, Weight: weight}
	g.description.Scenarios = append(g.description.Scenarios, described)
	return nil
}

// Describe is called by the host.
func (g *guest) Describe() types.Description { return g.description }

// Setup is called by the host.
func (g *guest) Setup() (result wit.Result[wit.Option[string], contract.Failure]) {
	data := wit.None[string]()
	err := guarded(func() error {
		if g.definition.Setup == nil {
			return nil
		}
		value, err := g.definition.Setup()
		if err != nil || value == nil {
			return err
		}
		text, err := jsontext.Of(value)
		data = wit.Some(text)
		return err
	})
	if err != nil {
		return wit.Err[wit.Option[string]](failureOf(err))
	}
	return wit.Ok[wit.Option[string], contract.Failure](data)
}

// Start is called by the host.
func (g *guest) Start(user types.User) journeyhooks.Outcome {
	g.user = User{VU: user.Vu}
	return g.call(func() error {
		if g.definition.Start == nil {
			return nil
		}
		return g.definition.Start(&g.user)
	})
}

// Iterate is called by the host.
func (g *guest) Iterate(iteration types.Iteration) journeyhooks.Outcome {
	return g.call(func() error {
		run, known := g.scenarios[iteration.Scenario]
		if !known {
			return fmt.Errorf("there is no scenario %q", iteration.Scenario)
		}
		return run(&Iteration{
			Scenario:      iteration.Scenario,
			Index:         iteration.Index,
			UserIteration: iteration.UserIteration,
			User:          g.user,
		})
	})
}

// Stop is called by the host.
func (g *guest) Stop() journeyhooks.Outcome { return g.call(g.definition.Stop) }

// Teardown is called by the host.
func (g *guest) Teardown() journeyhooks.Outcome { return g.call(g.definition.Teardown) }

func (g *guest) call(body func() error) journeyhooks.Outcome {
	if body == nil {
		return wit.Ok[wit.Unit, contract.Failure](wit.Unit{})
	}
	if err := guarded(body); err != nil {
		return wit.Err[wit.Unit](failureOf(err))
	}
	return wit.Ok[wit.Unit, contract.Failure](wit.Unit{})
}

// guarded calls a function and turns a panic into an error.
func guarded(body func() error) error { return failure.Guarded(body) }

// failureOf is an error in the contract's terms.
func failureOf(err error) contract.Failure { return failure.ToContract(err) }
