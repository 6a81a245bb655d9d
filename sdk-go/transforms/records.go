package transforms

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	types "outrider.dev/outrider/internal/bindings/outrider_plugin_transforms"
)

// RawRecord is a record as it came.
type RawRecord struct {
	// Source is where it came from, for example a file's path or a stream's shard.
	Source string
	// Position is its place in the source, from 0.
	Position uint64
	// Received is when it was received.
	Received time.Time
	// Data are its bytes, of a line without its end. They are the transform's to keep and to change.
	Data []byte
}

// Text is its bytes as text; an error where they are not UTF-8, which rejects the record where it is returned.
func (r *RawRecord) Text() (string, error) {
	if !utf8.Valid(r.Data) {
		return "", errors.New("not UTF-8 text")
	}
	return string(r.Data), nil
}

// Skip is returned for a record of which nothing is wanted: a comment, a header.
var Skip = errors.New("skip this record")

// Reject is an error for a record that cannot be understood, in the words of [fmt.Errorf]: it is kept whole in the dead-letter
// place, with them.
//
//	return nil, transforms.Reject("no time in %q", record.Data)
func Reject(format string, arguments ...any) error { return fmt.Errorf(format, arguments...) }

func recordOf(record types.RawRecord) *RawRecord {
	return &RawRecord{
		Source: record.Source, Position: record.Position, Received: time.Unix(0, int64(record.Received)).UTC(), Data: record.Data,
	}
}
