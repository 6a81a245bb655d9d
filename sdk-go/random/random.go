// Package random draws numbers that a run with the same seed repeats: in an iteration the sequence depends on the seed,
// the scenario and the iteration's index alone, whichever user runs it; in Setup, Start, Stop and Teardown on the seed, the
// journey, the function and the user. Other sources of chance (math/rand, the order of maps) are not seeded by the run.
package random

import contract "outrider.dev/outrider/internal/bindings/outrider_plugin_random"

// maxAtOnce is how much the host gives at a time: bytes, or letters.
const maxAtOnce = 65_536

// LettersAndDigits is what [String] is made of.
const LettersAndDigits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// Float is a number from 0 (included) to 1 (excluded), uniform.
func Float() float64 { return contract.Float() }

// Between is a whole number from low to high, both included, uniform.
func Between(low, high int64) int64 { return contract.Between(low, high) }

// Exponential is a number from the exponential distribution with this mean, which must not be negative.
func Exponential(mean float64) float64 { return contract.Exponential(mean) }

// Normal is a number from the normal distribution with this mean and standard deviation, which must not be negative.
func Normal(mean, deviation float64) float64 { return contract.Normal(mean, deviation) }

// Chance is true with this likelihood: never for 0 and below, always for 1 and above.
func Chance(likelihood float64) bool { return Float() < likelihood }

// Choose is one of these, each with the same likelihood. It panics where there is none, as an index that is out of range
// does.
//
//	color := random.Choose("red", "green", "blue")
//	product := random.Choose(products...)
func Choose[T any](items ...T) T {
	if len(items) == 0 {
		panic("random.Choose has nothing to choose from")
	}
	return items[Between(0, int64(len(items)-1))]
}

// Choice is a value and how often it is drawn, relative to the others.
type Choice[T any] struct {
	// Value is what is drawn.
	Value T
	// Weight is how often. One that is no number above 0 counts as 0.
	Weight float64
}

// Weighted is one of these, each as often as its weight says. It panics where no weight is above 0.
//
//	payment := random.Weighted(random.Choice[string]{"card", 7}, random.Choice[string]{"invoice", 3})
func Weighted[T any](choices ...Choice[T]) T {
	total := 0.0
	for _, choice := range choices {
		total += weightOf(choice)
	}
	if !(total > 0) {
		panic("random.Weighted has no weight above 0 to choose by")
	}
	return choices[drawn(choices, Float()*total)].Value
}

// drawn is the place of the weight that a share of their sum falls on.
func drawn[T any](choices []Choice[T], left float64) int {
	last := 0
	for i, choice := range choices {
		weight := weightOf(choice)
		left -= weight
		if left < 0 {
			return i
		}
		if weight > 0 {
			last = i
		}
	}
	// Rounding may leave a hair at the end, which belongs to the last that can be chosen.
	return last
}

func weightOf[T any](choice Choice[T]) float64 {
	if choice.Weight > 0 {
		return choice.Weight
	}
	return 0
}

// Shuffle brings these into a random order.
func Shuffle[T any](items []T) {
	for last := len(items) - 1; last > 0; last-- {
		other := Between(0, int64(last))
		items[last], items[other] = items[other], items[last]
	}
}

// String is a text of so many letters and digits.
func String(length int) string { return StringOf(length, LettersAndDigits) }

// StringOf is a text of so many letters of an alphabet, each with the same likelihood; empty without an alphabet.
func StringOf(length int, alphabet string) string {
	if alphabet == "" {
		return ""
	}
	var text string
	for length > 0 {
		piece := min(length, maxAtOnce)
		text += contract.Text(uint32(piece), alphabet)
		length -= piece
	}
	return text
}

// Bytes are random bytes.
func Bytes(length int) []byte {
	var bytes []byte
	for length > 0 {
		piece := min(length, maxAtOnce)
		bytes = append(bytes, contract.Bytes(uint32(piece))...)
		length -= piece
	}
	return bytes
}

// UUID is a version 4 UUID as text.
func UUID() string { return contract.Uuid() }
