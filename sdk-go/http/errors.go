package http

import (
	"errors"
	"fmt"

	responses "outrider.dev/outrider/internal/bindings/outrider_plugin_responses"
	"outrider.dev/outrider/internal/failure"
)

// Code is why there is no answer.
type Code string

// Why there is no answer. The first three are the journey's fault, all others the site's.
const (
	// InvalidURL: the URL cannot be understood.
	InvalidURL Code = "invalid-url"
	// InvalidRequest: another part of the request cannot be sent as it is.
	InvalidRequest Code = "invalid-request"
	// NotGranted: the run's grants do not cover this host and port.
	NotGranted Code = "not-granted"
	// DNS: the name does not resolve.
	DNS Code = "dns"
	// ConnectionRefused: nothing listens at that address.
	ConnectionRefused Code = "connection-refused"
	// ConnectionReset: the other side ended the connection before the answer was whole.
	ConnectionReset Code = "connection-reset"
	// ConnectTimeout: no connection within the limit.
	ConnectTimeout Code = "connect-timeout"
	// TLS: the TLS handshake failed.
	TLS Code = "tls"
	// TimedOut: no whole answer within the request's limit.
	TimedOut Code = "timeout"
	// TooManyRedirects: more redirects than allowed.
	TooManyRedirects Code = "too-many-redirects"
	// BodyTooLarge: the body is larger than the host's limit.
	BodyTooLarge Code = "body-too-large"
	// Protocol: the other side does not speak HTTP.
	Protocol Code = "protocol"
	// Other: anything else, in the host's words.
	Other Code = "other"
)

// Error says that there is no answer, and why.
//
//	var failed *http.Error
//	if errors.As(err, &failed) && failed.Code == http.TimedOut {
type Error struct {
	// Code is why.
	Code Code
	// Method is the request's method.
	Method string
	// URL is the request's URL.
	URL     string
	message string
	trace   failure.Trace
}

// Error is the reason in words.
func (e *Error) Error() string { return e.message }

// Kind is whose fault it is: a request that cannot be sent is the journey's, and all else the site's.
func (e *Error) Kind() failure.Kind {
	switch e.Code {
	case InvalidURL, InvalidRequest, NotGranted:
		return failure.Plugin
	}
	return failure.Target
}

// Trace is where the request was sent.
func (e *Error) Trace() failure.Trace { return e.trace }

func errorOf(method, url string, code responses.ErrorCode) *Error {
	kind, message := wordsOf(code)
	return &Error{Code: kind, Method: method, URL: url, message: message, trace: failure.Here()}
}

func wordsOf(code responses.ErrorCode) (Code, string) {
	switch code.Tag() {
	case responses.ErrorCodeInvalidUrl:
		return InvalidURL, "invalid URL: " + code.InvalidUrl()
	case responses.ErrorCodeInvalidRequest:
		return InvalidRequest, "invalid request: " + code.InvalidRequest()
	case responses.ErrorCodeNotGranted:
		address := code.NotGranted()
		return NotGranted, fmt.Sprintf("the run's grants do not cover %s (hint: --allow-net %s)", address, address)
	case responses.ErrorCodeDns:
		return DNS, "cannot resolve " + code.Dns()
	case responses.ErrorCodeConnectionRefused:
		return ConnectionRefused, "connection refused"
	case responses.ErrorCodeConnectionReset:
		return ConnectionReset, "connection reset"
	case responses.ErrorCodeConnectTimeout:
		return ConnectTimeout, "no connection within the limit"
	case responses.ErrorCodeTls:
		return TLS, "TLS handshake failed: " + code.Tls()
	case responses.ErrorCodeTimeout:
		return TimedOut, "no answer within the limit"
	case responses.ErrorCodeTooManyRedirects:
		return TooManyRedirects, "too many redirects"
	case responses.ErrorCodeBodyTooLarge:
		return BodyTooLarge, fmt.Sprintf("the answer's body is larger than %d bytes", code.BodyTooLarge())
	case responses.ErrorCodeProtocol:
		return Protocol, "not HTTP: " + code.Protocol()
	default:
		return Other, code.Other()
	}
}

// ReadError says that a part of an answer cannot be given. With [errors.Is] it is one of this package's Err… values.
type ReadError struct {
	reason  error
	message string
	trace   failure.Trace
}

// Why a part of an answer cannot be given. The first five are the site's fault, the others the journey's.
var (
	// ErrNoMatch: what was asked for selects nothing.
	ErrNoMatch = errors.New("nothing matches")
	// ErrShape: the JSON has another shape than the type that was asked for.
	ErrShape = errors.New("the JSON does not fit")
	// ErrDecode: the body cannot be decompressed, or grows too large.
	ErrDecode = errors.New("the body cannot be decompressed")
	// ErrNotText: the body is not UTF-8 text.
	ErrNotText = errors.New("the body is not text")
	// ErrNotJSON: the body is not JSON.
	ErrNotJSON = errors.New("the body is not JSON")
	// ErrGone: the answer is gone, since its iteration is over.
	ErrGone = errors.New("the answer is gone: its iteration is over")
	// ErrInvalidPattern: the JSONPath, the regular expression, the CSS selector or the XPath is not valid.
	ErrInvalidPattern = errors.New("invalid pattern")
	// ErrDiscarded: the answer's body was not kept.
	ErrDiscarded = errors.New("the body was discarded, as the request asked")
	// ErrOther: anything else.
	ErrOther = errors.New("the answer cannot be read")
)

// Error is the reason in words.
func (e *ReadError) Error() string { return e.message }

// Unwrap is one of this package's Err… values.
func (e *ReadError) Unwrap() error { return e.reason }

// Kind is whose fault it is: an answer that is not as expected is the site's, and a question that makes no sense the
// journey's.
func (e *ReadError) Kind() failure.Kind {
	switch e.reason {
	case ErrNoMatch, ErrShape, ErrDecode, ErrNotText, ErrNotJSON:
		return failure.Target
	}
	return failure.Plugin
}

// Trace is where it was asked for.
func (e *ReadError) Trace() failure.Trace { return e.trace }

func unreadable(reason error, format string, arguments ...any) *ReadError {
	return &ReadError{reason: reason, message: fmt.Sprintf(format, arguments...), trace: failure.Here()}
}

func readErrorOf(err responses.ReadError) *ReadError {
	switch err.Tag() {
	case responses.ReadErrorGone:
		return unreadable(ErrGone, "%v", ErrGone)
	case responses.ReadErrorDecode:
		return unreadable(ErrDecode, "%v: %s", ErrDecode, err.Decode())
	case responses.ReadErrorNotText:
		return unreadable(ErrNotText, "%v", ErrNotText)
	case responses.ReadErrorNotJson:
		return unreadable(ErrNotJSON, "%v: %s", ErrNotJSON, err.NotJson())
	case responses.ReadErrorInvalidPattern:
		return unreadable(ErrInvalidPattern, "%v: %s", ErrInvalidPattern, err.InvalidPattern())
	case responses.ReadErrorDiscarded:
		return unreadable(ErrDiscarded, "%v", ErrDiscarded)
	default:
		return unreadable(ErrOther, "%s", err.Other())
	}
}
