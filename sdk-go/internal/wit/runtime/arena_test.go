package runtime

import (
	"testing"
	"unsafe"
)

// counted is an arena over Go's memory that notes how much it was given.
func counted() (*arena, *[]uintptr) {
	var grown []uintptr
	return &arena{grow: func(size uintptr) unsafe.Pointer {
		grown = append(grown, size)
		return unsafe.Pointer(unsafe.SliceData(make([]uint64, size/8)))
	}}, &grown
}

func TestAnArenaUsesItsMemoryAgainAfterEachCall(t *testing.T) {
	arena, grown := counted()
	first := arena.take(100, 1)
	for range 1000 {
		arena.reset()
		if again := arena.take(60_000, 8); again != first {
			t.Fatalf("taken at %p, then at %p", first, again)
		}
	}
	if len(*grown) != 1 || (*grown)[0] != pageBytes {
		t.Fatalf("grown by %v, expected one page", *grown)
	}
}

func TestWhatIsTakenInOneCallDoesNotOverlap(t *testing.T) {
	arena, _ := counted()
	type span struct{ from, to uintptr }
	var taken []span
	for size := uintptr(1); size < 300_000; size = size*3 + 1 {
		start := uintptr(arena.take(size, 8))
		if start%8 != 0 {
			t.Fatalf("%d bytes at %x are not aligned", size, start)
		}
		for _, other := range taken {
			if start < other.to && other.from < start+size {
				t.Fatalf("%d bytes at %x overlap %x", size, start, other)
			}
		}
		taken = append(taken, span{start, start + size})
	}
}

func TestAnArenaGrowsToFourTimesTheLargestAnswerAtMost(t *testing.T) {
	arena, grown := counted()
	const largest = 8 << 20
	for size := uintptr(1000); size <= largest; size += 100_000 {
		arena.reset()
		arena.take(size, 1)
	}
	if arena.total > 4*largest || len(*grown) > maxBlocks {
		t.Fatalf("%d bytes in %d blocks for answers of %d", arena.total, len(*grown), largest)
	}
}

func TestACallWithinACallKeepsWhatIsNotLiftedYet(t *testing.T) {
	arena, _ := counted()
	defer func(before *[maxBlocks]block) { received.blocks = *before }(&received.blocks)
	received.grow = arena.grow
	outer := Enter()
	held := received.take(10, 1)
	inner := Enter()
	received.take(10, 1)
	Leave(inner)
	if next := received.take(10, 1); next == held {
		t.Fatal("the outer call's answer is overwritten")
	}
	Leave(outer)
	if next := received.take(10, 1); next != held {
		t.Fatal("the arena is not used again")
	}
}

func TestWhatIsLiftedIsACopy(t *testing.T) {
	memory := []byte("words")
	text, bytes := String(&memory[0], uint32(5)), Bytes(&memory[0], uint32(5))
	memory[0] = 'W'
	if text != "words" || string(bytes) != "words" {
		t.Fatalf("%s and %s changed with the arena", text, bytes)
	}
	if String(nil, uint32(0)) != "" || len(Bytes(nil, uint32(0))) != 0 {
		t.Fatal("nothing is not empty")
	}
}
