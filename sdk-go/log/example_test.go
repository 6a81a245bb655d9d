package log_test

import "outrider.dev/outrider/log"

func Example() {
	_ = func(items int) { log.Info("the cart has %d items", items) }
}
