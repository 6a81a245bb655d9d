package outrider

import (
	"math"
	"time"

	"outrider.dev/outrider/clock"
	"outrider.dev/outrider/random"
)

// exponentialLimit is how many means the longest think time has: longer ones are one in 22,000, and one of them would
// hold a user for the rest of a short run.
const exponentialLimit = 10

// Think waits as a user does who reads.
func Think(duration time.Duration) { clock.Sleep(duration) }

// ThinkBetween waits for any time between two, with equal likelihood.
func ThinkBetween(least, most time.Duration) {
	if most > least {
		least += nearest(float64(most-least) * random.Float())
	}
	clock.Sleep(least)
}

// ThinkExponential waits for a time from the exponential distribution: mostly short, at times long, as independent
// visitors do. It is cut at ten times the mean, which one in 22,000 exceeds.
func ThinkExponential(mean time.Duration) {
	drawn := random.Exponential(float64(mean))
	clock.Sleep(nearest(min(drawn, float64(mean)*exponentialLimit)))
}

// ThinkNormal waits for a time from the normal distribution with this mean and standard deviation, never less than
// nothing.
func ThinkNormal(mean, deviation time.Duration) {
	clock.Sleep(nearest(random.Normal(float64(mean), float64(deviation))))
}

func nearest(nanoseconds float64) time.Duration { return time.Duration(math.Round(nanoseconds)) }
