package transforms_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"outrider.dev/outrider/transforms"
)

// A transform registers itself in func init(); here it stands in a function of its own.
func ExampleTransform() {
	transforms.Transform(transforms.Definition{
		Name:        "access log",
		Description: "Lines of the proxy's log, as JSON.",
		Table:       "access_logs",
		Record:      parse,
	})
}

func parse(record *transforms.RawRecord) ([]transforms.Row, error) {
	var line struct {
		Time   time.Time
		Path   string
		Status int
		Millis float64
	}
	if err := json.Unmarshal(record.Data, &line); err != nil {
		return nil, transforms.Reject("not JSON: %w", err)
	}
	if line.Path == "/health" {
		return nil, transforms.Skip
	}
	took := time.Duration(line.Millis * float64(time.Millisecond))
	return []transforms.Row{{"time": line.Time, "path": line.Path, "status": line.Status, "took": took}}, nil
}

// What a transform computes can be tested like any function.
func ExampleRawRecord() {
	rows, err := parse(&transforms.RawRecord{Data: []byte(`{"path": "/cart", "status": 200, "millis": 1.5}`)})
	fmt.Println(rows[0]["path"], rows[0]["status"], rows[0]["took"], err)

	_, err = parse(&transforms.RawRecord{Data: []byte(`{"path": "/health"}`)})
	fmt.Println(errors.Is(err, transforms.Skip))
	// Output:
	// /cart 200 1.5ms <nil>
	// true
}

func ExampleReject() {
	_, err := parse(&transforms.RawRecord{Data: []byte(`GET /`)})
	fmt.Println(err)
	// Output: not JSON: invalid character 'G' looking for beginning of value
}
