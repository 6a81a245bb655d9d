package alerts_test

import (
	"errors"
	"fmt"

	"outrider.dev/outrider/alerts"
	"outrider.dev/outrider/http"
	"outrider.dev/outrider/vars"
)

// A channel registers itself in func init(); here it stands in a function of its own.
func ExampleChannel() {
	alerts.Channel(alerts.Definition{Name: "chat", Description: "Writes into the team's chat.", Deliver: post})
}

func post(alert *alerts.Alert) error {
	token, err := vars.Secret("CHAT_TOKEN")
	if err != nil {
		return err // Without its secret the channel is broken: nobody refused anything.
	}
	answer, err := http.Post("https://chat.test/messages",
		http.Header("authorization", "Bearer "+token), http.JSON(map[string]string{"text": words(alert)}))
	if err != nil {
		return err
	}
	return alerts.Accepted(answer)
}

func words(alert *alerts.Alert) string {
	return fmt.Sprintf("%s %s: %s", alert.Monitor, alert.Kind, alert.Summary)
}

// What a channel writes can be tested like any function.
func ExampleAlert() {
	fmt.Println(words(&alerts.Alert{Monitor: "checkout", Kind: alerts.Failed, Summary: "2 of 3 locations fail"}))
	// Output: checkout failed: 2 of 3 locations fail
}

func ExampleTryAgain() {
	err := alerts.TryAgain(errors.New("the chat is busy"))
	var judged *alerts.DeliveryError
	fmt.Println(errors.As(err, &judged), judged.Again, err)
	// Output: true true the chat is busy
}
