// {{name}}: no answer is an error of the server.
package main

import (
	"outrider.dev/outrider/assertions"
	"outrider.dev/outrider/vars"
	"outrider.dev/outrider/verdict"
)

// schema is what can be set with --assert-set KEY=VALUE.
const schema = `{
  "type": "object",
  "properties": {
    "highest_status": {
      "type": "integer",
      "default": 499,
      "description": "The highest status that is no fault."
    }
  }
}`

type settings struct {
	HighestStatus int `json:"highest_status"`
}

// parameters are this user's: each user has an instance of the pack.
var parameters settings

func init() {
	assertions.Pack(assertions.Definition{
		Name:        "{{name}}",
		Description: "No answer is an error of the server.",
		Parameters:  schema,
		Start: func() (err error) {
			parameters, err = vars.Parameters[settings]()
			return err
		},
		Exchange: judge,
	})
}

// judge judges an exchange. One without an answer is an error of the journey already.
func judge(exchange *assertions.Exchange) []verdict.Verdict {
	if exchange.Err != nil {
		return nil
	}
	status := exchange.Response.Status()
	return []verdict.Verdict{verdict.AtMost("no error of the server", status, parameters.HighestStatus)}
}

// main is never called.
func main() {}
