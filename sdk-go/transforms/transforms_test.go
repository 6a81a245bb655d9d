package transforms

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	types "outrider.dev/outrider/internal/bindings/outrider_plugin_transforms"
)

type status int

// made are the outcomes of a transform, one a record.
func made(t *testing.T, record func(*RawRecord) ([]Row, error), lines ...string) ([]types.Outcome, string) {
	t.Helper()
	transform, err := newTransform(Definition{Name: "t", Table: "rows", Record: record})
	if err != nil {
		t.Fatal(err)
	}
	records := make([]types.RawRecord, len(lines))
	for i, line := range lines {
		records[i] = types.RawRecord{Source: "a.log", Position: uint64(i), Received: 1_000_000_001, Data: []byte(line)}
	}
	outcomes, failed, _ := transform.Transform(records).Get()
	return outcomes, failed.Message
}

func TestEachRecordHasItsOutcome(t *testing.T) {
	outcomes, failed := made(t, func(record *RawRecord) ([]Row, error) {
		line, err := record.Text()
		switch line {
		case "# comment":
			return nil, Skip
		case "":
			return nil, err
		case "broken":
			return nil, fmt.Errorf("line %d: %w", record.Position, Reject("no words in %q", record.Data))
		}
		return []Row{{"b": line, "a": record.Received}, {}}, err
	}, "# comment", "", "broken", "words", "not \xff")
	if failed != "" || outcomes[0].Tag() != types.OutcomeSkipped || outcomes[1].Tag() != types.OutcomeSkipped {
		t.Fatalf("%s: %+v", failed, outcomes)
	}
	if why := outcomes[2].Rejected(); why != `line 2: no words in "broken"` {
		t.Fatal(why)
	}
	if why := outcomes[4].Rejected(); why != "not UTF-8 text" {
		t.Fatal(why)
	}
	rows := outcomes[3].Rows()
	if len(rows) != 2 || len(rows[1]) != 0 || rows[0][0].Column != "a" || rows[0][1].Value.Text() != "words" {
		t.Fatalf("%+v", rows)
	}
	if at := rows[0][0].Value.Time(); at != 1_000_000_001 {
		t.Fatalf("received at %d", at)
	}
}

func TestAPanicIsTheTransformsFault(t *testing.T) {
	_, failed := made(t, func(record *RawRecord) ([]Row, error) {
		return []Row{{"status": strings.Split(string(record.Data), " ")[1]}}, nil
	}, "GET 200", "GET")
	if failed != "panic: runtime error: index out of range [1] with length 1" {
		t.Fatal(failed)
	}
}

func TestValuesAreColumnsByTheirUnderlyingType(t *testing.T) {
	text, none := "behind a pointer", (*string)(nil)
	fields, err := fieldsOf(Row{
		"bool": true, "int": status(200), "uint": uint16(7), "float": float32(0.5), "text": &text, "none": none, "nil": nil,
		"time": time.Unix(1, 0), "duration": time.Second, "whole": json.Number("12"), "number": json.Number("1.5"),
	})
	if err != nil {
		t.Fatal(err)
	}
	expected := Row{
		"bool": types.MakeValueBoolean(true), "int": types.MakeValueInteger(200), "uint": types.MakeValueInteger(7),
		"float": types.MakeValueFloat(0.5), "text": types.MakeValueText(text), "time": types.MakeValueTime(1e9),
		"duration": types.MakeValueDuration(1e9), "whole": types.MakeValueInteger(12), "number": types.MakeValueFloat(1.5),
	}
	if len(fields) != len(expected) {
		t.Errorf("%d fields, expected %d", len(fields), len(expected))
	}
	for _, field := range fields {
		if field.Value != expected[field.Column] {
			t.Errorf("%s is %+v", field.Column, field.Value)
		}
	}
}

func TestWhatNoColumnHoldsIsSaid(t *testing.T) {
	for words, value := range map[string]any{
		"a []string cannot be a column's value":               []string{"a"},
		"18446744073709551615 is larger":                      uint64(math.MaxUint64),
		"the duration is negative: -1s":                       -time.Second,
		"the time 1969-12-31T23:59:59Z is not between":        time.Unix(-1, 0).UTC(),
		"the time 2300-01-01T00:00:00Z is not between 1970 a": time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		_, err := fieldsOf(Row{"column": value})
		if err == nil || !strings.Contains(err.Error(), `column "column": `+words) {
			t.Errorf("%v does not say %q", err, words)
		}
	}
}

func TestAValueThatNoColumnHoldsRejectsItsRecord(t *testing.T) {
	outcomes, failed := made(t, func(record *RawRecord) ([]Row, error) {
		return []Row{{"took": json.Number(record.Data), "id": uint64(math.MaxUint64)}}, nil
	}, "1", "1e999")
	if failed != "" || !strings.HasPrefix(outcomes[0].Rejected(), `column "id": 18446744073709551615 is larger`) {
		t.Fatalf("%s: %+v", failed, outcomes)
	}
	if _, failed := made(t, func(*RawRecord) ([]Row, error) { return []Row{{"a": []string{}}}, nil }, "x"); failed == "" {
		t.Fatal("a list is a fault of the transform")
	}
}

func TestADefinitionSaysAllThatIsWrongWithIt(t *testing.T) {
	_, err := newTransform(Definition{Parameters: "{"})
	for _, words := range []string{"no Name", "no Table", "no Record", "Parameters are not JSON: unexpected end"} {
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%q is missing in: %v", words, err)
		}
	}
}
