package sbom

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"unicode/utf16"

	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/report"
)

const (
	maxText     = 256 << 20 // bytes of a lock file or package database
	maxPackages = 500_000   // of one file; the largest real ones have a hundredth of that
	maxErrors   = 10        // of one file: the first ones say what is wrong
)

var errTooMany = fmt.Errorf("more than %d packages: the others are not listed", maxPackages)

// components is what a cataloger yields.
type components = iter.Seq2[*report.Component, error]

// readText reads a text file of the target, decoded (UTF-16 is what some
// editors and shells on Windows write) and without its byte order mark.
func readText(ctx context.Context, t *report.Target, name string) ([]byte, error) {
	data, err := walk.Read(ctx, t.FS, name, maxText)
	if err != nil {
		return nil, err
	}
	text, err := decodeText(data)
	if err != nil {
		return nil, &report.Error{Op: report.OpParse, Path: name, Err: err}
	}
	return text, nil
}

func decodeText(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		little := data[0] == 0xff
		units := make([]uint16, 0, len(data)/2)
		for i := 2; i+1 < len(data); i += 2 {
			if little {
				units = append(units, uint16(data[i])|uint16(data[i+1])<<8)
			} else {
				units = append(units, uint16(data[i])<<8|uint16(data[i+1]))
			}
		}
		data = []byte(string(utf16.Decode(units)))
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return nil, fmt.Errorf("not a text file: NUL byte in line %d", 1+bytes.Count(data[:i], []byte("\n")))
	}
	return data, nil
}

// lineError is a mistake in a line of a file.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %v", e.line, e.err) }
func (e *lineError) Unwrap() error { return e.err }

// broken is the gap for what is wrong in a file. What is a gap already, of
// this file or another one, stays, and so does the end of a context.
func broken(name string, err error) error {
	if e, ok := errors.AsType[*report.Error](err); ok {
		return e
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	op := report.OpParse
	if errors.Is(err, errTooMany) {
		op = report.OpLimit
	}
	if e, ok := errors.AsType[*lineError](err); ok {
		return &report.Error{Op: op, Path: name, Line: e.line, Err: e.err}
	}
	return &report.Error{Op: op, Path: name, Err: err}
}

// yieldAll yields components, then what is wrong with their file.
func yieldAll(name string, list []*report.Component, errs []error) components {
	return func(yield func(*report.Component, error) bool) {
		for _, c := range list {
			if !yield(c, nil) {
				return
			}
		}
		for i, err := range errs {
			err = broken(name, err)
			if e, ok := errors.AsType[*report.Error](err); ok && i == maxErrors {
				yield(nil, &report.Error{Op: e.Op, Path: e.Path, Err: fmt.Errorf("and %d more mistakes", len(errs)-i)})
				return
			}
			if !yield(nil, err) {
				return
			}
		}
	}
}

// fail yields an error alone.
func fail(err error) components {
	return func(yield func(*report.Component, error) bool) { yield(nil, err) }
}

// conflict reports whether a line is a marker of a merge that was not finished.
func conflict(line string) bool {
	return strings.HasPrefix(line, "<<<<<<< ") || strings.HasPrefix(line, ">>>>>>> ") || strings.TrimRight(line, "\r\n") == "======="
}

var errConflict = errors.New("merge conflict marker: resolve the conflict")

// at is the place of a line of a file.
func at(name string, line int) []report.Location {
	l := report.Location{Path: name}
	l.Region.Start.Line = line
	return []report.Location{l}
}
