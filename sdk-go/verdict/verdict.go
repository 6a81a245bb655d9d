// Package verdict judges: each function compares what was found with what was expected and gives a [Verdict].
//
// Packs return verdicts to the host. Journeys record them as checks, for which package check has the same functions.
//
//	verdict.Equal("status is 200", exchange.Response.Status(), 200)
//	verdict.Below("answer is quick", exchange.Response.Duration(), time.Second)
package verdict

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"

	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_measure"
	"outrider.dev/outrider/internal/failure"
	"outrider.dev/outrider/internal/tags"
	"outrider.dev/outrider/internal/text"
	wit "outrider.dev/outrider/internal/wit/types"
)

// Verdict is what was expected and what was found.
type Verdict struct {
	// Name is the check's name: few different ones. Cut after 256 bytes.
	Name string
	// Passed is whether it holds.
	Passed bool
	// Expected is what was expected; cut after 1,024 bytes. Empty is nothing said.
	Expected string
	// Actual is what was found; cut after 1,024 bytes. Empty is nothing said.
	Actual string
	// Message are more words, where they help; cut after 1,024 bytes.
	Message string

	tags []tags.Tag
}

// Option says more of a verdict.
type Option func(*Verdict)

// Message adds words for the reader of a report.
func Message(message string) Option { return func(v *Verdict) { v.Message = message } }

// Expected says what was expected, in words of your own.
func Expected(expected string) Option { return func(v *Verdict) { v.Expected = expected } }

// Actual says what was found, in words of your own.
func Actual(actual string) Option { return func(v *Verdict) { v.Actual = actual } }

// Tag adds a tag to the check besides the iteration's. Only a verdict that is recorded carries it.
func Tag(key, value string) Option {
	return func(v *Verdict) { v.tags = append(v.tags, tags.New(key, value)) }
}

// That is a verdict about a condition of your own.
func That(name string, passed bool, options ...Option) Verdict {
	verdict := Verdict{Name: name, Passed: passed}
	for _, option := range options {
		option(&verdict)
	}
	return verdict
}

// Equal holds if the value is another, by [reflect.DeepEqual].
func Equal[T any](name string, actual, expected T, options ...Option) Verdict {
	return compared(name, reflect.DeepEqual(actual, expected), shown(expected), actual, options)
}

// NotEqual holds if the value is not another.
func NotEqual[T any](name string, actual, unexpected T, options ...Option) Verdict {
	return compared(name, !reflect.DeepEqual(actual, unexpected), "not "+shown(unexpected), actual, options)
}

// Below holds if the value is less than a limit.
func Below[T cmp.Ordered](name string, actual, limit T, options ...Option) Verdict {
	return compared(name, actual < limit, "< "+shown(limit), actual, options)
}

// AtMost holds if the value is a limit or less.
func AtMost[T cmp.Ordered](name string, actual, limit T, options ...Option) Verdict {
	return compared(name, actual <= limit, "<= "+shown(limit), actual, options)
}

// Above holds if the value is more than a limit.
func Above[T cmp.Ordered](name string, actual, limit T, options ...Option) Verdict {
	return compared(name, actual > limit, "> "+shown(limit), actual, options)
}

// AtLeast holds if the value is a limit or more.
func AtLeast[T cmp.Ordered](name string, actual, limit T, options ...Option) Verdict {
	return compared(name, actual >= limit, ">= "+shown(limit), actual, options)
}

// Between holds if the value lies between two, both included.
func Between[T cmp.Ordered](name string, actual, low, high T, options ...Option) Verdict {
	expected := fmt.Sprintf("from %s to %s", shown(low), shown(high))
	return compared(name, low <= actual && actual <= high, expected, actual, options)
}

// OneOf holds if the value is one of these.
func OneOf[T any](name string, actual T, expected []T, options ...Option) Verdict {
	passed := false
	for _, one := range expected {
		passed = passed || reflect.DeepEqual(actual, one)
	}
	return compared(name, passed, "one of "+shown(expected), actual, options)
}

// Contains holds if the text contains another.
func Contains(name, actual, part string, options ...Option) Verdict {
	return compared(name, strings.Contains(actual, part), "contains "+shown(part), actual, options)
}

// Record records it as a check of the journey, and says whether it holds. One that does not is reported with the place of
// this call, or of the function of package check that made it.
func (v Verdict) Record() bool {
	switch {
	case !v.Passed:
		// Only a check that fails says its place: the others are as cheap as they can be.
		contract.CheckAt(v.ToContract(), v.tags, text.Valid(failure.Place()))
	case len(v.tags) == 0:
		contract.Check(v.ToContract())
	default:
		contract.CheckTagged(v.ToContract(), v.tags)
	}
	return v.Passed
}

// ToContract is the verdict as the host takes it; for this module.
func (v Verdict) ToContract() contract.Verdict {
	return contract.Verdict{
		Name: text.Valid(v.Name), Passed: v.Passed, Expected: said(v.Expected), Actual: said(v.Actual), Message: said(v.Message),
	}
}

// FromContract is a verdict as the host gives it; for this module.
func FromContract(given contract.Verdict) Verdict {
	verdict := Verdict{Name: given.Name, Passed: given.Passed}
	verdict.Expected, _ = given.Expected.Get()
	verdict.Actual, _ = given.Actual.Get()
	verdict.Message, _ = given.Message.Get()
	return verdict
}

func compared(name string, passed bool, expected string, actual any, options []Option) Verdict {
	words := []Option{Expected(expected), Actual(shown(actual))}
	return That(name, passed, append(words, options...)...)
}

// shown is a value in words: texts with quotes, so that an empty one can be seen.
func shown(value any) string {
	switch value := value.(type) {
	case fmt.Stringer:
		return value.String()
	case string, []string:
		return fmt.Sprintf("%q", value)
	}
	return fmt.Sprint(value)
}

func said(words string) wit.Option[string] {
	if words == "" {
		return wit.None[string]()
	}
	return wit.Some(text.Valid(words))
}
