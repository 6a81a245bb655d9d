package alerts

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"outrider.dev/outrider/http"
	types "outrider.dev/outrider/internal/bindings/outrider_plugin_alerts"
	measure "outrider.dev/outrider/internal/bindings/outrider_plugin_measure"
	responses "outrider.dev/outrider/internal/bindings/outrider_plugin_responses"
	"outrider.dev/outrider/internal/failure"
	wit "outrider.dev/outrider/internal/wit/types"
)

func TestAnErrorSaysWhetherToTryAgain(t *testing.T) {
	gone := failure.New(failure.Target, errors.New("no answer"))
	for name, c := range map[string]struct {
		err error
		tag uint8
	}{
		"try again":          {TryAgain(errors.New("busy")), types.DeliveryErrorTryAgain},
		"refused":            {fmt.Errorf("the chat: %w", Refused(errors.New("no such room"))), types.DeliveryErrorRefused},
		"refused by target":  {Refused(gone), types.DeliveryErrorRefused},
		"target":             {fmt.Errorf("the chat: %w", gone), types.DeliveryErrorTryAgain},
		"the channel's own":  {errors.New("no template"), types.DeliveryErrorBroken},
		"delivered":          {nil, 0},
		"nothing is refused": {Refused(nil), 0},
	} {
		channel, _ := newChannel(Definition{Name: "chat", Deliver: func(*Alert) error { return c.err }})
		_, failed, delivered := channel.Deliver(types.Alert{}).Get()
		if delivered != (c.err == nil) || !delivered && failed.Tag() != c.tag {
			t.Errorf("%s: %+v", name, failed)
		}
	}
}

func TestAStatusSaysWhetherToTryAgain(t *testing.T) {
	for status, again := range map[uint16]bool{503: true, 429: true, 408: true, 404: false, 301: false, 101: false} {
		err := Accepted(http.FromHead(responses.Response{Status: status}))
		var judged *DeliveryError
		if !errors.As(err, &judged) || judged.Again != again || err.Error() != fmt.Sprintf("status %d", status) {
			t.Errorf("%d: %v", status, err)
		}
	}
	if err := Accepted(http.FromHead(responses.Response{Status: 202})); err != nil {
		t.Fatal(err)
	}
}

func TestAPanicBreaksTheChannel(t *testing.T) {
	channel, _ := newChannel(Definition{Name: "chat", Deliver: func(alert *Alert) error {
		return errors.New(alert.Locations[0].Name)
	}})
	_, failed, _ := channel.Deliver(types.Alert{}).Get()
	broken := failed.Broken()
	stack, _ := broken.Stack.Get()
	if !strings.HasPrefix(broken.Message, "panic: ") || !strings.Contains(stack, "alerts_test.go:") {
		t.Fatalf("%+v", broken)
	}
}

func TestAnAlertIsShownWhole(t *testing.T) {
	shown := alertOf(types.Alert{
		Kind: types.AlertKindRecovered, Began: 1e9, Link: wit.Some("https://status.test"),
		Locations: []types.Location{{Name: "here", Duration: 1e6, Error: wit.Some("slow"), FailedChecks: []measure.Verdict{
			{Name: "status is 200", Actual: wit.Some("500")},
		}}},
	})
	if shown.Kind != Recovered || shown.Kind.String() != "recovered" || shown.Link != "https://status.test" || shown.Run != "" {
		t.Fatalf("%+v", shown)
	}
	if !shown.Began.Equal(time.Unix(1, 0)) || shown.Locations[0].Duration != time.Millisecond || shown.Locations[0].Error != "slow" {
		t.Fatalf("%+v", shown)
	}
	if failed := shown.Locations[0].FailedChecks[0]; failed.Actual != "500" || failed.Expected != "" {
		t.Fatalf("%+v", failed)
	}
}

func TestADefinitionSaysAllThatIsWrongWithIt(t *testing.T) {
	_, err := newChannel(Definition{})
	if err == nil || !strings.Contains(err.Error(), "no Name") || !strings.Contains(err.Error(), "no Deliver") {
		t.Fatal(err)
	}
}
