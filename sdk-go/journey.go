package outrider

import (
	"fmt"

	_ "outrider.dev/outrider/internal/bindings/journey_exports" // What the host calls.
	"outrider.dev/outrider/internal/exports/journeyhooks"
)

// DefaultScenario is the name of the one scenario of a journey that has [Definition.Run] and no scenarios.
const DefaultScenario = "default"

// Never is the weight of a scenario that runs only where a run names it.
const Never = -1

// User is the virtual user that this instance of the journey is.
type User struct {
	// VU is its number, from 1, unique in the run.
	VU uint32
}

// Iteration is the iteration that is to be run.
type Iteration struct {
	// Scenario is the scenario's name in the journey.
	Scenario string
	// Index is its number in the scenario of the run, from 0, unique over all workers.
	Index uint64
	// UserIteration is how many iterations this user has run before.
	UserIteration uint64
	// User is who runs it.
	User User
}

// ScenarioFunc is what a user does in one iteration. An error ends the iteration as failed; whose fault it is, the
// error says: see [Fail].
type ScenarioFunc func(iteration *Iteration) error

// Scenario is one way through the journey.
type Scenario struct {
	// Name is unique in the journey.
	Name string
	// Description is what it does, in one sentence.
	Description string
	// Weight is its share of the iterations where a run names no scenario, relative to the others. The zero value counts
	// as 1; [Never] is none.
	Weight int
	// Run runs one iteration.
	Run ScenarioFunc
}

// Definition is what a journey is. Name and either Run or Scenarios are needed.
//
// The host makes an instance of the component for each virtual user, and calls it one call at a time: package
// variables are one user's own, and need no locks.
type Definition struct {
	// Name is its name.
	Name string
	// Description is what it does, in one sentence.
	Description string
	// Parameters is the JSON Schema of its parameters, an object: a value that becomes JSON, such as a map, or JSON
	// text as a string. The host checks --set KEY=VALUE against it, and fills in defaults.
	Parameters any
	// Run is the one scenario of a journey that has no others, named [DefaultScenario].
	Run ScenarioFunc
	// Scenarios are the ways through it.
	Scenarios []Scenario
	// Setup is called once in a run, before any user starts. What it returns becomes JSON, which every user on every
	// worker reads with [outrider.dev/outrider/vars.SetupData]. An error ends the run before it starts.
	Setup func() (any, error)
	// Start is called once for each user, before its first iteration, and again after a trap or a timeout, for the user
	// that takes the place. The place to read parameters and to log in. An error ends the run if it has not started
	// yet; later, the run goes on without this user.
	Start func(user *User) error
	// Stop is called once for each user, after its last iteration; not if that was interrupted, trapped or timed out. All
	// users of a scenario have five seconds for it together.
	Stop func() error
	// Teardown is called once in a run, at its end, also when it failed.
	Teardown func() error
}

// Journey makes a definition the component's journey. It is called in init, once: main is never run.
//
//	func init() {
//		outrider.Journey(outrider.Definition{Name: "visit", Run: visit})
//	}
//
// It panics where the definition cannot be a journey, with all that is wrong with it.
func Journey(definition Definition) {
	if journeyhooks.Journey != nil {
		panic("outrider.Journey is called twice: a component is one journey, with several scenarios if need be")
	}
	guest, err := newGuest(definition)
	if err != nil {
		panic(fmt.Sprintf("the definition is no journey: %v", err))
	}
	journeyhooks.Journey = guest
}
