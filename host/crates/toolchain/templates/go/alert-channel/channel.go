// {{name}}: posts each alert to a web hook.
package main

import (
	"fmt"

	"outrider.dev/outrider/alerts"
	"outrider.dev/outrider/http"
	"outrider.dev/outrider/vars"
)

// schema is what can be set with --set KEY=VALUE.
const schema = `{
  "type": "object",
  "properties": {
    "path": { "type": "string", "default": "/", "description": "The web hook's path at the target." }
  }
}`

type settings struct {
	Path string `json:"path"`
}

var parameters settings

func init() {
	alerts.Channel(alerts.Definition{
		Name:        "{{name}}",
		Description: "Tells a web hook.",
		Parameters:  schema,
		Start: func() (err error) {
			parameters, err = vars.Parameters[settings]()
			return err
		},
		Deliver: post,
	})
}

// post delivers an alert. Without an answer it is tried again.
func post(alert *alerts.Alert) error {
	text := fmt.Sprintf("%s %s: %s", alert.Monitor, alert.Kind, alert.Summary)
	answer, err := http.Post(parameters.Path, http.JSON(map[string]string{"text": text}))
	if err != nil {
		return err
	}
	return alerts.Accepted(answer)
}

// main is never called.
func main() {}
