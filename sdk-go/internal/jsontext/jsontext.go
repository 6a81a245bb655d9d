// Package jsontext turns values into JSON text and back.
package jsontext

import (
	"bytes"
	"encoding/json"
	"errors"
)

// Of is a value as JSON text: text and [json.RawMessage] that are JSON are taken as they are, all else is encoded,
// without the escapes that HTML needs.
func Of(value any) (string, error) {
	switch value := value.(type) {
	case json.RawMessage:
		return valid(string(value))
	case string:
		if text, err := valid(value); err == nil {
			return text, nil
		}
	}
	return Encoded(value)
}

// Encoded is a value as JSON text, texts too.
func Encoded(value any) (string, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	return string(bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))), nil
}

func valid(text string) (string, error) {
	if !json.Valid([]byte(text)) {
		return "", errors.New("the text is not JSON")
	}
	return text, nil
}
