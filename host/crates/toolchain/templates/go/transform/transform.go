// {{name}}: lines such as `method=GET path=/cart status=200`, a column for each key.
package main

import (
	"strconv"
	"strings"

	"outrider.dev/outrider/transforms"
)

func init() {
	transforms.Transform(transforms.Definition{
		Name:        "{{name}}",
		Description: "Reads lines of keys and values.",
		Table:       "access_logs",
		Record:      parse,
	})
}

// parse makes a row of a line. Any error rejects the record, with its words.
func parse(record *transforms.RawRecord) ([]transforms.Row, error) {
	line, err := record.Text()
	if err != nil {
		return nil, err
	}
	if line == "" || strings.HasPrefix(line, "#") {
		return nil, transforms.Skip
	}
	row := transforms.Row{}
	for _, word := range strings.Fields(line) {
		key, value, isPair := strings.Cut(word, "=")
		if !isPair {
			return nil, transforms.Reject("'%s' is no key=value", word)
		}
		if number, err := strconv.ParseInt(value, 10, 64); err == nil {
			row[key] = number
		} else {
			row[key] = value
		}
	}
	return []transforms.Row{row}, nil
}

// main is never called.
func main() {}
