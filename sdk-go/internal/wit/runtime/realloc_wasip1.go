package runtime

import "unsafe"

// sbrk takes memory from WebAssembly's end that Go's heap does not know. It is what Go's own heap grows by. The
// toolchain links with -checklinkname=0, which lets a package name it.
//
//go:linkname sbrk runtime.sbrk
func sbrk(size uintptr) unsafe.Pointer

// started says that Go's runtime is up. What is asked for before is the WASI adapter's own state, which stays.
var started bool

func init() {
	received.grow = sbrk
	started = true
}

// cabiRealloc is called by the host while a call of the host is under way. See the package's comment for what it
// must not do.
//
//go:wasmexport cabi_realloc
func cabiRealloc(old unsafe.Pointer, oldSize, align, size uintptr) unsafe.Pointer {
	if old != nil || oldSize != 0 {
		panic("what the host hands over does not grow")
	}
	if !started {
		return permanent(size, align)
	}
	return received.take(size, align)
}

// permanent gives memory that is never used again.
func permanent(size, align uintptr) unsafe.Pointer {
	start := sbrk(size + align)
	return unsafe.Add(start, -uintptr(start)&(align-1))
}
