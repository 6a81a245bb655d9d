package jsontext

import (
	"encoding/json"
	"fmt"

	wit "outrider.dev/outrider/internal/wit/types"
)

// Schema is the schema of a definition's parameters, none if there is none. A text is the schema as JSON, and never a value.
func Schema(parameters any) (wit.Option[string], error) {
	if parameters == nil {
		return wit.None[string](), nil
	}
	if text, isText := parameters.(string); isText {
		var whole json.RawMessage
		if err := json.Unmarshal([]byte(text), &whole); err != nil {
			return wit.None[string](), fmt.Errorf("Parameters are not JSON: %w", err)
		}
		return wit.Some(text), nil
	}
	text, err := Of(parameters)
	if err != nil {
		return wit.None[string](), fmt.Errorf("Parameters do not become JSON: %w", err)
	}
	return wit.Some(text), nil
}
