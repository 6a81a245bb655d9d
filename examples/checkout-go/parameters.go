package main

import (
	"time"

	"outrider.dev/outrider"
	"outrider.dev/outrider/random"
)

// schema is what can be set with --set KEY=VALUE; the host checks what is set against it, and fills in defaults.
const schema = `{
  "type": "object",
  "properties": {
    "think_ms": {
      "type": "integer",
      "minimum": 0,
      "maximum": 600000,
      "default": 10,
      "description": "Mean think time between two pages, in milliseconds."
    },
    "product": {
      "type": "integer",
      "minimum": 1,
      "description": "The product that everybody looks at; if it is not set, each visitor chooses."
    },
    "password": {
      "type": "string",
      "default": "open sesame",
      "description": "The password of the shop's users."
    }
  },
  "additionalProperties": false
}`

// settings are the parameters.
type settings struct {
	ThinkMS  int64  `json:"think_ms"`
	Product  uint32 `json:"product"`
	Password string `json:"password"`
}

// parameters are this user's: each user has an instance of its own.
var parameters settings

// think waits as a visitor does: anything from half the mean to one and a half of it.
func (s settings) think() {
	mean := time.Duration(s.ThinkMS) * time.Millisecond
	outrider.ThinkBetween(mean/2, mean*3/2)
}

// choose is the product to look at, of those on the page.
func (s settings) choose(products []uint32) (uint32, error) {
	if s.Product != 0 {
		return s.Product, nil
	}
	if len(products) == 0 {
		return 0, outrider.Fail("the shop has no products")
	}
	return random.Choose(products...), nil
}
