package runtime

import "unsafe"

const (
	// pageBytes is a page of WebAssembly's memory.
	pageBytes = 64 << 10
	// maxBlocks are enough for any memory that WebAssembly has: with each block the arena at least doubles.
	maxBlocks = 32
)

// arena is memory for what the host hands over, in blocks that are never given back: each call uses them from the
// beginning. It grows to four times the largest answer at most.
//
// It holds no pointer of Go's and allocates none, so that its zero value works before Go's runtime does.
type arena struct {
	blocks [maxBlocks]block
	count  int
	total  uintptr
	grow   func(size uintptr) unsafe.Pointer
}

// received is where the host's answers lie.
var received arena

type block struct {
	base unsafe.Pointer
	size uintptr
	used uintptr
}

// take gives memory that is the caller's until the next reset.
func (a *arena) take(size, align uintptr) unsafe.Pointer {
	for i := range a.count {
		if pointer := a.blocks[i].take(size, align); pointer != nil {
			return pointer
		}
	}
	a.add(max(size, a.total))
	return a.blocks[a.count-1].take(size, align)
}

func (a *arena) add(size uintptr) {
	if a.count == maxBlocks {
		panic("the host hands over more than any memory holds")
	}
	size = (size + pageBytes - 1) &^ (pageBytes - 1)
	base := a.grow(size)
	if base == nil {
		panic("out of memory: no room for what the host hands over")
	}
	a.blocks[a.count] = block{base: base, size: size}
	a.count++
	a.total += size
}

func (a *arena) reset() {
	for i := range a.count {
		a.blocks[i].used = 0
	}
}

// take gives nil where there is not enough room. Blocks begin at a page, so offsets are aligned as addresses are.
func (b *block) take(size, align uintptr) unsafe.Pointer {
	start := (b.used + align - 1) &^ (align - 1)
	if start+size > b.size || start+size < start {
		return nil
	}
	b.used = start + size
	return unsafe.Add(b.base, start)
}
