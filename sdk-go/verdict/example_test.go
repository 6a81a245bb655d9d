package verdict_test

import (
	"fmt"
	"time"

	"outrider.dev/outrider/verdict"
)

func ExampleBelow() {
	judged := verdict.Below("answer is quick", 1200*time.Millisecond, time.Second, verdict.Message("see the runbook"))
	fmt.Println(judged.Passed, judged.Expected, judged.Actual, judged.Message)
	// Output: false < 1s 1.2s see the runbook
}

func ExampleThat() {
	judged := verdict.That("cache answers", false, verdict.Expected("HIT"), verdict.Actual("MISS"))
	fmt.Printf("%s: expected %s, found %s\n", judged.Name, judged.Expected, judged.Actual)
	// Output: cache answers: expected HIT, found MISS
}
