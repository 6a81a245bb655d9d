package verdict

import (
	"testing"
	"time"
)

func TestVerdictsSayWhatWasExpectedAndFound(t *testing.T) {
	for _, c := range []struct {
		verdict          Verdict
		passed           bool
		expected, actual string
	}{
		{Equal("title", "Shop", "shop"), false, `"shop"`, `"Shop"`},
		{Equal("names", []string{"a", "b"}, []string{"a", "b"}), true, `["a" "b"]`, `["a" "b"]`},
		{NotEqual("id", 3, 3), false, "not 3", "3"},
		{Below("quick", 7*time.Millisecond, 5*time.Millisecond), false, "< 5ms", "7ms"},
		{AtMost("quick", 5, 5), true, "<= 5", "5"},
		{Above("slow", 5, 5), false, "> 5", "5"},
		{AtLeast("slow", 5, 5), true, ">= 5", "5"},
		{Between("status", 204, 200, 299), true, "from 200 to 299", "204"},
		{OneOf("status", 500, []int{200, 201}), false, "one of [200 201]", "500"},
		{Contains("page", "<h1>Shop", "Shop"), true, `contains "Shop"`, `"<h1>Shop"`},
		{That("even", false, Expected("an even number"), Actual("3")), false, "an even number", "3"},
	} {
		if c.verdict.Passed != c.passed || c.verdict.Expected != c.expected || c.verdict.Actual != c.actual {
			t.Errorf("%+v", c.verdict)
		}
	}
}

func TestWordsOfOnesOwnReplaceThoseOfTheComparison(t *testing.T) {
	verdict := Equal("status", 500, 200, Expected("success"), Message("by law")).ToContract()
	if verdict.Expected.Some() != "success" || verdict.Message.Some() != "by law" || verdict.Actual.Some() != "500" {
		t.Fatalf("%+v", verdict)
	}
	if _, has := That("x", true).ToContract().Actual.Get(); has {
		t.Fatal("nothing said is something")
	}
}
