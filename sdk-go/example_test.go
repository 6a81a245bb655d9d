package outrider_test

import (
	"errors"
	"fmt"
	"time"

	"outrider.dev/outrider"
	"outrider.dev/outrider/check"
	"outrider.dev/outrider/http"
)

// A journey registers itself in func init(); here it stands in a function of its own.
func ExampleJourney() {
	visit := func(*outrider.Iteration) error {
		page, err := http.Get("/")
		if err != nil {
			return err
		}
		check.Equal("status is 200", page.Status(), 200)
		outrider.ThinkBetween(500*time.Millisecond, 1500*time.Millisecond)
		return nil
	}
	outrider.Journey(outrider.Definition{Name: "visit", Description: "Looks at the home page.", Run: visit})
}

func ExampleDefinition_scenarios() {
	browse := func(*outrider.Iteration) error { return nil }
	buy := func(iteration *outrider.Iteration) error {
		outrider.Tag("visitor", "buyer")
		_, err := http.Post("/api/login", http.Field("user", fmt.Sprintf("visitor-%d", iteration.User.VU)))
		return err
	}
	outrider.Journey(outrider.Definition{
		Name: "shop",
		Scenarios: []outrider.Scenario{
			{Name: "browse", Description: "Looks around.", Weight: 8, Run: browse},
			{Name: "buy", Description: "Buys something.", Weight: 2, Run: buy},
			{Name: "refund", Description: "Only where a run names it.", Weight: outrider.Never, Run: buy},
		},
	})
}

func ExampleStep() {
	_ = func(*outrider.Iteration) error {
		return outrider.Step("product page", func() error {
			_, err := http.Get("/product/42")
			return err
		}, outrider.Tagged("plan", "premium"))
	}
}

func ExampleStepValue() {
	signIn := func() (string, error) {
		answer, err := http.Post("/api/login", http.Field("user", "ada"))
		if err != nil {
			return "", err
		}
		return http.JSONPath[string](answer, "$.token")
	}
	_ = func(*outrider.Iteration) error {
		token, err := outrider.StepValue("sign in", signIn)
		if err != nil {
			return err
		}
		_, err = http.Get("/account", http.Header("authorization", "Bearer "+token))
		return err
	}
}

func ExampleFail() {
	_ = func(*outrider.Iteration) error {
		cart, err := http.Get("/api/cart")
		if err != nil {
			return fmt.Errorf("the cart: %w", err)
		}
		if total, err := http.JSONPath[int](cart, "$.total_cents"); err != nil || total == 0 {
			return outrider.Fail("the cart is empty")
		}
		return nil
	}
}

func ExampleKindOf() {
	err := fmt.Errorf("the login: %w", outrider.Fail("no such user"))
	fmt.Println(outrider.KindOf(err), err)
	fmt.Println(outrider.KindOf(errors.New("no such file")))
	// Output:
	// target the login: no such user
	// plugin
}

func ExampleMust() {
	_ = func(*outrider.Iteration) error {
		cart := outrider.Must(http.Get("/api/cart"))
		total := outrider.Must(http.JSONPath[uint64](cart, "$.total_cents"))
		check.Above("the cart costs something", total, 0)
		return nil
	}
}
