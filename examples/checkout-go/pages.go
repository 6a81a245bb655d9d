package main

import (
	"fmt"

	"outrider.dev/outrider"
	"outrider.dev/outrider/check"
	"outrider.dev/outrider/http"
)

// product is a product as the shop's API gives it.
type product struct {
	ID         uint32 `json:"id"`
	Name       string `json:"name"`
	PriceCents uint64 `json:"price_cents"`
	Image      string `json:"image"`
}

// homePage opens the shop as a browser does: the page, then what it names and the product list side by side. It gives the
// numbers of the products on the first page of the list.
func homePage() ([]uint32, error) {
	return outrider.StepValue("home page", func() ([]uint32, error) {
		page, err := http.Get("/")
		if err != nil {
			return nil, err
		}
		if err := page.EnsureStatus(200); err != nil {
			return nil, err
		}
		title, err := page.Regex("<title>([^<]*)</title>", 1)
		if err != nil {
			return nil, err
		}
		check.Contains("home page is the shop's", title, "Waypost")
		return loadAssetsAndList()
	})
}

func loadAssetsAndList() ([]uint32, error) {
	results := http.Batch(
		http.NewRequest("GET", "/assets/style.css"),
		http.NewRequest("GET", "/assets/app.js"),
		http.NewRequest("GET", "/assets/logo.svg"),
		http.NewRequest("GET", "/api/products", http.Query("page", 1)))
	whole := true
	for _, result := range results {
		if result.Err != nil {
			return nil, result.Err
		}
		whole = whole && result.Response.Status() == 200
	}
	check.That("home page is whole", whole)
	list := results[len(results)-1].Response
	if err := list.EnsureStatus(200); err != nil {
		return nil, err
	}
	products, err := http.JSONPathAll[uint32](list, "$.products[*].id")
	check.Between("a page lists products", len(products), 1, 12)
	return products, err
}

// productPage looks at a product and its picture.
func productPage(id uint32) (product, error) {
	return outrider.StepValue("product page", func() (product, error) {
		var found product
		answer, err := http.Get(fmt.Sprintf("/api/products/%d", id), http.Name("/api/products/{id}"))
		if err != nil {
			return found, err
		}
		if err := answer.EnsureStatus(200); err != nil {
			return found, err
		}
		if err := answer.JSON(&found); err != nil {
			return found, err
		}
		check.Equal("product is the one asked for", found.ID, id)
		check.Above("product has a price", found.PriceCents, 0)
		_, err = http.Get(found.Image, http.Name("/assets/{product}.svg"), http.DiscardBody())
		return found, err
	})
}
