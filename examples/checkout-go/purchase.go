package main

import (
	"fmt"

	"outrider.dev/outrider"
	"outrider.dev/outrider/check"
	"outrider.dev/outrider/http"
	"outrider.dev/outrider/metric"
)

var (
	orders     = metric.Counter("orders")
	orderValue = metric.Trend("order value in EUR")
)

// signIn signs in. The answer carries the token that every change of the cart wants.
func signIn(user string) (string, error) {
	return outrider.StepValue("sign in", func() (string, error) {
		credentials := map[string]string{"user": user, "password": parameters.Password}
		answer, err := http.Post("/api/login", http.JSON(credentials))
		if err != nil {
			return "", err
		}
		if err := answer.EnsureStatus(200); err != nil {
			return "", err
		}
		known, err := http.JSONPath[string](answer, "$.user")
		if err != nil {
			return "", err
		}
		check.Equal("the shop knows the visitor", known, user)
		return http.JSONPath[string](answer, "$.csrf_token")
	})
}

// addToCart puts one of a product into the cart, as the page's form does.
func addToCart(chosen product, token string) error {
	return outrider.Step("add to cart", func() error {
		cart, err := http.Post("/api/cart/items", http.Header("x-csrf-token", token),
			http.Field("product_id", chosen.ID), http.Field("quantity", 1), http.Expect(201))
		if err != nil {
			return err
		}
		if err := cart.EnsureStatus(); err != nil {
			return err
		}
		items, err := http.JSONPath[int](cart, "$.item_count")
		check.Equal("cart has one item", items, 1)
		return err
	})
}

// order looks at the cart, orders what is in it, and looks at the order.
//
// What is wrong with an answer ends the step at once: Must is for such a chain of questions.
func order(chosen product, token string) error {
	return outrider.Step("checkout", func() error {
		cart := outrider.Must(http.Get("/api/cart"))
		if err := cart.EnsureStatus(200); err != nil {
			return err
		}
		total := outrider.Must(http.JSONPath[uint64](cart, "$.total_cents"))
		check.Equal("cart costs what the product costs", total, chosen.PriceCents)

		id, err := placeOrder(token)
		if err != nil {
			return err
		}
		placed := outrider.Must(http.Get(fmt.Sprintf("/api/orders/%d", id), http.Name("/api/orders/{id}")))
		check.Equal("order is confirmed", outrider.Must(http.JSONPath[string](placed, "$.status")), "confirmed")
		names := outrider.Must(http.JSONPathAll[string](placed, "$.items[*].name"))
		check.Equal("order has the product", names, []string{chosen.Name})
		orders.Add(1)
		orderValue.Record(float64(total) / 100)
		return nil
	})
}

// placeOrder sends the order; it gives its number.
func placeOrder(token string) (uint64, error) {
	return outrider.StepValue("place order", func() (uint64, error) {
		address := map[string]string{"name": "A. Visitor", "address": "1 Trail Road"}
		answer, err := http.Post("/api/checkout", http.Header("x-csrf-token", token), http.JSON(address))
		if err != nil {
			return 0, err
		}
		if err := answer.EnsureStatus(201); err != nil {
			return 0, err
		}
		id, err := http.JSONPath[uint64](answer, "$.order_id")
		if err != nil {
			return 0, err
		}
		location, err := answer.Header("location")
		if err != nil {
			return 0, err
		}
		if location != fmt.Sprintf("/api/orders/%d", id) {
			return 0, outrider.Fail("order %d is said to be at %s", id, location)
		}
		return id, nil
	})
}
