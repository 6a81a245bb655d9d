// Package clock is time as the host has it.
package clock

import (
	"time"

	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_clock"
)

// Now is the time now. It never goes backwards during a run.
func Now() time.Time { return time.Unix(0, int64(contract.Now())) }

// Elapsed is the time since the run started.
func Elapsed() time.Duration { return time.Duration(contract.Elapsed()) }

// Sleep waits, for example between two polls; a negative time is none. outrider.Think is the word for a user who thinks.
//
// It is the host's clock that waits: a run with --no-think leaves it out, and it is in no way the time of
// [time.Sleep], which waits as well but is nothing that the host knows of.
func Sleep(duration time.Duration) { contract.Sleep(uint64(max(duration, 0))) }
