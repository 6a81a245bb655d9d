package random

import (
	"math"
	"testing"
)

func TestAShareFallsOnAWeight(t *testing.T) {
	choices := []Choice[string]{{"a", 7}, {"b", 0}, {"c", 3}, {"d", math.NaN()}, {"e", -1}}
	for share, place := range map[float64]int{0: 0, 0.69: 0, 0.7: 2, 0.9999: 2, 1: 2} {
		if at := drawn(choices, share*10); at != place {
			t.Errorf("%v falls on %d", share, at)
		}
	}
}

func TestNothingToChooseFromPanics(t *testing.T) {
	for _, choose := range []func(){func() { Choose[int]() }, func() { Weighted(Choice[int]{1, 0}) }} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("it chose")
				}
			}()
			choose()
		}()
	}
}
