// Package runtime is what the bindings stand on: memory for what goes to the host and for what comes from it.
//
// What goes to the host is Go's own memory, kept for the length of the call by a [Pinner].
//
// What comes from the host is written where cabi_realloc says, while the host's call is still under way. In that
// moment the component model forbids a guest to call anything outside, and a guest that does is ended by a trap ("cannot
// leave component instance"). Go's collector does: it reads the clock, and it runs whenever memory is asked for.
// So cabi_realloc never asks Go for memory. It takes from an [arena] that Go's heap knows nothing of, and what the
// bindings lift from there is copied into Go's heap, outside of cabi_realloc, where the collector may run.
package runtime

import (
	"strings"
	"unsafe"
)

// calls counts the host's calls under way. There is more than one only where the scheduler switches to another
// goroutine while a result is lifted.
var calls int

// Enter begins a call of the host.
func Enter() *Pinner {
	calls++
	return new(Pinner)
}

// Leave ends a call of the host: what it handed over has been lifted.
func Leave(pinner *Pinner) {
	pinner.Unpin()
	calls--
	Unpin()
}

// Unpin lets go of what the host handed over, once it has been lifted.
func Unpin() {
	if calls == 0 {
		received.reset()
	}
}

// Allocate gives memory for what goes to the host.
func Allocate(pinner *Pinner, size, align uintptr) unsafe.Pointer {
	if size == 0 {
		return nil
	}
	// Words of eight bytes: aligned for everything that the contract has.
	words := make([]uint64, (size+7)/8)
	pointer := unsafe.Pointer(unsafe.SliceData(words))
	pinner.Pin(pointer)
	return pointer
}

// At is what lies at an address that the host gave, or that was given to it.
func At(address uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&address)) }

// String copies a text that the host handed over.
func String[N int32 | uint32](data *uint8, length N) string {
	return strings.Clone(unsafe.String(data, int(length)))
}

// Bytes copies bytes that the host handed over.
func Bytes[N int32 | uint32](data *uint8, length N) []uint8 {
	return append(make([]uint8, 0, length), unsafe.Slice(data, int(length))...)
}
