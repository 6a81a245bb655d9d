// Package http sends requests, which the host makes and measures: every exchange becomes a row of requests.
//
// Each virtual user has connections and a cookie jar of its own, as a browser has. A URL is absolute, or a path that is
// resolved against the target.
//
//	order, err := http.Post("/api/orders",
//		http.Header("x-csrf-token", token),
//		http.JSON(map[string]any{"sku": "tent-2"}),
//		http.Timeout(5*time.Second))
//	if err != nil {
//		return err
//	}
//	if err := order.EnsureStatus(201); err != nil {
//		return err
//	}
//	id, err := http.JSONPath[uint64](order, "$.id")
//
// An answer with any status is an answer. Its body stays in the host until a part of it is asked for.
package http

import (
	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_http"
	responses "outrider.dev/outrider/internal/bindings/outrider_plugin_responses"
	wit "outrider.dev/outrider/internal/wit/types"
)

// Get sends a request with the method GET and waits for the whole answer.
func Get(url string, options ...Option) (*Response, error) {
	return NewRequest("GET", url, options...).Send()
}

// Head sends a request with the method HEAD.
func Head(url string, options ...Option) (*Response, error) {
	return NewRequest("HEAD", url, options...).Send()
}

// Options sends a request with the method OPTIONS.
func Options(url string, options ...Option) (*Response, error) {
	return NewRequest("OPTIONS", url, options...).Send()
}

// Post sends a request with the method POST.
func Post(url string, options ...Option) (*Response, error) {
	return NewRequest("POST", url, options...).Send()
}

// Put sends a request with the method PUT.
func Put(url string, options ...Option) (*Response, error) {
	return NewRequest("PUT", url, options...).Send()
}

// Patch sends a request with the method PATCH.
func Patch(url string, options ...Option) (*Response, error) {
	return NewRequest("PATCH", url, options...).Send()
}

// Delete sends a request with the method DELETE.
func Delete(url string, options ...Option) (*Response, error) {
	return NewRequest("DELETE", url, options...).Send()
}

// ClearCookies forgets this user's cookies.
func ClearCookies() { contract.ClearCookies() }

// CloseConnections closes this user's idle connections, so that the next request opens a new one, as a new visitor's
// does.
func CloseConnections() { contract.CloseConnections() }

// Result is what came of one request of a batch: either a response or an error.
type Result struct {
	// Response is the answer, nil without one.
	Response *Response
	// Err is why there is no answer.
	Err error
}

// Batch sends requests side by side, over up to six connections for each origin as browsers do (one with HTTP/2), 100 at
// once at most, and waits for all. The results stand in the order of the requests. The host ends a journey that sends
// more than 1,000.
//
//	for _, result := range http.Batch(http.NewRequest("GET", "/app.js"), http.NewRequest("GET", "/app.css")) {
//		if result.Err != nil {
//			return result.Err
//		}
//	}
func Batch(requests ...*Request) []Result {
	results := make([]Result, len(requests))
	sendable := make([]contract.Request, 0, len(requests))
	places := make([]int, 0, len(requests))
	for i, request := range requests {
		if request.fault != nil {
			results[i].Err = request.fault
			continue
		}
		sendable = append(sendable, request.request)
		places = append(places, i)
	}
	if len(sendable) == 0 {
		return results
	}
	for i, answer := range contract.Batch(sendable) {
		place := places[i]
		results[place].Response, results[place].Err = received(requests[place], answer)
	}
	return results
}

func received(request *Request, answer wit.Result[responses.Response, responses.ErrorCode]) (*Response, error) {
	head, code, ok := answer.Get()
	if !ok {
		return nil, errorOf(request.request.Method, request.request.Url, code)
	}
	return &Response{head: head, expected: request.request.Expected}, nil
}
