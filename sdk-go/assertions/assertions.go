// Package assertions is for assertion packs: what must hold about every answer of any journey.
//
// A pack is attached to a run with --assert PACK. It sees what journeys do after the fact: its time is in no measured
// duration, but it is the user's, so it should be quick. It sends no requests; it reads the answers that it is shown.
//
//	func init() {
//		assertions.Pack(assertions.Definition{
//			Name:        "no server errors",
//			Description: "Every answer's status is below 500.",
//			Exchange:    judge,
//		})
//	}
//
//	func judge(exchange *assertions.Exchange) []verdict.Verdict {
//		if exchange.Err != nil {
//			return nil
//		}
//		return []verdict.Verdict{verdict.Below("status is below 500", exchange.Response.Status(), 500)}
//	}
package assertions

import (
	"errors"
	"fmt"
	"time"

	types "outrider.dev/outrider/internal/bindings/outrider_plugin_assertions"
	measure "outrider.dev/outrider/internal/bindings/outrider_plugin_measure"
	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_types"
	_ "outrider.dev/outrider/internal/bindings/pack_exports" // What the host calls.
	"outrider.dev/outrider/internal/exports/packhooks"
	"outrider.dev/outrider/internal/failure"
	"outrider.dev/outrider/internal/jsontext"
	wit "outrider.dev/outrider/internal/wit/types"
	"outrider.dev/outrider/verdict"
)

// Definition is what a pack is. Name and at least one of the functions that judge are needed; what has no function is
// never shown to the pack.
//
// The host makes an instance of the component for each virtual user: package variables are what the pack knows of one
// user.
type Definition struct {
	// Name is its name; rows of checks carry it.
	Name string
	// Description is what it asserts, in one sentence.
	Description string
	// Parameters is the JSON Schema of its parameters, an object: a value that becomes JSON, or JSON text as a string.
	Parameters any
	// Start is called once for each user; the place to read parameters, with vars.Parameters. An error ends the run
	// before it starts.
	Start func() error
	// Exchange judges an HTTP exchange that ended.
	Exchange func(exchange *Exchange) []verdict.Verdict
	// Step judges a step that ended.
	Step func(step *Step) []verdict.Verdict
	// Page judges a browser's page that finished loading.
	Page func(page *Page) []verdict.Verdict
	// Iteration judges an iteration that ended and was not interrupted.
	Iteration func(iteration *Iteration) []verdict.Verdict
}

// Pack makes a definition the component's assertion pack. It is called in init, once: main is never run. It panics where
// the definition cannot be a pack, with all that is wrong with it.
func Pack(definition Definition) {
	if packhooks.Pack != nil {
		panic("assertions.Pack is called twice: a component is one pack")
	}
	pack, err := newPack(definition)
	if err != nil {
		panic(fmt.Sprintf("the definition is no assertion pack: %v", err))
	}
	packhooks.Pack = pack
}

// pack stands between the component's exports and the definition.
type pack struct {
	definition  Definition
	description types.Description
}

func newPack(definition Definition) (*pack, error) {
	var faults []error
	if definition.Name == "" {
		faults = append(faults, errors.New("it has no Name"))
	}
	interest := interestOf(&definition)
	if interest == 0 {
		faults = append(faults, errors.New("it has none of Exchange, Step, Page and Iteration"))
	}
	parameters, err := jsontext.Schema(definition.Parameters)
	description := types.Description{
		Name: definition.Name, Description: definition.Description, Interest: interest, Parameters: parameters,
	}
	return &pack{definition, description}, failure.All(append(faults, err)...)
}

func interestOf(definition *Definition) types.Interest {
	var interest types.Interest
	if definition.Exchange != nil {
		interest |= types.InterestExchanges
	}
	if definition.Step != nil {
		interest |= types.InterestSteps
	}
	if definition.Page != nil {
		interest |= types.InterestPages
	}
	if definition.Iteration != nil {
		interest |= types.InterestIterations
	}
	return interest
}

// Describe is called by the host.
func (p *pack) Describe() types.Description { return p.description }

// Start is called by the host.
func (p *pack) Start() wit.Result[wit.Unit, contract.Failure] {
	if p.definition.Start != nil {
		if err := failure.Guarded(p.definition.Start); err != nil {
			return wit.Err[wit.Unit](failure.ToContract(err))
		}
	}
	return wit.Ok[wit.Unit, contract.Failure](wit.Unit{})
}

// CheckExchange is called by the host.
func (p *pack) CheckExchange(exchange types.Exchange) []measure.Verdict {
	return toContract(p.definition.Exchange(exchangeOf(exchange)))
}

// CheckStep is called by the host.
func (p *pack) CheckStep(step types.Step) []measure.Verdict {
	shown := Step{Name: step.Name, Duration: time.Duration(step.Duration)}
	shown.Error, shown.Failed = step.Error.Get()
	return toContract(p.definition.Step(&shown))
}

// CheckPage is called by the host.
func (p *pack) CheckPage(page types.Page) []measure.Verdict {
	return toContract(p.definition.Page(pageOf(page)))
}

// CheckIteration is called by the host.
func (p *pack) CheckIteration(iteration types.Iteration) []measure.Verdict {
	return toContract(p.definition.Iteration(iterationOf(iteration)))
}

func toContract(verdicts []verdict.Verdict) []measure.Verdict {
	made := make([]measure.Verdict, len(verdicts))
	for i, verdict := range verdicts {
		made[i] = verdict.ToContract()
	}
	return made
}
