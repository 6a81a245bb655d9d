package assertions_test

import (
	"fmt"

	"outrider.dev/outrider/assertions"
	"outrider.dev/outrider/vars"
	"outrider.dev/outrider/verdict"
)

type settings struct {
	Highest int `json:"highest"`
}

// parameters are this user's: each user has an instance of the pack.
var parameters settings

// A pack registers itself in func init(); here it stands in a function of its own.
func ExamplePack() {
	assertions.Pack(assertions.Definition{
		Name:        "no server errors",
		Description: "Every answer's status is at most the highest.",
		Parameters:  `{"type": "object", "properties": {"highest": {"type": "integer", "default": 499}}}`,
		Start: func() (err error) {
			parameters, err = vars.Parameters[settings]()
			return err
		},
		Exchange: func(exchange *assertions.Exchange) []verdict.Verdict {
			if exchange.Err != nil {
				return nil
			}
			return []verdict.Verdict{verdict.AtMost("no server error", exchange.Response.Status(), parameters.Highest)}
		},
	})
}

func ExampleFits() {
	fmt.Println(assertions.Fits("/assets/*.js", "/assets/app.js"), assertions.Fits("/api/*", "/"))
	// Output: true false
}
