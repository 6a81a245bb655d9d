// Package transforms is for transforms: from raw records (a line of a log, a message of a stream) to rows of a table.
//
//	func init() {
//		transforms.Transform(transforms.Definition{
//			Name:        "access log",
//			Description: "Lines of the proxy's log, as JSON.",
//			Table:       "access_logs",
//			Record:      parse,
//		})
//	}
//
//	func parse(record *transforms.RawRecord) ([]transforms.Row, error) {
//		var line struct {
//			Time   time.Time
//			Path   string
//			Status int
//		}
//		if err := json.Unmarshal(record.Data, &line); err != nil {
//			return nil, transforms.Reject("not JSON: %w", err)
//		}
//		if line.Path == "/health" {
//			return nil, transforms.Skip
//		}
//		return []transforms.Row{{"time": line.Time, "path": line.Path, "status": line.Status}}, nil
//	}
//
// Nothing is lost on the way: each record becomes rows, is skipped on purpose, or is rejected with a reason and kept whole in
// the dead-letter place. A transform has parameters (package vars), log lines and metrics of its own (log, metric); it has no
// network, no clock, no random numbers and no secrets, so that the same records make the same rows.
package transforms

import (
	"errors"
	"fmt"

	types "outrider.dev/outrider/internal/bindings/outrider_plugin_transforms"
	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_types"
	_ "outrider.dev/outrider/internal/bindings/transform_exports" // What the host calls.
	"outrider.dev/outrider/internal/exports/transformhooks"
	"outrider.dev/outrider/internal/failure"
	"outrider.dev/outrider/internal/jsontext"
	"outrider.dev/outrider/internal/text"
	wit "outrider.dev/outrider/internal/wit/types"
)

// Definition is what a transform is. Name, Table and Record are needed.
//
// The host may make several instances of the component. The records of one source come in their order, all to the same
// instance: package variables may hold what a header line said.
type Definition struct {
	// Name is its name.
	Name string
	// Description is what it reads, in one sentence.
	Description string
	// Table is the table that its rows are for: access_logs, or one of its own.
	Table string
	// Parameters is the JSON Schema of its parameters, an object: a value that becomes JSON, or JSON text as a string.
	Parameters any
	// Start is called once for each instance; the place to read parameters, with vars.Parameters.
	Start func() error
	// Record makes rows of a record. [Skip] says that none are wanted, and no rows without an error mean the same. Any other
	// error says that the record cannot be understood, as [Reject] makes it: the record is kept whole with the error's words. A
	// panic, and a value of a type that no column has, are faults of the transform: the host tries the records again one at a time, in
	// new instances, and tells whose it is.
	Record func(record *RawRecord) ([]Row, error)
}

// Transform makes a definition the component's transform. It is called in init, once: main is never run. It panics where the
// definition cannot be a transform, with all that is wrong with it.
func Transform(definition Definition) {
	if transformhooks.Transformer != nil {
		panic("transforms.Transform is called twice: a component is one transform")
	}
	made, err := newTransform(definition)
	if err != nil {
		panic(fmt.Sprintf("the definition is no transform: %v", err))
	}
	transformhooks.Transformer = made
}

// transform stands between the component's exports and the definition.
type transform struct {
	definition  Definition
	description types.Description
}

func newTransform(definition Definition) (*transform, error) {
	var faults []error
	if definition.Name == "" {
		faults = append(faults, errors.New("it has no Name"))
	}
	if definition.Table == "" {
		faults = append(faults, errors.New("it has no Table"))
	}
	if definition.Record == nil {
		faults = append(faults, errors.New("it has no Record"))
	}
	parameters, err := jsontext.Schema(definition.Parameters)
	description := types.Description{
		Name: definition.Name, Description: definition.Description, Table: definition.Table, Parameters: parameters,
	}
	return &transform{definition, description}, failure.All(append(faults, err)...)
}

// Describe is called by the host.
func (t *transform) Describe() types.Description { return t.description }

// Start is called by the host.
func (t *transform) Start() wit.Result[wit.Unit, contract.Failure] {
	if t.definition.Start != nil {
		if err := failure.Guarded(t.definition.Start); err != nil {
			return wit.Err[wit.Unit](failure.ToContract(err))
		}
	}
	return wit.Ok[wit.Unit, contract.Failure](wit.Unit{})
}

// Transform is called by the host.
func (t *transform) Transform(records []types.RawRecord) wit.Result[[]types.Outcome, contract.Failure] {
	outcomes := make([]types.Outcome, len(records))
	for i, record := range records {
		outcome, err := t.outcome(recordOf(record))
		if err != nil {
			return wit.Err[[]types.Outcome](failure.ToContract(err))
		}
		outcomes[i] = outcome
	}
	return wit.Ok[[]types.Outcome, contract.Failure](outcomes)
}

// outcome is what became of a record; an error is the transform's own fault.
func (t *transform) outcome(record *RawRecord) (outcome types.Outcome, err error) {
	err = failure.Guarded(func() (err error) {
		rows, rejected := t.definition.Record(record)
		switch {
		case errors.Is(rejected, Skip), rejected == nil && len(rows) == 0:
			outcome = types.MakeOutcomeSkipped()
		case rejected != nil:
			outcome = types.MakeOutcomeRejected(text.Valid(rejected.Error()))
		default:
			outcome, err = rowsOf(rows)
		}
		return err
	})
	return outcome, err
}
