package secrets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/merlonsec/merlon/report"
)

var errBinary = errors.New("binary file")

// open calls read with a file that is within limits and text.
func (s *Scanner) open(ctx context.Context, fsys fs.FS, name string, read func(io.Reader) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	var r io.Reader = f
	if most := s.opts.MaxFileSize; most > 0 {
		info, err := f.Stat()
		if err != nil {
			return err
		}
		if info.Size() > most {
			return tooLarge(name, most)
		}
		r = &limitedReader{f, most, name, most} // files grow, and sizes lie
	}
	return read(&textReader{r: r})
}

func tooLarge(name string, most int64) error {
	return &report.Error{Op: report.OpLimit, Path: name, Err: fmt.Errorf("larger than MaxFileSize, %d bytes: raise it, or exclude the file", most)}
}

// A limitedReader fails where a file is larger than it may be.
type limitedReader struct {
	r    io.Reader
	left int64
	name string
	most int64
}

func (l *limitedReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, tooLarge(l.name, l.most)
	}
	return n, err
}

// binaryHead is where a NUL byte makes a file binary, unless a byte order mark
// says that it is UTF-16: git's rule.
const binaryHead = 8 << 10

// A textReader fails with errBinary on a file that is no text.
type textReader struct {
	r    io.Reader
	seen int
	wide bool // UTF-16
}

func (t *textReader) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	if t.seen < binaryHead && n > 0 {
		if t.seen == 0 {
			order, _ := markOf(p[:n])
			t.wide = order == utf16Little || order == utf16Big
		}
		if !t.wide && bytes.IndexByte(p[:min(n, binaryHead-t.seen)], 0) >= 0 {
			return 0, errBinary
		}
		t.seen += n
	}
	return n, err
}
