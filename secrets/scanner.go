package secrets

import (
	"context"
	"io"
	"iter"
	"sync"

	"github.com/merlonsec/merlon/report"
)

// A Scanner finds credentials. It is immutable and safe for concurrent use.
type Scanner struct {
	opts  Options
	allow []allow
	rules func() *ruleset
	bufs  sync.Pool // of *[]byte, windowSize long
}

// New returns a scanner, or an error that names the field at fault. Detectors
// other than our own are tested with their own examples.
func New(o Options) (*Scanner, error) {
	allows, err := o.validate()
	if err != nil {
		return nil, err
	}
	s := &Scanner{opts: o, allow: allows}
	s.bufs.New = func() any { b := make([]byte, windowSize); return &b }
	if o.Detectors == nil { // known to be right, so they can wait until they are needed
		s.rules = sync.OnceValue(func() *ruleset {
			rs, err := compile(DefaultDetectors())
			if err != nil {
				panic(err)
			}
			return rs
		})
		return s, nil
	}
	rs, err := compile(o.Detectors)
	if err != nil {
		return nil, err
	}
	s.rules = func() *ruleset { return rs }
	return s, nil
}

// Name implements [report.Scanner].
func (s *Scanner) Name() string { return "secrets" }

// blockSize is how much of a text in hand is searched before what was found is yielded.
const blockSize = 256 << 10

// Matches returns the credentials in text, in order, but not those that Allow or a
// comment on their line allows. It does no I/O. path, which may be empty, is
// for detectors and Allows that ask for one, and lowers the confidence in tests
// and documentation. Text in UTF-16 must be decoded by the caller.
func (s *Scanner) Matches(path string, text []byte) iter.Seq[Match] {
	return func(yield func(Match) bool) {
		f := s.rules().newFinder()
		defer f.close()
		w := window{place: placeOf(path), text: text}
		for from := 0; from < len(text); from = w.to {
			if w.to = len(text); len(text)-from > blockSize {
				w.to = cut(text, from, from+blockSize)
			}
			w.shown = max(from, f.end)
			w.hits = f.find(w.place, text, from, w.to)
			for _, h := range w.hits.all {
				if s.allowed(path, h) == nil && w.comment(h, 0) == nil && !yield(h.match(text)) {
					return
				}
			}
		}
	}
}

// Redact returns text with every credential replaced by "***", whatever Allow
// and comments say. Without any it returns text itself.
func (s *Scanner) Redact(text []byte) []byte {
	f := s.rules().newFinder()
	defer f.close()
	var spans []span
	for from := 0; from < len(text); from += blockSize {
		spans = append(spans, f.find(place{}, text, from, min(len(text), from+blockSize)).hide...)
	}
	if len(spans) == 0 {
		return text
	}
	return redact(text, spans)
}

// Reader yields the findings in a stream of any length, in bounded memory. path
// is what they say as their place. An error of r is a [*report.Error], after
// which nothing comes; the end of ctx is the last pair.
func (s *Scanner) Reader(ctx context.Context, path string, r io.Reader) iter.Seq2[*report.Finding, error] {
	return func(yield func(*report.Finding, error) bool) {
		more, err := s.read(ctx, path, r, func(f *report.Finding) bool { return yield(f, nil) })
		if err == nil || !more {
			return
		}
		if ctx.Err() == nil {
			err = &report.Error{Scanner: s.Name(), Op: report.OpRead, Path: path, Err: err}
		}
		yield(nil, err)
	}
}

// read passes the findings in r to yield; see [stream.run].
func (s *Scanner) read(ctx context.Context, path string, r io.Reader, yield func(*report.Finding) bool) (more bool, err error) {
	f := s.rules().newFinder()
	defer f.close()
	buf := s.bufs.Get().(*[]byte)
	defer s.bufs.Put(buf)
	return (&stream{s: s, buf: *buf, f: f, place: placeOf(path), yield: yield}).run(ctx, r)
}
