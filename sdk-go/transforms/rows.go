package transforms

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"time"

	types "outrider.dev/outrider/internal/bindings/outrider_plugin_transforms"
	"outrider.dev/outrider/internal/text"
)

// Row is a row: values by the names of their columns. A column's name has letters, digits and _, 64 bytes at most; a row has
// 256 columns at most.
//
// A value is a bool, a number, a string, a [time.Time], a [time.Duration], a [json.Number], anything whose underlying type is one of
// those, or a pointer to one; what is not UTF-8 in a text is replaced by U+FFFD. nil, and a column that a row does not name, is null. Anything else is a fault of the transform.
// A value that no column holds (a whole number from 2⁶³ on, NaN, a time before 1970, a negative duration) rejects the record.
type Row map[string]any

// unfit is why a value of a type that columns have is held by none: the record's fault, as what it says came from there.
type unfit struct{ error }

func unfitf(format string, arguments ...any) error { return unfit{fmt.Errorf(format, arguments...)} }

func rowsOf(rows []Row) (types.Outcome, error) {
	made := make([]types.Row, len(rows))
	for i, row := range rows {
		fields, err := fieldsOf(row)
		if errors.As(err, &unfit{}) {
			return types.MakeOutcomeRejected(text.Valid(err.Error())), nil
		}
		if err != nil {
			return types.Outcome{}, err
		}
		made[i] = fields
	}
	return types.MakeOutcomeRows(made), nil
}

// fieldsOf are the columns in the alphabet's order: a map has none, and the same records are to make the same rows.
func fieldsOf(row Row) (types.Row, error) {
	fields := make(types.Row, 0, len(row))
	for _, column := range slices.Sorted(maps.Keys(row)) {
		value, isNull, err := valueOf(row[column])
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", column, err)
		}
		if !isNull {
			fields = append(fields, types.Field{Column: text.Valid(column), Value: value})
		}
	}
	return fields, nil
}

func valueOf(value any) (made types.Value, isNull bool, err error) {
	switch value := value.(type) {
	case nil:
		return made, true, nil
	case time.Time:
		made, err = timeOf(value)
	case time.Duration:
		made, err = durationOf(value)
	case json.Number:
		made, err = numberOf(value)
	default:
		return reflected(reflect.ValueOf(value))
	}
	return made, false, err
}

// reflected goes by the underlying type, behind pointers.
func reflected(value reflect.Value) (made types.Value, isNull bool, err error) {
	switch value.Kind() {
	case reflect.Pointer:
		if value.IsNil() {
			return made, true, nil
		}
		return valueOf(value.Elem().Interface())
	case reflect.Bool:
		made = types.MakeValueBoolean(value.Bool())
	case reflect.String:
		made = types.MakeValueText(text.Valid(value.String()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		made = types.MakeValueInteger(value.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		made, err = unsignedOf(value.Uint())
	case reflect.Float32, reflect.Float64:
		made = types.MakeValueFloat(value.Float())
	default:
		err = fmt.Errorf("a %s cannot be a column's value", value.Type())
	}
	return made, false, err
}

func unsignedOf(number uint64) (types.Value, error) {
	if number > math.MaxInt64 {
		return types.Value{}, unfitf("%d is larger than a column holds (64 bits with a sign)", number)
	}
	return types.MakeValueInteger(int64(number)), nil
}

// numberOf is a whole number where it is written as one.
func numberOf(number json.Number) (types.Value, error) {
	if whole, err := number.Int64(); err == nil {
		return types.MakeValueInteger(whole), nil
	}
	float, err := number.Float64()
	if err != nil {
		return types.Value{}, unfitf("%q is no number that a column holds", number)
	}
	return types.MakeValueFloat(float), nil
}

// lastYear is the last one that nanoseconds since 1970 in 63 bits hold whole.
const lastYear = 2261

func timeOf(at time.Time) (types.Value, error) {
	if at.Unix() < 0 || at.UTC().Year() > lastYear {
		return types.Value{}, unfitf("the time %s is not between 1970 and %d", at.Format(time.RFC3339), lastYear)
	}
	return types.MakeValueTime(uint64(at.UnixNano())), nil
}

func durationOf(duration time.Duration) (types.Value, error) {
	if duration < 0 {
		return types.Value{}, unfitf("the duration is negative: %s", duration)
	}
	return types.MakeValueDuration(uint64(duration)), nil
}
