package outrider

import (
	"errors"
	"strings"
	"testing"

	types "outrider.dev/outrider/internal/bindings/outrider_plugin_journey_types"
)

func run(*Iteration) error { return nil }

func TestADefinitionSaysAllThatIsWrongWithIt(t *testing.T) {
	_, err := newGuest(Definition{Run: run, Scenarios: []Scenario{{}, {Name: "a"}}, Parameters: func() {}})
	for _, words := range []string{"both Run and Scenarios", "has no Name", "Parameters do not become JSON"} {
		if !strings.Contains(err.Error(), words) {
			t.Errorf("%q is missing in: %v", words, err)
		}
	}
	_, err = newGuest(Definition{Name: "x", Scenarios: []Scenario{{Name: "a"}, {Name: "b", Run: run}, {Name: "b", Run: run}}})
	for _, words := range []string{`scenario "a" has no Run`, `two scenarios "b"`} {
		if !strings.Contains(err.Error(), words) {
			t.Errorf("%q is missing in: %v", words, err)
		}
	}
}

func TestScenariosKeepOrderAndWeight(t *testing.T) {
	made, err := newGuest(Definition{
		Name:       "shop",
		Parameters: map[string]any{"type": "object"},
		Scenarios: []Scenario{
			{Name: "browse", Weight: 8, Run: run}, {Name: "buy", Run: run}, {Name: "never", Weight: Never, Run: run},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	weights := []uint32{8, 1, 0}
	for i, scenario := range made.Describe().Scenarios {
		if scenario.Weight != weights[i] {
			t.Errorf("%+v", scenario)
		}
	}
	if schema := made.Describe().Parameters.Some(); schema != `{"type":"object"}` {
		t.Error(schema)
	}
}

func TestARunAloneIsTheDefaultScenario(t *testing.T) {
	user := uint32(0)
	made, err := newGuest(Definition{Name: "visit", Run: func(iteration *Iteration) error {
		user = iteration.User.VU
		return Fail("total is %d", 0)
	}})
	if err != nil {
		t.Fatal(err)
	}
	made.Start(types.User{Vu: 3})
	failed := made.Iterate(types.Iteration{Scenario: DefaultScenario}).Err()
	if failed.Message != "total is 0" || failed.Kind != 0 || user != 3 {
		t.Fatalf("%+v by user %d", failed, user)
	}
	if made.Iterate(types.Iteration{Scenario: "other"}).Err().Message != `there is no scenario "other"` {
		t.Fatal("another scenario is run")
	}
}

func TestSetupDataBecomeJSONAndNothingBecomesNone(t *testing.T) {
	setup := func(value any, err error) Definition {
		return Definition{Name: "x", Run: run, Setup: func() (any, error) { return value, err }}
	}
	made, _ := newGuest(setup([]int{1, 2}, nil))
	if text := made.Setup().Ok().Some(); text != "[1,2]" {
		t.Fatal(text)
	}
	made, _ = newGuest(setup(nil, nil))
	if _, has := made.Setup().Ok().Get(); has {
		t.Fatal("nothing is something")
	}
	made, _ = newGuest(setup(nil, errors.New("no")))
	if made.Setup().Err().Message != "no" {
		t.Fatal("an error is lost")
	}
}
