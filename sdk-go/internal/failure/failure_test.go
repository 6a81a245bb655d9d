package failure

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestTheFirstErrorThatKnowsSaysWhoseFaultItIs(t *testing.T) {
	inner := New(Target, errors.New("no answer"))
	wrapped := fmt.Errorf("the login failed: %w", inner)
	if Of(wrapped) != Target || wrapped.Error() != "the login failed: no answer" {
		t.Fatalf("%v is the fault of %v", wrapped, Of(wrapped))
	}
	if Of(errors.New("any other")) != Plugin {
		t.Fatal("an error that says nothing is the plugin's")
	}
}

func TestAPanicBecomesAnErrorWithItsPlace(t *testing.T) {
	err := Guarded(func() error {
		var none map[string]int
		none["a"] = 1
		return nil
	})
	if err.Error() != "panic: assignment to entry in nil map" || Of(err) != Plugin {
		t.Fatalf("%v is the fault of %v", err, Of(err))
	}
	first, _, _ := strings.Cut(TraceOf(err).String(), "\n")
	if !strings.Contains(first, "TestAPanicBecomesAnErrorWithItsPlace") || !strings.Contains(first, "failure_test.go:") {
		t.Fatalf("the stack begins with %q", first)
	}
}

func TestAThrownErrorIsTakenAsReturned(t *testing.T) {
	thrown := New(Target, errors.New("gone"))
	err := Guarded(func() error { panic(Thrown{thrown}) })
	if !errors.Is(err, thrown) || Of(err) != Target || err.Error() != "gone" {
		t.Fatalf("%v is the fault of %v", err, Of(err))
	}
}

func TestAFailureCarriesKindMessageAndStack(t *testing.T) {
	failure := ToContract(New(Abort, errors.New("no more stock")))
	stack, has := failure.Stack.Get()
	if failure.Message != "no more stock" || failure.Kind != 2 || !has || !strings.Contains(stack, "failure_test.go:") {
		t.Fatalf("%+v", failure)
	}
	if _, has := ToContract(errors.New("from elsewhere")).Stack.Get(); has {
		t.Fatal("an error without a place has a stack")
	}
}

func TestAPlaceIsWhereTheAuthorCalls(t *testing.T) {
	first, again := Place(), func() string { return Place() }()
	if !strings.Contains(first, "failure_test.go:") || first != again {
		t.Fatalf("%q and %q", first, again)
	}
	if next := Place(); next == first {
		t.Fatalf("another line is %q as well", next)
	}
}
