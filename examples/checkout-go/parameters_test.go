package main

import "testing"

func TestTheProductThatIsSetIsChosen(t *testing.T) {
	if id, err := (settings{Product: 7}).choose([]uint32{1, 2, 3}); id != 7 || err != nil {
		t.Fatalf("%d, %v", id, err)
	}
	if _, err := (settings{}).choose(nil); err == nil || err.Error() != "the shop has no products" {
		t.Fatalf("%v", err)
	}
}
