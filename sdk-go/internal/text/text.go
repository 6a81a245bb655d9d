// Package text is for texts that go to the host, which takes UTF-8 alone: a guest that hands over anything else is ended.
package text

import "strings"

// Valid is the text with U+FFFD in place of what is not UTF-8, as Go prints it too.
func Valid(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }
