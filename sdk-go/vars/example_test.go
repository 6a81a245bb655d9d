package vars_test

import (
	"outrider.dev/outrider"
	"outrider.dev/outrider/http"
	"outrider.dev/outrider/vars"
)

type settings struct {
	ThinkMS uint64 `json:"think_ms"`
}

// parameters are this user's: each user has an instance of the journey.
var parameters settings

func ExampleParameters() {
	_ = outrider.Definition{
		Name:       "visit",
		Parameters: `{"type": "object", "properties": {"think_ms": {"type": "integer", "default": 500}}}`,
		Start: func(*outrider.User) (err error) {
			parameters, err = vars.Parameters[settings]()
			return err
		},
	}
}

func ExampleSetupData() {
	type campaign struct{ Code string }
	_ = outrider.Definition{
		Name:  "visit",
		Setup: func() (any, error) { return campaign{Code: "autumn"}, nil },
		Run: func(*outrider.Iteration) error {
			data, err := vars.SetupData[campaign]()
			if err != nil {
				return err
			}
			_, err = http.Get("/", http.Query("campaign", data.Code))
			return err
		},
	}
}

func ExampleSecret() {
	_ = func() error {
		password, err := vars.Secret("SHOP_PASSWORD")
		if err != nil {
			return err
		}
		_, err = http.Post("/login", http.Field("user", "ada"), http.Field("password", password))
		return err
	}
}
