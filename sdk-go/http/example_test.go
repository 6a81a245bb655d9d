package http_test

import (
	"errors"
	"time"

	"outrider.dev/outrider/check"
	"outrider.dev/outrider/http"
)

func ExamplePost() {
	_ = func(token string) (uint64, error) {
		order, err := http.Post("/api/orders",
			http.Header("x-csrf-token", token),
			http.JSON(map[string]any{"sku": "tent-2"}),
			http.Timeout(5*time.Second))
		if err != nil {
			return 0, err
		}
		if err := order.EnsureStatus(201); err != nil {
			return 0, err
		}
		return http.JSONPath[uint64](order, "$.id")
	}
}

func ExampleBatch() {
	_ = func() error {
		for _, result := range http.Batch(http.NewRequest("GET", "/app.js"), http.NewRequest("GET", "/app.css")) {
			if result.Err != nil {
				return result.Err
			}
			check.Equal("asset is there", result.Response.Status(), 200)
		}
		return nil
	}
}

func ExampleError() {
	_ = func() error {
		_, err := http.Get("/slow", http.Timeout(time.Second))
		var failed *http.Error
		if errors.As(err, &failed) && failed.Code == http.TimedOut {
			return nil
		}
		return err
	}
}

func ExampleResponse_FindRegex() {
	_ = func() (string, error) {
		page, err := http.Get("/", http.Name("home page"))
		if err != nil {
			return "", err
		}
		token, found, err := page.FindRegex(`name="csrf-token" content="([^"]+)"`, 1)
		if err != nil || !found {
			return "", err
		}
		return token, nil
	}
}

func ExampleMultipart() {
	_ = func(photo []byte) error {
		_, err := http.Post("/reviews", http.Multipart(
			http.Part{Name: "stars", Data: []byte("5")},
			http.Part{Name: "photo", Filename: "tent.jpg", ContentType: "image/jpeg", Data: photo}))
		return err
	}
}
