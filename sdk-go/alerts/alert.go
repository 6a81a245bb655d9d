package alerts

import (
	"fmt"
	"time"

	types "outrider.dev/outrider/internal/bindings/outrider_plugin_alerts"
	"outrider.dev/outrider/internal/tags"
	"outrider.dev/outrider/verdict"
)

// Kind is what there is to tell.
type Kind uint8

const (
	// Degraded: the monitor is slower than it should be, or some of its locations fail.
	Degraded = Kind(types.AlertKindDegraded)
	// Failed: the monitor fails.
	Failed = Kind(types.AlertKindFailed)
	// Reminder: it still fails, some time after the last alert.
	Reminder = Kind(types.AlertKindReminder)
	// Recovered: it is well again.
	Recovered = Kind(types.AlertKindRecovered)
	// Test: somebody tries the channel; nothing is wrong.
	Test = Kind(types.AlertKindTest)
)

// String is the kind in one word.
func (k Kind) String() string {
	switch k {
	case Degraded:
		return "degraded"
	case Failed:
		return "failed"
	case Reminder:
		return "reminder"
	case Recovered:
		return "recovered"
	case Test:
		return "test"
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// Alert is an alert.
type Alert struct {
	// Incident is the same for all alerts of one incident, so that a channel can put them together.
	Incident string
	// Kind is what there is to tell.
	Kind Kind
	// Monitor is the monitor's name.
	Monitor string
	// Summary is what happened, in one sentence.
	Summary string
	// Began is when the incident began.
	Began time.Time
	// Raised is when the alert was raised.
	Raised time.Time
	// Locations are what each location saw last.
	Locations []Location
	// Run is the run's id; empty without one.
	Run string
	// Link is a page with more of it; empty without one.
	Link string
	// Tags are the monitor's tags.
	Tags []Tag
}

// Tag is a key and a value that a monitor carries.
type Tag = tags.Tag

// Location is what one location saw.
type Location struct {
	// Name is its name, for example a region.
	Name string
	// Passed is whether the monitor holds there.
	Passed bool
	// Duration is how long it took there.
	Duration time.Duration
	// Error is why it failed, in one sentence; empty if it did not.
	Error string
	// FailedChecks are the checks that failed there.
	FailedChecks []verdict.Verdict
}

func alertOf(alert types.Alert) *Alert {
	shown := &Alert{
		Incident: alert.Incident,
		Kind:     Kind(alert.Kind),
		Monitor:  alert.Monitor,
		Summary:  alert.Summary,
		Began:    at(alert.Began),
		Raised:   at(alert.Raised),
		Tags:     alert.Tags,
	}
	shown.Run, _ = alert.Run.Get()
	shown.Link, _ = alert.Link.Get()
	for _, location := range alert.Locations {
		shown.Locations = append(shown.Locations, locationOf(location))
	}
	return shown
}

func locationOf(location types.Location) Location {
	shown := Location{Name: location.Name, Passed: location.Passed, Duration: time.Duration(location.Duration)}
	shown.Error, _ = location.Error.Get()
	for _, failed := range location.FailedChecks {
		shown.FailedChecks = append(shown.FailedChecks, verdict.FromContract(failed))
	}
	return shown
}

func at(nanoseconds uint64) time.Time { return time.Unix(0, int64(nanoseconds)).UTC() }
