package runtime

import (
	"runtime"
	"testing"
	"unsafe"
)

func TestWhatIsPinnedStaysUntilItIsLetGo(t *testing.T) {
	var pinner Pinner
	collected := make(chan int, 1000)
	for i := range 1000 {
		object := new([4]uint64)
		runtime.AddCleanup(object, func(i int) { collected <- i }, i)
		pinner.Pin(unsafe.Pointer(object))
	}
	runtime.GC()
	runtime.GC()
	if len(collected) > 0 {
		t.Fatalf("%d of 1000 are gone", len(collected))
	}
	pinner.Unpin()
	runtime.GC()
	<-collected
}

func TestAPinnerKeepsNoMoreRoomThanItNeeds(t *testing.T) {
	var pinner Pinner
	var object uint64
	for range 2 * keptPins {
		pinner.Pin(unsafe.Pointer(&object))
	}
	pinner.Unpin()
	if cap(pinner.kept) != 0 {
		t.Fatalf("room for %d is kept", cap(pinner.kept))
	}
	pinner.Pin(unsafe.Pointer(&object))
	pinner.Unpin()
	if cap(pinner.kept) != fewPins || pinner.few[0] != nil {
		t.Fatal("what was let go of is still known")
	}
}
