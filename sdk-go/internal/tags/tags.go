// Package tags turns tags into the contract's.
package tags

import (
	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_types"
	"outrider.dev/outrider/internal/text"
)

// Tag is a key and a value that rows carry so that they can be told apart.
type Tag = contract.Tag

// New makes one.
func New(key, value string) Tag { return Tag{Key: text.Valid(key), Value: text.Valid(value)} }
