// Package wit_types has the types of the component model that Go lacks, as the bindings name them.
package wit_types

// The tags of an [Option].
const (
	OptionNone = 0
	OptionSome = 1
)

// Option is a value or none.
type Option[T any] struct {
	some  bool
	value T
}

// None is no value.
func None[T any]() Option[T] { return Option[T]{} }

// Some is a value.
func Some[T any](value T) Option[T] { return Option[T]{true, value} }

// Tag is [OptionNone] or [OptionSome].
func (o Option[T]) Tag() uint8 {
	if o.some {
		return OptionSome
	}
	return OptionNone
}

// Some is the value; it panics without one.
func (o Option[T]) Some() T {
	if !o.some {
		panic("the option is none")
	}
	return o.value
}

// Get is the value, and whether there is one.
func (o Option[T]) Get() (T, bool) { return o.value, o.some }

// The tags of a [Result].
const (
	ResultOk  = 0
	ResultErr = 1
)

// Result is what a function returns: a value, or an error in the contract's terms.
type Result[T any, E any] struct {
	failed bool
	value  T
	err    E
}

// Ok is a value.
func Ok[T any, E any](value T) Result[T, E] { return Result[T, E]{value: value} }

// Err is an error.
func Err[T any, E any](err E) Result[T, E] { return Result[T, E]{failed: true, err: err} }

// Tag is [ResultOk] or [ResultErr].
func (r Result[T, E]) Tag() uint8 {
	if r.failed {
		return ResultErr
	}
	return ResultOk
}

// Ok is the value; it panics where there is an error.
func (r Result[T, E]) Ok() T {
	if r.failed {
		panic("the result is an error")
	}
	return r.value
}

// Err is the error; it panics where there is a value.
func (r Result[T, E]) Err() E {
	if !r.failed {
		panic("the result is a value")
	}
	return r.err
}

// Get is the value, the error, and whether it is a value.
func (r Result[T, E]) Get() (T, E, bool) { return r.value, r.err, !r.failed }

// Unit is the value of a result that has none.
type Unit struct{}
