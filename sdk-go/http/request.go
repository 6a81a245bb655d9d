package http

import (
	"fmt"
	"strings"
	"time"

	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_http"
	"outrider.dev/outrider/internal/failure"
	wit "outrider.dev/outrider/internal/wit/types"
)

// DefaultTimeout is the limit for a whole exchange with its redirects where a request sets none; the contract's number.
const DefaultTimeout = time.Minute

// DefaultRedirects is how many redirects are followed where a request sets no number; the contract's number.
const DefaultRedirects = 10

// Request is a request that can be sent, once or several times.
type Request struct {
	request contract.Request
	fault   error
}

// NewRequest makes a request with any method, upper case, to an absolute URL or to a path that is resolved against the
// target. What cannot be built (a body that does not become JSON) is an error of [Request.Send].
func NewRequest(method, url string, options ...Option) *Request {
	request := &Request{request: contract.Request{Method: method, Url: url, Body: contract.MakeBodyEmpty()}}
	for _, option := range options {
		option(request)
	}
	return request
}

// Send sends it and waits for the whole answer. An answer with any status is an answer.
func (r *Request) Send() (*Response, error) {
	if r.fault != nil {
		return nil, r.fault
	}
	if r.isPlain() {
		return received(r, contract.SendPlain(r.request.Method, r.request.Url))
	}
	return received(r, contract.Send(r.request))
}

// isPlain says whether it is a method and a URL and nothing else.
func (r *Request) isPlain() bool {
	request := &r.request
	return request.Body.Tag() == contract.BodyEmpty && request.Name.Tag() == wit.OptionNone &&
		request.Timeout.Tag() == wit.OptionNone && request.Redirects.Tag() == wit.OptionNone &&
		len(request.Headers) == 0 && len(request.Expected) == 0 && len(request.Tags) == 0 && !request.DiscardBody
}

func (r *Request) invalid(format string, arguments ...any) {
	if r.fault == nil {
		message := fmt.Sprintf(format, arguments...)
		r.fault = &Error{
			Code: InvalidRequest, Method: r.request.Method, URL: r.request.Url,
			message: "invalid request: " + message, trace: failure.Here(),
		}
	}
}

// withQuery appends a pair to a URL's query, before its fragment.
func withQuery(url, key, value string) string {
	url, fragment, hasFragment := strings.Cut(url, "#")
	separator := "?"
	if strings.Contains(url, "?") {
		separator = "&"
	}
	url += separator + percentEncoded(key) + "=" + percentEncoded(value)
	if hasFragment {
		url += "#" + fragment
	}
	return url
}

// percentEncoded encodes all but RFC 3986's unreserved characters, so that the text means itself in any part of a URL.
func percentEncoded(text string) string {
	const hex = "0123456789ABCDEF"
	var encoded strings.Builder
	for _, letter := range []byte(text) {
		switch {
		case 'a' <= letter && letter <= 'z', 'A' <= letter && letter <= 'Z', '0' <= letter && letter <= '9',
			strings.IndexByte("-._~", letter) >= 0:
			encoded.WriteByte(letter)
		default:
			encoded.Write([]byte{'%', hex[letter>>4], hex[letter&15]})
		}
	}
	return encoded.String()
}
