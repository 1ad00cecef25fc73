package secrets

import (
	"bytes"
	"context"
	"io"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/secrets/internal/engine"
)

// A text is read into a window of at most windowSize bytes. Secrets are looked
// for in all of it but its last lookAhead bytes, which are looked at again, with
// lookBehind bytes before them, when more of the text was read.
const (
	windowSize = 512 << 10
	lookBehind = 8 << 10
	lookAhead  = engine.MaxMatch + lookBehind
)

// A stream finds secrets in a text that is read piece by piece.
type stream struct {
	s     *Scanner
	buf   []byte
	f     *finder
	place place
	yield func(*report.Finding) bool
}

// run reads r to its end. It returns the error of r, until which everything was
// searched, or the context's cause; more tells whether yield wants more.
func (t *stream) run(ctx context.Context, r io.Reader) (more bool, err error) {
	w := window{place: t.place}
	c := newCursor()
	n, err := fill(r, t.buf, 0)
	switch order, skip := markOf(t.buf[:n]); order {
	case utf8Mark:
		n = copy(t.buf, t.buf[skip:n])
		w.base = int64(skip)
	case utf16Little, utf16Big:
		rest := io.Reader(errReader{err})
		if err == nil {
			rest = r
		}
		r = &utf16Reader{r: io.MultiReader(bytes.NewReader(bytes.Clone(t.buf[skip:n])), rest), little: order == utf16Little}
		n, err = 0, nil
		w.base = -1
	}
	for from := 0; ; {
		if ctx.Err() != nil {
			return true, context.Cause(ctx)
		}
		if err == nil {
			n, err = fill(r, t.buf, n)
		}
		w.text, w.to = t.buf[:n], n
		if err == nil {
			w.to = cut(w.text, from, n-lookAhead)
		}
		w.shown = max(from, t.f.end)
		w.hits = t.f.find(t.place, w.text, from, w.to)
		for _, h := range w.hits.all {
			c = c.to(w.text, h.start)
			if !t.yield(t.s.finding(&w, h, c)) {
				return false, nil
			}
		}
		if err == io.EOF {
			return true, nil
		}
		if err != nil {
			return true, err
		}
		c = c.to(w.text, w.to)
		drop := max(0, w.to-lookBehind)
		n = copy(t.buf, t.buf[drop:n])
		from = w.to - drop
		c.at -= drop
		t.f.shift(drop)
		if w.base >= 0 {
			w.base += int64(drop)
		}
	}
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

// fill reads until buf, of which n bytes are taken, is full, or r fails or ends.
func fill(r io.Reader, buf []byte, n int) (int, error) {
	for idle := 0; n < len(buf); idle++ {
		m, err := r.Read(buf[n:])
		n += m
		if err != nil {
			return n, err
		}
		if m > 0 {
			idle = 0
		} else if idle > maxIdle {
			return n, io.ErrNoProgress
		}
	}
	return n, nil
}

// maxIdle is how often a reader may give nothing in a row.
const maxIdle = 100

// cut returns the start of the last line that starts in text[from:to], past
// from, so that a line is not torn; to if there is none.
func cut(text []byte, from, to int) int {
	if i := bytes.LastIndexByte(text[from:to], '\n'); i >= 0 {
		return from + i + 1
	}
	return to
}
