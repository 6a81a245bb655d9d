// Everything that a journey may use, once. plugins/test-tour does the same in Rust and tour.ts in TypeScript, in the same
// order.
package main

import (
	"fmt"
	"strings"
	"time"

	"outrider.dev/outrider"
	"outrider.dev/outrider/check"
	"outrider.dev/outrider/data"
	"outrider.dev/outrider/http"
	"outrider.dev/outrider/log"
	"outrider.dev/outrider/metric"
	"outrider.dev/outrider/random"
	"outrider.dev/outrider/vars"
)

const schema = `{"type":"object","required":["id","name"]}`

type customer struct {
	Name string `json:"name"`
}

var greeting, campaign string

func init() {
	outrider.Journey(outrider.Definition{
		Name:        "tour",
		Description: "Uses everything that a journey may use.",
		Parameters:  `{"type": "object", "properties": {"greeting": {"type": "string", "default": "hello"}}}`,
		Scenarios: []outrider.Scenario{
			{Name: "tour", Description: "All of it.", Run: tour},
			{Name: "never", Description: "Nothing.", Weight: outrider.Never, Run: func(*outrider.Iteration) error { return nil }},
		},
		Setup: func() (any, error) {
			log.Info("setting up")
			return map[string]string{"campaign": "autumn"}, nil
		},
		Start: start,
		Stop: func() error {
			log.Info("stopping")
			return nil
		},
		Teardown: func() error {
			log.Info("tearing down")
			return nil
		},
	})
}

func main() {}

func start(user *outrider.User) error {
	log.Info("user %d", user.VU)
	parameters, err := vars.Parameters[struct{ Greeting string }]()
	if err != nil {
		return err
	}
	prepared, err := vars.SetupData[struct{ Campaign string }]()
	greeting, campaign = parameters.Greeting, prepared.Campaign
	return err
}

func tour(iteration *outrider.Iteration) error {
	http.ClearCookies()
	http.CloseConnections()
	outrider.Tag("plan", "free")
	log.Info("%s %s %s %d", greeting, campaign, iteration.Scenario, iteration.Index)
	who, err := data.Row[customer]("customers")
	if err != nil {
		return err
	}
	log.Info("%s of %d", who.Name, outrider.Must(data.Count("customers")))
	// A group is a step with steps inside.
	err = outrider.Step("group", func() error {
		if err := outrider.Step("requests", func() error { return requests(who) }); err != nil {
			return err
		}
		if err := outrider.Step("reading", readPage); err != nil {
			return err
		}
		return outrider.Step("json", readJSON)
	}, outrider.Tagged("kind", "outer"))
	if err != nil {
		return err
	}
	if err := outrider.Step("values", draw); err != nil {
		return err
	}
	err = outrider.Step("waits", func() error {
		outrider.Think(time.Millisecond)
		outrider.ThinkBetween(time.Millisecond, 2*time.Millisecond)
		outrider.ThinkExponential(time.Millisecond)
		outrider.ThinkNormal(2*time.Millisecond, 500*time.Microsecond)
		return nil
	})
	if err != nil {
		return err
	}
	metrics()
	logs()
	check.That("it went well", true)
	return nil
}

// requests sends every kind of request.
func requests(who customer) error {
	secret, err := vars.Secret("token")
	if err != nil {
		return err
	}
	send := func(_ *http.Response, sent error) {
		if err == nil {
			err = sent
		}
	}
	send(http.Post("/echo", http.JSON(map[string]string{"user": who.Name}), http.Header("x-token", secret)))
	send(http.Post("/echo", http.Field("user", who.Name), http.Field("a b", "1&2"), http.Name("form")))
	send(http.Post("/echo", http.Text("plain words")))
	send(http.Put("/echo", http.Bytes([]byte{1, 2, 3})))
	send(http.Patch("/echo", http.Query("q", "a b"), http.Query("q", 2)))
	send(http.Delete("/echo", http.Tag("kind", "delete")))
	send(http.Head("/page"))
	send(http.Options("/page"))
	send(http.Post("/upload", http.Multipart(
		http.Part{Name: "field", Data: []byte("value")},
		http.Part{Name: "file", Filename: "a.txt", ContentType: "text/plain", Data: []byte("content")})))
	send(http.Get("/page", http.DiscardBody(), http.Timeout(5*time.Second)))
	moved, redirected := http.Get("/moved", http.Redirects(0), http.Expect(302))
	send(moved, redirected)
	if err != nil {
		return err
	}
	check.Equal("a redirect is handed over", moved.Status(), 302)
	send(http.Get("/moved"))
	for _, answer := range http.Batch(http.NewRequest("GET", "/page"), http.NewRequest("GET", "/json")) {
		send(answer.Response, answer.Err)
		if err == nil {
			err = answer.Response.EnsureStatus(200)
		}
	}
	return err
}

// readPage reads a page: by CSS, XPath, regular expression and header.
func readPage() error {
	page := outrider.Must(http.Get("/page"))
	if err := page.EnsureStatus(200); err != nil {
		return err
	}
	text := func(text string, err error) string { return outrider.Must(text, err) }
	all := func(texts []string, err error) string { return strings.Join(outrider.Must(texts, err), ",") }
	log.Info("%s %s", text(page.CSS("title")), text(page.CSSAttribute("a.next", "href")))
	log.Info("%s", all(page.CSSAll("li")))
	log.Info("%s", all(page.CSSAttributeAll("a", "href")))
	log.Info("%s %s", text(page.XPath("//title")), text(page.XPath("count(//li)")))
	log.Info("%s", all(page.XPathAll("//li")))
	log.Info("%s", text(page.Regex("<title>(.*?)</title>", 1)))
	log.Info("%s", text(page.HeaderRegex("x-trace", `id=(\d+)`, 1)))
	log.Info("%s", text(page.Header("content-type")))
	check.That("nothing is found", foundNothing(page))
	check.That("there are headers", len(outrider.Must(page.Headers())) > 0)
	log.Info("%s %v", text(page.Protocol()), strings.HasSuffix(text(page.URL()), "/page"))
	check.That("it took time", outrider.Must(page.Timings()).Wait > 0 && page.Duration() > 0)
	log.Info("%d %d", len(text(page.Text())), len(outrider.Must(page.Bytes())))
	log.Info("%d", page.BodySize())
	return nil
}

func foundNothing(page *http.Response) bool {
	nothing := true
	look := func(_ string, found bool, err error) {
		nothing = nothing && !found && err == nil
	}
	look(page.FindCSS("h6"))
	look(page.FindCSSAttribute("a", "rel"))
	look(page.FindXPath("//h6"))
	look(page.FindRegex("zebra", 0))
	look(page.FindHeaderRegex("x-trace", "zebra", 0))
	look(page.FindHeader("x-zebra"))
	return nothing
}

// readJSON reads JSON: by path, as a whole and by a schema.
func readJSON() error {
	answer := outrider.Must(http.Get("/json"))
	id, price := outrider.Must(http.JSONPath[uint64](answer, "$.id")), outrider.Must(http.JSONPath[float64](answer, "$.price"))
	log.Info("%d %v", id, price)
	log.Info("%s", strings.Join(outrider.Must(http.JSONPathAll[string](answer, "$.tags[?@ != 'b']")), ","))
	_, found, err := http.FindJSONPath[string](answer, "$.zebra")
	check.That("no zebra", !found && err == nil)
	var whole struct{ Tags []string }
	if err := answer.JSON(&whole); err != nil {
		return err
	}
	log.Info("%s", whole.Tags[1])
	log.Info("%s", strings.Join(outrider.Must(answer.SchemaFaults(schema)), ";"))
	return nil
}

// draw draws every kind of random value.
func draw() error {
	metric.Trend("float").Record(random.Float())
	metric.Trend("exponential").Record(random.Exponential(2))
	metric.Trend("normal").Record(random.Normal(5, 2))
	log.Info("%d", random.Between(-3, 9))
	log.Info("%v", random.Chance(0.3))
	log.Info("%s", random.Choose("red", "green", "blue"))
	log.Info("%s", random.Weighted(random.Choice[string]{Value: "card", Weight: 7}, random.Choice[string]{Value: "invoice", Weight: 3}))
	letters := []string{"a", "b", "c", "d", "e"}
	random.Shuffle(letters)
	log.Info("%s", strings.Join(letters, ""))
	log.Info("%s", random.String(12))
	log.Info("%s", random.StringOf(4, "0123456789"))
	log.Info("%s", strings.Trim(strings.ReplaceAll(fmt.Sprint(random.Bytes(4)), " ", ","), "[]"))
	log.Info("%s", random.UUID())
	return nil
}

func metrics() {
	metric.Counter("orders").Add(1)
	metric.Counter("orders").Add(2.5)
	metric.Gauge("in cart").Set(3)
	metric.Rate("coupon").Record(true)
	metric.Rate("coupon").Record(false)
	metric.Trend("price").Tag("currency", "EUR").Record(19.99)
}

func logs() {
	log.Debug("debug")
	log.Info("info")
	log.Warn("warn")
	log.Error("error")
	check.That("with words", false, check.Expected("one"), check.Actual("two"), check.Tag("kind", "tagged"))
	check.Below("with a message", 3, 2, check.Message("by law"), check.Tag("kind", "message"))
}
