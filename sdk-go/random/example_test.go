package random_test

import (
	"outrider.dev/outrider/http"
	"outrider.dev/outrider/random"
)

func ExampleChoose() {
	_ = func() error {
		_, err := http.Get("/products/" + random.Choose("tent", "stove", "rope"))
		return err
	}
}

func ExampleChance() {
	_ = func() error {
		if random.Chance(0.2) {
			_, err := http.Post("/newsletter", http.Field("mail", random.String(8)+"@example.test"))
			return err
		}
		return nil
	}
}
