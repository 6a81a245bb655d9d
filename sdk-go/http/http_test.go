package http

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"outrider.dev/outrider/internal/failure"
)

func TestQueryPairsAreEncodedAndStandBeforeTheFragment(t *testing.T) {
	request := NewRequest("GET", "/find?a=1#top", Query("q", "a b&c=ü"), Query("page", 2))
	if request.request.Url != "/find?a=1&q=a%20b%26c%3D%C3%BC&page=2#top" {
		t.Fatal(request.request.Url)
	}
}

func TestWhatWasAskedForIsWhatIsSent(t *testing.T) {
	request := NewRequest("PURGE", "/", Name("purge"), Header("x", "y"), Field("a", 1), Field("b", "2"),
		Timeout(2*time.Millisecond), Redirects(0), Expect(404), ExpectRange(200, 299), DiscardBody(), Tag("k", "v"))
	sent := request.request
	if fields := sent.Body.Form(); len(fields) != 2 || fields[0].Value != "1" || fields[1].Name != "b" {
		t.Fatalf("%+v", fields)
	}
	if sent.Timeout.Some() != 2_000_000 || sent.Redirects.Some() != 0 || sent.Name.Some() != "purge" || !sent.DiscardBody {
		t.Fatalf("%+v", sent)
	}
	if len(sent.Expected) != 2 || sent.Expected[1].High != 299 || len(sent.Headers) != 1 || len(sent.Tags) != 1 {
		t.Fatalf("%+v", sent)
	}
	if request.isPlain() || !NewRequest("GET", "/").isPlain() {
		t.Fatal("only a method and a URL are plain")
	}
}

func TestWhatCannotBeBuiltIsTheJourneysFault(t *testing.T) {
	for _, option := range []Option{JSON(math.Inf(1)), Expect(-1), ExpectRange(300, 200)} {
		var fault *Error
		if request := NewRequest("POST", "/", option); !errors.As(request.fault, &fault) || fault.Code != InvalidRequest {
			t.Fatalf("%v", request.fault)
		}
		if failure.Of(fault) != failure.Plugin || !strings.HasPrefix(fault.Error(), "invalid request: ") {
			t.Fatal(fault)
		}
	}
}

func TestJSONIsSentWithoutTheEscapesOfHTML(t *testing.T) {
	request := NewRequest("POST", "/", JSON(map[string]string{"a": "<b>"}))
	if body := request.request.Body.Json(); body != `{"a":"<b>"}` {
		t.Fatal(body)
	}
}

func TestJSONOfAnotherShapeIsToldFromTextThatIsNoJSON(t *testing.T) {
	var number int
	for text, reason := range map[string]error{`"x"`: ErrShape, "<html>": ErrNotJSON, "": ErrNotJSON} {
		err := decoded([]byte(text), "$.id", &number)
		if !errors.Is(err, reason) || failure.Of(err) != failure.Target {
			t.Fatalf("%q: %v", text, err)
		}
	}
}

func TestNothingFoundIsTheSitesFault(t *testing.T) {
	_, err := required[string]("h6")("", false, nil)
	if !errors.Is(err, ErrNoMatch) || failure.Of(err) != failure.Target || err.Error() != "'h6' matches nothing in the answer" {
		t.Fatal(err)
	}
	if failure.Of(unreadable(ErrInvalidPattern, "x")) != failure.Plugin {
		t.Fatal("a pattern that is not valid is the journey's fault")
	}
}
