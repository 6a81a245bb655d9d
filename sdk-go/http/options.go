package http

import (
	"fmt"
	"time"

	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_http"
	responses "outrider.dev/outrider/internal/bindings/outrider_plugin_responses"
	"outrider.dev/outrider/internal/jsontext"
	"outrider.dev/outrider/internal/tags"
	wit "outrider.dev/outrider/internal/wit/types"
)

// Option is a part of a request. Of several bodies the last one counts.
type Option func(*Request)

// Name is the label under which the exchange is counted: few different ones, please, cut after 200 bytes. Without it,
// the URL's path with numbers and ids replaced.
func Name(name string) Option {
	return func(r *Request) { r.request.Name = wit.Some(name) }
}

// Header adds a header field. One of the host's own (user-agent, accept-encoding, …) is replaced.
func Header(name, value string) Option {
	return func(r *Request) {
		r.request.Headers = append(r.request.Headers, responses.HeaderField{Name: name, Value: value})
	}
}

// Query adds a pair to the URL's query, encoded. The value is written as [fmt.Sprint] writes it.
func Query(key string, value any) Option {
	return func(r *Request) { r.request.Url = withQuery(r.request.Url, key, fmt.Sprint(value)) }
}

// Bytes sends bytes, of the media type that a header content-type says.
func Bytes(bytes []byte) Option {
	return func(r *Request) { r.request.Body = contract.MakeBodyBytes(bytes) }
}

// Text sends text; text/plain; charset=utf-8 unless a header says otherwise.
func Text(text string) Option {
	return func(r *Request) { r.request.Body = contract.MakeBodyText(text) }
}

// JSON sends a value as JSON, as package encoding/json writes it but without the escapes of HTML; application/json
// unless a header says otherwise.
func JSON(value any) Option {
	return func(r *Request) {
		text, err := jsontext.Encoded(value)
		if err != nil {
			r.invalid("the body does not become JSON: %v", err)
			return
		}
		r.request.Body = contract.MakeBodyJson(text)
	}
}

// Field adds a field to the form that is sent as application/x-www-form-urlencoded. The value is written as
// [fmt.Sprint] writes it.
//
//	http.Post("/cart", http.Field("sku", "tent-2"), http.Field("quantity", 1))
func Field(name string, value any) Option {
	return func(r *Request) {
		var fields []contract.Field
		if r.request.Body.Tag() == contract.BodyForm {
			fields = r.request.Body.Form()
		}
		fields = append(fields, contract.Field{Name: name, Value: fmt.Sprint(value)})
		r.request.Body = contract.MakeBodyForm(fields)
	}
}

// Multipart sends parts as multipart/form-data.
//
//	http.Post("/reviews", http.Multipart(
//		http.Part{Name: "stars", Data: []byte("5")},
//		http.Part{Name: "photo", Filename: "tent.jpg", ContentType: "image/jpeg", Data: photo}))
func Multipart(parts ...Part) Option {
	return func(r *Request) {
		made := make([]contract.Part, len(parts))
		for i, part := range parts {
			made[i] = contract.Part{
				Name: part.Name, Filename: given(part.Filename), ContentType: given(part.ContentType), Data: part.Data,
			}
		}
		r.request.Body = contract.MakeBodyMultipart(made)
	}
}

// Part is a part of a multipart form.
type Part struct {
	// Name is the form field's name.
	Name string
	// Filename is the file's name, for a file.
	Filename string
	// ContentType is the media type; text/plain for a field and application/octet-stream for a file if none is given.
	ContentType string
	// Data is the content.
	Data []byte
}

// Timeout is the limit for the whole exchange with its redirects. Defaults to [DefaultTimeout]. A negative one is none
// at all.
func Timeout(timeout time.Duration) Option {
	return func(r *Request) { r.request.Timeout = wit.Some(uint64(max(timeout, 0))) }
}

// Redirects is how many redirects are followed; 0 returns the redirect itself. Defaults to [DefaultRedirects].
func Redirects(most uint32) Option {
	return func(r *Request) { r.request.Redirects = wit.Some(most) }
}

// Expect adds status codes that count as success in the measurements, and for [Response.OK]. Without any, those below
// 400 do.
func Expect(codes ...int) Option {
	return func(r *Request) {
		for _, code := range codes {
			r.expect(code, code)
		}
	}
}

// ExpectRange adds a range of status codes that count as success, both ends included.
func ExpectRange(low, high int) Option {
	return func(r *Request) { r.expect(low, high) }
}

func (r *Request) expect(low, high int) {
	const most = 1<<16 - 1
	if low < 0 || high > most || low > high {
		r.invalid("%d to %d is no range of status codes", low, high)
		return
	}
	r.request.Expected = append(r.request.Expected, contract.StatusRange{Low: uint16(low), High: uint16(high)})
}

// DiscardBody counts the body's bytes and throws them away: cheaper for large downloads.
func DiscardBody() Option {
	return func(r *Request) { r.request.DiscardBody = true }
}

// Tag adds a tag to this exchange besides the iteration's.
func Tag(key, value string) Option {
	return func(r *Request) { r.request.Tags = append(r.request.Tags, tags.New(key, value)) }
}

func given(text string) wit.Option[string] {
	if text == "" {
		return wit.None[string]()
	}
	return wit.Some(text)
}
