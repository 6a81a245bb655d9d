package data_test

import (
	"outrider.dev/outrider/data"
	"outrider.dev/outrider/http"
)

func ExampleRow() {
	type user struct {
		Name     string
		Password string
	}
	_ = func() error {
		row, err := data.Row[user]("users")
		if err != nil {
			return err
		}
		_, err = http.Post("/login", http.Field("user", row.Name), http.Field("password", row.Password))
		return err
	}
}
