package check_test

import (
	"time"

	"outrider.dev/outrider/check"
	"outrider.dev/outrider/http"
)

func Example() {
	_ = func() error {
		page, err := http.Get("/")
		if err != nil {
			return err
		}
		check.Equal("status is 200", page.Status(), 200)
		check.Below("home page is quick", page.Duration(), time.Second, check.Tag("page", "home"))
		return nil
	}
}
