package assertions

import (
	"strings"
	"time"

	"outrider.dev/outrider/http"
	types "outrider.dev/outrider/internal/bindings/outrider_plugin_assertions"
	"outrider.dev/outrider/internal/failure"
	wit "outrider.dev/outrider/internal/wit/types"
)

// Exchange is an HTTP exchange that ended.
type Exchange struct {
	// Name is the label under which it is counted.
	Name string
	// Method is the method, upper case.
	Method string
	// URL is the URL, without user and password.
	URL string
	// Response is the answer, nil without one. It can be read as a journey's.
	Response *http.Response
	// Err is why there is no answer: an *http.Error.
	Err error
}

// Step is a step that ended.
type Step struct {
	// Name is its name.
	Name string
	// Duration is how long it took, without the time of packs.
	Duration time.Duration
	// Failed is whether it failed.
	Failed bool
	// Error is the journey's error, if it failed.
	Error string
}

// Page is a page of a browser that finished loading. Vitals are nil where the browser measured none.
type Page struct {
	// Name is the label under which it is counted.
	Name string
	// URL is its URL.
	URL string
	// LCP is largest contentful paint.
	LCP *time.Duration
	// FCP is first contentful paint.
	FCP *time.Duration
	// TTFB is time to first byte.
	TTFB *time.Duration
	// INP is interaction to next paint.
	INP *time.Duration
	// CLS is cumulative layout shift, without unit.
	CLS *float64
}

// Iteration is an iteration that ended and was not interrupted.
type Iteration struct {
	// Scenario is the scenario's name.
	Scenario string
	// Duration is how long it took, without the time of packs.
	Duration time.Duration
	// Failure is why it failed, nil if it did not.
	Failure *Failure
}

// ErrorKind is whose fault a failure is.
type ErrorKind = failure.Kind

// Whose fault a failure is.
const (
	// Target: the site did not do what the journey asked of it.
	Target = failure.Target
	// Plugin: the journey itself broke.
	Plugin = failure.Plugin
	// AbortRun: the journey ended the run.
	AbortRun = failure.Abort
)

// Failure is why an iteration failed.
type Failure struct {
	// Kind is whose fault it is.
	Kind ErrorKind
	// Message is what happened.
	Message string
	// Stack is where in the journey's source, one frame a line, innermost first.
	Stack string
}

// Fits says whether a text is as a pattern says in which * stands for any text, also for none: how a pack's parameters
// name the exchanges or steps that it is for.
func Fits(pattern, text string) bool {
	head, rest, hasStar := strings.Cut(pattern, "*")
	if !hasStar {
		return pattern == text
	}
	text, begins := strings.CutPrefix(text, head)
	if !begins {
		return false
	}
	parts := strings.Split(rest, "*")
	last := len(parts) - 1
	for _, part := range parts[:last] {
		// The first place is as good as any later one: what follows has the more room.
		_, after, found := strings.Cut(text, part)
		if !found {
			return false
		}
		text = after
	}
	return strings.HasSuffix(text, parts[last])
}

func exchangeOf(exchange types.Exchange) *Exchange {
	shown := &Exchange{Name: exchange.Name, Method: exchange.Method, URL: exchange.Url}
	head, code, answered := exchange.Outcome.Get()
	if answered {
		shown.Response = http.FromHead(head)
	} else {
		shown.Err = http.FromCode(exchange.Method, exchange.Url, code)
	}
	return shown
}

func pageOf(page types.Page) *Page {
	shown := &Page{Name: page.Name, URL: page.Url}
	shown.LCP, shown.FCP, shown.TTFB, shown.INP = vital(page.Lcp), vital(page.Fcp), vital(page.Ttfb), vital(page.Inp)
	if shift, measured := page.Cls.Get(); measured {
		shown.CLS = &shift
	}
	return shown
}

func vital(option wit.Option[uint64]) *time.Duration {
	nanoseconds, measured := option.Get()
	if !measured {
		return nil
	}
	duration := time.Duration(nanoseconds)
	return &duration
}

func iterationOf(iteration types.Iteration) *Iteration {
	shown := &Iteration{Scenario: iteration.Scenario, Duration: time.Duration(iteration.Duration)}
	if failed, has := iteration.Failure.Get(); has {
		stack, _ := failed.Stack.Get()
		shown.Failure = &Failure{Kind: ErrorKind(failed.Kind), Message: failed.Message, Stack: stack}
	}
	return shown
}
