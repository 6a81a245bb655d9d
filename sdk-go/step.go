package outrider

import (
	"outrider.dev/outrider/internal/bindings/outrider_plugin_measure"
	"outrider.dev/outrider/internal/tags"
	"outrider.dev/outrider/internal/text"
	wit "outrider.dev/outrider/internal/wit/types"
)

// TagValue is a tag: a key and a value that rows carry so that they can be told apart. Few different values, please:
// every combination is a series of its own. Either is cut after 256 bytes.
type TagValue = tags.Tag

// Step runs a part of the iteration as a step. Steps may stand inside one another, up to 64 of them, or the host ends the
// guest; requests and checks belong to the innermost one. An error ends the step as failed and is handed on. The tags are
// those of the step and of everything recorded in it, besides the iteration's.
//
//	err := outrider.Step("product page", func() error {
//		_, err := http.Get("/product/42")
//		return err
//	})
func Step(name string, body func() error, stepTags ...TagValue) error {
	name = text.Valid(name)
	var id uint32
	if len(stepTags) == 0 {
		id = outrider_plugin_measure.BeginStep(name)
	} else {
		id = outrider_plugin_measure.BeginStepTagged(name, stepTags)
	}
	panicked := true
	defer func() {
		if panicked {
			// What panics is told by whoever catches it; the step has failed in any case.
			outrider_plugin_measure.EndStep(id, wit.Some("panic"))
		}
	}()
	err := body()
	panicked = false
	failed := wit.None[string]()
	if err != nil {
		failed = wit.Some(text.Valid(err.Error()))
	}
	outrider_plugin_measure.EndStep(id, failed)
	return err
}

// StepValue is [Step] for a part that gives a value.
//
//	token, err := outrider.StepValue("sign in", signIn)
func StepValue[T any](name string, body func() (T, error), stepTags ...TagValue) (T, error) {
	var value T
	err := Step(name, func() (err error) {
		value, err = body()
		return err
	}, stepTags...)
	return value, err
}

// Tag sets a tag on everything that follows in this iteration. Few different values, please: every combination is a
// series of its own. The host ends a guest that sets more than 32 different keys.
func Tag(key, value string) { outrider_plugin_measure.SetTag(tags.New(key, value)) }

// Tagged is a tag for a [Step].
func Tagged(key, value string) TagValue { return tags.New(key, value) }
