package reporttest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/merlonsec/merlon/internal/work"
	"github.com/merlonsec/merlon/report"
)

// TestFormat writes reports in the format f, as subtests of t: one in which
// every field is set, an empty one, and a hostile one. Writing must not panic
// or fail, save for a report about nothing. It must give the same bytes each
// time and valid UTF-8 without the terminal sequences that are in the report,
// must return the error of its writer, and must not write to the report.
//
// If f is a [report.Decoder] too, it must read what it writes, keep every
// finding with its fingerprint, never make an incomplete report complete, and
// write the same again from the second time on; and it must refuse what is
// cut off, empty, followed by more or nested without end.
func TestFormat(t *testing.T, f report.Format) {
	t.Helper()
	for _, c := range []struct {
		name string
		rep  *report.Report
	}{{"Full", full()}, {"Hostile", hostile()}, {"Empty", &report.Report{}}} {
		t.Run(c.name, func(t *testing.T) {
			if err := checkFormat(f, c.rep); err != nil {
				t.Error(err)
			}
		})
	}
	if d, ok := f.(report.Decoder); ok {
		t.Run("Refuse", func(t *testing.T) {
			if err := checkRefuses(f, d); err != nil {
				t.Error(err)
			}
		})
	}
}

func checkFormat(f report.Format, r *report.Report) error {
	before := encode(r)
	text, err := write(f, r)
	if err != nil && len(r.Subjects) == 0 && !errors.Is(err, errPanic) {
		return nil // some documents must be about something
	}
	if err != nil {
		return err
	}
	if err := differBytes("Encode wrote to its input", encode(r), before); err != nil {
		return err
	}
	again := make([][]byte, 4)
	work.Each(len(again), len(again), func(i int) { again[i], _ = write(f, r) })
	for _, b := range again {
		if err := differBytes("encoded again", b, text); err != nil {
			return err
		}
	}
	if !utf8.Valid(text) {
		return errors.New("the output is not UTF-8")
	}
	controls := []string{"\x00", "\x07", "\x1b]", "\x1b[2J"}
	if _, data := f.(report.Decoder); !data { // for people: not what programs read, which must lose nothing
		controls = append(controls, "\x7f", "\u009b", "\u202e")
	}
	for _, bad := range controls {
		if bytes.Contains(text, []byte(bad)) {
			return fmt.Errorf("the output holds the control character %q of the report", bad)
		}
	}
	if err := checkWriter(f, r, len(text)); err != nil {
		return err
	}
	if d, ok := f.(report.Decoder); ok {
		return checkDecoder(f, d, r, text)
	}
	return nil
}

// write encodes r and contains a panic.
func write(f report.Format, r *report.Report) ([]byte, error) {
	var b bytes.Buffer
	var err error
	if p := work.Contain(func() { err = f.Encode(&b, r) }); p != nil {
		return nil, fmt.Errorf("%w: Encode: %v\n%s", errPanic, p.Value, p.Stack)
	}
	if err != nil {
		return nil, fmt.Errorf("encoding: %w", err)
	}
	return b.Bytes(), nil
}

func read(d report.Decoder, r io.Reader) (*report.Report, error) {
	var rep *report.Report
	var err error
	if p := work.Contain(func() { rep, err = d.Decode(r) }); p != nil {
		return nil, fmt.Errorf("%w: Decode: %v\n%s", errPanic, p.Value, p.Stack)
	}
	if err == nil && rep == nil {
		return nil, errors.New("neither a report nor an error from Decode")
	}
	return rep, err
}

var errFull = errors.New("no space left")

// fullWriter has room for some bytes.
type fullWriter struct{ room int }

func (w *fullWriter) Write(p []byte) (int, error) {
	if len(p) > w.room {
		n := w.room
		w.room = 0
		return n, errFull
	}
	w.room -= len(p)
	return len(p), nil
}

// checkWriter: a writer's error is not lost, be it at the start, in the
// middle or at the last byte.
func checkWriter(f report.Format, r *report.Report, size int) error {
	for _, room := range []int{0, size / 2, size - 1} {
		if room < 0 || room >= size {
			continue
		}
		if err := f.Encode(&fullWriter{room}, r); !errors.Is(err, errFull) {
			return fmt.Errorf("a writer that is full after %d bytes of %d: got error %v, want the writer's", room, size, err)
		}
	}
	return nil
}

func checkDecoder(f report.Format, d report.Decoder, r *report.Report, text []byte) error {
	first, err := read(d, bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("reading what was written: %w", err)
	}
	if first.Complete() && !r.Complete() {
		return errors.New("an incomplete report was read back as complete")
	}
	if got, want := len(first.Findings), len(r.Findings); got != want {
		return fmt.Errorf("read back: %d findings, want %d", got, want)
	}
	if lost := missing(fingerprints(r), fingerprints(first)); len(lost) > 0 {
		return fmt.Errorf("read back: no finding has fingerprint %s", strings.Join(lost, " "))
	}
	second, err := write(f, first)
	if err != nil {
		return fmt.Errorf("what was read back: %w", err)
	}
	next, err := read(d, bytes.NewReader(second))
	if err != nil {
		return fmt.Errorf("reading what was written again: %w", err)
	}
	third, err := write(f, next)
	if err != nil {
		return err
	}
	return differBytes("written, read and written again", third, second)
}

// fingerprints are those of findings that have one; a format may give its own to the others.
func fingerprints(r *report.Report) map[string]bool {
	out := map[string]bool{}
	for _, f := range r.Findings {
		if f.Fingerprint != "" {
			out[f.Fingerprint] = true
		}
	}
	return out
}

// checkRefuses: what is no document in the format is an error, not an empty report.
func checkRefuses(f report.Format, d report.Decoder) error {
	text, err := write(f, full())
	if err != nil {
		return err
	}
	text = bytes.TrimSpace(text)
	inputs := map[string][]byte{
		"nothing": nil, "a space": []byte(" "), "null": []byte("null"), "an empty object": []byte("{}"), "an empty list": []byte("[]"),
		"noise": bytes.Repeat([]byte{0xff, 0, '<', '{'}, 100), "deep lists": bytes.Repeat([]byte("["), 1<<20),
		"deep objects": bytes.Repeat([]byte(`{"a":`), 1<<18), "two documents": slices.Concat(text, text),
	}
	for i := 1; i < 16; i++ {
		inputs[fmt.Sprintf("%d bytes of %d", len(text)*i/16, len(text))] = text[:len(text)*i/16]
	}
	var errs []error
	for name, in := range inputs {
		if _, err := read(d, bytes.NewReader(in)); err == nil || errors.Is(err, errPanic) {
			errs = append(errs, fmt.Errorf("reading %s: got error %v, want one that says what is wrong", name, err))
		}
	}
	if _, err := read(d, io.MultiReader(bytes.NewReader(text[:len(text)/2]), brokenReader{})); !errors.Is(err, errFull) {
		errs = append(errs, fmt.Errorf("a reader that fails half-way: got error %v, want the reader's", err))
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errFull }
