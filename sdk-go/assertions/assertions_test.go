package assertions

import (
	"strings"
	"testing"

	types "outrider.dev/outrider/internal/bindings/outrider_plugin_assertions"
	"outrider.dev/outrider/verdict"
)

func TestAStarStandsForAnyText(t *testing.T) {
	for _, c := range [][2]string{
		{"*", ""}, {"a*", "a"}, {"*b", "ab"}, {"a*c*e", "abcde"}, {"a**b", "ab"}, {"*a*", "bab"}, {"a*a", "aa"},
		{"/assets/*.js", "/assets/app.js"},
	} {
		if !Fits(c[0], c[1]) {
			t.Errorf("%s does not take %s", c[0], c[1])
		}
	}
	for _, c := range [][2]string{{"a", "ab"}, {"a*", "ba"}, {"*a", "ab"}, {"a*a", "a"}, {"a*b*c", "acb"}} {
		if Fits(c[0], c[1]) {
			t.Errorf("%s takes %s", c[0], c[1])
		}
	}
}

func TestAPackSeesWhatItHasFunctionsFor(t *testing.T) {
	made, err := newPack(Definition{
		Name:      "p",
		Step:      func(step *Step) []verdict.Verdict { return []verdict.Verdict{verdict.That(step.Name, !step.Failed)} },
		Iteration: func(*Iteration) []verdict.Verdict { return nil },
	})
	if err != nil || made.Describe().Interest != types.InterestSteps|types.InterestIterations {
		t.Fatalf("%+v, %v", made.Describe(), err)
	}
	if verdicts := made.CheckStep(types.Step{Name: "buy"}); len(verdicts) != 1 || !verdicts[0].Passed {
		t.Fatalf("%+v", verdicts)
	}
}

func TestAPackThatJudgesNothingIsNone(t *testing.T) {
	_, err := newPack(Definition{})
	if err == nil || !strings.Contains(err.Error(), "no Name") || !strings.Contains(err.Error(), "none of Exchange") {
		t.Fatal(err)
	}
}
