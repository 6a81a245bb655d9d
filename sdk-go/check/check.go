// Package check records what should hold, whether it does or not. A check that fails does not end the iteration; an error
// does. Each function records one check and says whether it holds.
//
//	page, err := http.Get("/")
//	if err != nil {
//		return err
//	}
//	check.Equal("status is 200", page.Status(), 200)
//	check.Below("home page is quick", page.Duration(), time.Second)
package check

import (
	"cmp"

	"outrider.dev/outrider/verdict"
)

// Option says more of a check.
type Option = verdict.Option

// Message adds words for the reader of a report.
func Message(message string) Option { return verdict.Message(message) }

// Expected says what was expected, in words of your own.
func Expected(expected string) Option { return verdict.Expected(expected) }

// Actual says what was found, in words of your own.
func Actual(actual string) Option { return verdict.Actual(actual) }

// Tag adds a tag to the check besides the iteration's.
func Tag(key, value string) Option { return verdict.Tag(key, value) }

// That checks a condition of your own. Few different names, please.
func That(name string, passed bool, options ...Option) bool {
	return verdict.That(name, passed, options...).Record()
}

// Equal checks that the value is another, by reflect.DeepEqual.
func Equal[T any](name string, actual, expected T, options ...Option) bool {
	return verdict.Equal(name, actual, expected, options...).Record()
}

// NotEqual checks that the value is not another.
func NotEqual[T any](name string, actual, unexpected T, options ...Option) bool {
	return verdict.NotEqual(name, actual, unexpected, options...).Record()
}

// Below checks that the value is less than a limit.
func Below[T cmp.Ordered](name string, actual, limit T, options ...Option) bool {
	return verdict.Below(name, actual, limit, options...).Record()
}

// AtMost checks that the value is a limit or less.
func AtMost[T cmp.Ordered](name string, actual, limit T, options ...Option) bool {
	return verdict.AtMost(name, actual, limit, options...).Record()
}

// Above checks that the value is more than a limit.
func Above[T cmp.Ordered](name string, actual, limit T, options ...Option) bool {
	return verdict.Above(name, actual, limit, options...).Record()
}

// AtLeast checks that the value is a limit or more.
func AtLeast[T cmp.Ordered](name string, actual, limit T, options ...Option) bool {
	return verdict.AtLeast(name, actual, limit, options...).Record()
}

// Between checks that the value lies between two, both included.
func Between[T cmp.Ordered](name string, actual, low, high T, options ...Option) bool {
	return verdict.Between(name, actual, low, high, options...).Record()
}

// OneOf checks that the value is one of these.
func OneOf[T any](name string, actual T, expected []T, options ...Option) bool {
	return verdict.OneOf(name, actual, expected, options...).Record()
}

// Contains checks that the text contains another.
func Contains(name, actual, part string, options ...Option) bool {
	return verdict.Contains(name, actual, part, options...).Record()
}
