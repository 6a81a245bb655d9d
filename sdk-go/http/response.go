package http

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_http"
	responses "outrider.dev/outrider/internal/bindings/outrider_plugin_responses"
	"outrider.dev/outrider/internal/failure"
	wit "outrider.dev/outrider/internal/wit/types"
)

// Response is an answer. It can be read until its iteration ends. Of a long iteration the host keeps the last 10,000
// answers, and 64 MiB of their bodies.
//
// Methods that read a part of the body come in two forms: one for which nothing found is an error ([ErrNoMatch], of the
// site's fault), and one whose name begins with Find that says whether there is one.
type Response struct {
	head     responses.Response
	expected []contract.StatusRange
}

// FromHead is an answer that the host handed over; for this module.
func FromHead(head responses.Response) *Response { return &Response{head: head} }

// FromCode is why there is no answer, as the host says it; for this module.
func FromCode(method, url string, code responses.ErrorCode) error { return errorOf(method, url, code) }

// Status is the HTTP status code.
func (r *Response) Status() int { return int(r.head.Status) }

// OK says whether the status counts as success: one of the request's [Expect], or without any below 400.
func (r *Response) OK() bool {
	for _, expected := range r.expected {
		if expected.Low <= r.head.Status && r.head.Status <= expected.High {
			return true
		}
	}
	return len(r.expected) == 0 && r.head.Status < 400
}

// Duration is from the beginning of the exchange to the last byte of the answer.
func (r *Response) Duration() time.Duration { return time.Duration(r.head.Duration) }

// BodySize is the length of the body as it came over the wire, before decompression, in bytes.
func (r *Response) BodySize() uint64 { return r.head.BodySize }

// EnsureStatus is nil if the status is one of these (without any: if it is [Response.OK]), else an error of the site's
// fault.
func (r *Response) EnsureStatus(codes ...int) error {
	if len(codes) == 0 && r.OK() {
		return nil
	}
	for _, code := range codes {
		if code == r.Status() {
			return nil
		}
	}
	url, _ := r.URL()
	expected := strings.Trim(fmt.Sprint(codes), "[]")
	if len(codes) == 0 {
		expected = "success"
	}
	return failure.New(failure.Target, fmt.Errorf("%s answered %d, expected %s", url, r.Status(), expected))
}

// URL is the URL that answered, after redirects.
func (r *Response) URL() (string, error) { return read(responses.Url(r.head.Id)) }

// Protocol is HTTP/1.1 or HTTP/2.
func (r *Response) Protocol() (string, error) { return read(responses.Protocol(r.head.Id)) }

// Phases are those of an exchange, one after the other. A phase that did not happen is zero.
type Phases struct {
	// Blocked is waiting for a free connection of this user. Not part of the exchange's duration.
	Blocked time.Duration
	// DNS is resolving the name.
	DNS time.Duration
	// Connect is opening the TCP connection.
	Connect time.Duration
	// TLS is the TLS handshake.
	TLS time.Duration
	// Send is until the last byte of the request was written.
	Send time.Duration
	// Wait is from then to the first byte of the answer.
	Wait time.Duration
	// Receive is from then to its last byte.
	Receive time.Duration
}

// Timings is how long each phase of the last exchange took.
func (r *Response) Timings() (Phases, error) {
	phases, err := read(responses.Timings(r.head.Id))
	return Phases{
		Blocked: time.Duration(phases.Blocked),
		DNS:     time.Duration(phases.Dns),
		Connect: time.Duration(phases.Connect),
		TLS:     time.Duration(phases.Tls),
		Send:    time.Duration(phases.Send),
		Wait:    time.Duration(phases.Wait),
		Receive: time.Duration(phases.Receive),
	}, err
}

// HeaderField is a header field of an answer.
type HeaderField struct {
	// Name is its name, lower case.
	Name string
	// Value is its value; what is not UTF-8 in it is replaced.
	Value string
}

// Headers are all header fields in the order they came.
func (r *Response) Headers() ([]HeaderField, error) {
	fields, err := read(responses.Headers(r.head.Id))
	headers := make([]HeaderField, len(fields))
	for i, field := range fields {
		headers[i] = HeaderField(field)
	}
	return headers, err
}

// Header is the first value of a header field, whose name is compared without regard to case.
func (r *Response) Header(name string) (string, error) {
	return required[string](name + " in the header")(r.FindHeader(name))
}

// FindHeader is the first value of a header field, if there is one.
func (r *Response) FindHeader(name string) (string, bool, error) {
	return found(responses.Header(r.head.Id, name))
}

// HeaderRegex is a group of the first match of a regular expression in the values of a header field.
func (r *Response) HeaderRegex(name, pattern string, group uint32) (string, error) {
	return required[string](pattern + " in header " + name)(r.FindHeaderRegex(name, pattern, group))
}

// FindHeaderRegex is as [Response.HeaderRegex], if there is one.
func (r *Response) FindHeaderRegex(name, pattern string, group uint32) (string, bool, error) {
	return found(responses.HeaderRegex(r.head.Id, name, pattern, group))
}

// Bytes is the body, decompressed.
func (r *Response) Bytes() ([]byte, error) { return read(responses.Body(r.head.Id)) }

// Text is the body as text.
func (r *Response) Text() (string, error) { return read(responses.Text(r.head.Id)) }

// JSON reads the whole body as JSON into a value, as package encoding/json does. [JSONPath] is cheaper for a part of it.
func (r *Response) JSON(into any) error {
	body, err := r.Bytes()
	if err != nil {
		return err
	}
	return decoded(body, "", into)
}

// Regex is a group of the first match of a regular expression in the body; group 0 is the whole match. The host
// evaluates it, with the syntax of Rust's regex, which is nearly Go's.
func (r *Response) Regex(pattern string, group uint32) (string, error) {
	return required[string](pattern)(r.FindRegex(pattern, group))
}

// FindRegex is as [Response.Regex], if there is a match and the group took part in it.
func (r *Response) FindRegex(pattern string, group uint32) (string, bool, error) {
	return found(responses.Regex(r.head.Id, pattern, group))
}

// CSS is the text of the first element that a CSS selector selects, with the texts of all elements in it. The body is
// read as XML if its content type says so, else as HTML.
func (r *Response) CSS(selector string) (string, error) {
	return required[string](selector)(r.FindCSS(selector))
}

// FindCSS is as [Response.CSS], if there is one.
func (r *Response) FindCSS(selector string) (string, bool, error) {
	return found(responses.Css(r.head.Id, selector, wit.None[string]()))
}

// CSSAll are the texts of all elements that a CSS selector selects, in the order of the document.
func (r *Response) CSSAll(selector string) ([]string, error) {
	return read(responses.CssAll(r.head.Id, selector, wit.None[string]()))
}

// CSSAttribute is the value of an attribute, of the first element that a CSS selector selects and that has it.
func (r *Response) CSSAttribute(selector, attribute string) (string, error) {
	return required[string](selector + " @" + attribute)(r.FindCSSAttribute(selector, attribute))
}

// FindCSSAttribute is as [Response.CSSAttribute], if there is one.
func (r *Response) FindCSSAttribute(selector, attribute string) (string, bool, error) {
	return found(responses.Css(r.head.Id, selector, wit.Some(attribute)))
}

// CSSAttributeAll are the values of an attribute, of all elements that a CSS selector selects and that have it.
func (r *Response) CSSAttributeAll(selector, attribute string) ([]string, error) {
	return read(responses.CssAll(r.head.Id, selector, wit.Some(attribute)))
}

// XPath is the string value of the first node that an XPath 1.0 expression selects; of an expression that comes to a
// string, a number or a truth value, that value as text. A name without a prefix is the local name in any namespace.
func (r *Response) XPath(expression string) (string, error) {
	return required[string](expression)(r.FindXPath(expression))
}

// FindXPath is as [Response.XPath], if it selects one.
func (r *Response) FindXPath(expression string) (string, bool, error) {
	return found(responses.Xpath(r.head.Id, expression))
}

// XPathAll are the string values of all nodes that an XPath selects, in the order of the document.
func (r *Response) XPathAll(expression string) ([]string, error) {
	return read(responses.XpathAll(r.head.Id, expression))
}

// SchemaFaults says where the body does not fit a JSON Schema, and how: at most ten places; none if it fits. The schema
// is JSON text of at most 64 KiB, and whole: references to other documents are not followed.
func (r *Response) SchemaFaults(schema string) ([]string, error) {
	return read(responses.JsonSchema(r.head.Id, schema))
}

// JSONPath is the first node that a JSONPath (RFC 9535) selects in the body, as a T. That it selects none is an error of
// the site's fault; [FindJSONPath] takes it as an answer. A query that visits more than 2,000,000 nodes of the body or
// selects more than 16 MiB of text is an error too.
//
//	id, err := http.JSONPath[uint64](order, "$.id")
func JSONPath[T any](response *Response, path string) (T, error) {
	return required[T](path)(FindJSONPath[T](response, path))
}

// FindJSONPath is the first node that a JSONPath selects, if it selects one.
func FindJSONPath[T any](response *Response, path string) (value T, ok bool, err error) {
	text, ok, err := found(responses.JsonPath(response.head.Id, path))
	if ok {
		err = decoded([]byte(text), path, &value)
	}
	return value, ok && err == nil, err
}

// JSONPathAll are all nodes that a JSONPath selects, within the limits of [JSONPath].
func JSONPathAll[T any](response *Response, path string) ([]T, error) {
	texts, err := read(responses.JsonPathAll(response.head.Id, path))
	if err != nil {
		return nil, err
	}
	values := make([]T, len(texts))
	for i, text := range texts {
		if err := decoded([]byte(text), path, &values[i]); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// decoded reads JSON into a value. JSON of another shape is another matter than text that is no JSON.
func decoded(text []byte, path string, into any) error {
	err := json.Unmarshal(text, into)
	if err == nil {
		return nil
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return unreadable(ErrNotJSON, "%v: %v at byte %d", ErrNotJSON, err, syntax.Offset)
	}
	if path != "" {
		return unreadable(ErrShape, "%v: at %s: %v", ErrShape, path, err)
	}
	return unreadable(ErrShape, "%v: %v", ErrShape, err)
}

func read[T any](result wit.Result[T, responses.ReadError]) (T, error) {
	value, err, ok := result.Get()
	if !ok {
		return value, readErrorOf(err)
	}
	return value, nil
}

func found(result wit.Result[wit.Option[string], responses.ReadError]) (string, bool, error) {
	option, err := read(result)
	text, some := option.Get()
	return text, some, err
}

// required makes an error of nothing found.
func required[T any](pattern string) func(T, bool, error) (T, error) {
	return func(value T, ok bool, err error) (T, error) {
		if err == nil && !ok {
			err = unreadable(ErrNoMatch, "'%s' matches nothing in the answer", pattern)
		}
		return value, err
	}
}
