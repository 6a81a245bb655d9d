// A journey through the demo shop. Two scenarios: most visitors look around, some buy.
//
// Each iteration is a new visitor's visit. pages.go is what any visitor does, purchase.go what a buyer does on top.
package main

import (
	"fmt"

	"outrider.dev/outrider"
	"outrider.dev/outrider/http"
	"outrider.dev/outrider/vars"
)

func init() {
	outrider.Journey(outrider.Definition{
		Name:        "checkout",
		Description: "Looks around in the demo shop, and buys something now and then.",
		Parameters:  schema,
		Scenarios: []outrider.Scenario{
			{Name: "browse", Description: "Opens the shop and looks at two products.", Weight: 8, Run: browse},
			{Name: "buy", Description: "Signs in, puts a product into the cart and orders it.", Weight: 2, Run: buy},
		},
		Start: func(*outrider.User) (err error) {
			parameters, err = vars.Parameters[settings]()
			return err
		},
	})
}

// main is never called.
func main() {}

func browse(*outrider.Iteration) error {
	http.ClearCookies()
	products, err := homePage()
	if err != nil {
		return err
	}
	for range 2 {
		parameters.think()
		if _, err := chooseAndLook(products); err != nil {
			return err
		}
	}
	return nil
}

func buy(iteration *outrider.Iteration) error {
	http.ClearCookies()
	outrider.Tag("visitor", "buyer")
	products, err := homePage()
	if err != nil {
		return err
	}
	parameters.think()
	chosen, err := chooseAndLook(products)
	if err != nil {
		return err
	}
	parameters.think()
	token, err := signIn(fmt.Sprintf("visitor-%d", iteration.User.VU))
	if err != nil {
		return err
	}
	if err := addToCart(chosen, token); err != nil {
		return err
	}
	parameters.think()
	return order(chosen, token)
}

func chooseAndLook(products []uint32) (product, error) {
	id, err := parameters.choose(products)
	if err != nil {
		return product{}, err
	}
	return productPage(id)
}
