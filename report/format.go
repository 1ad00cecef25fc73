package report

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/merlonsec/merlon/internal/errlist"
)

// A Format writes reports. A Format is a plain struct: its fields are its
// options and its zero value is ready. The lesser ones are in package formats.
type Format interface {
	Encode(w io.Writer, r *Report) error
}

// A Decoder reads reports. Formats that can be read implement it too; those
// of other tools are in package foreign. The error of a Decoder that is handed
// something in another format matches [errors.ErrUnsupported].
type Decoder interface {
	Decode(r io.Reader) (*Report, error)
}

// Write writes r in the format f: Write(os.Stdout, rep, report.Text{}).
func Write(w io.Writer, r *Report, f Format) error {
	b := bufio.NewWriterSize(w, 64<<10)
	if err := f.Encode(b, r); err != nil {
		return err
	}
	return b.Flush()
}

// WriteFile replaces the named file with r, all or nothing: whoever opens it
// sees the old content or the new one. It may be read by everybody (0644).
func WriteFile(name string, r *Report, f Format) error {
	if err := replace(name, 0o644, func(w io.Writer) error { return Write(w, r, f) }); err != nil {
		return fmt.Errorf("writing %s: %w", name, cause(err))
	}
	return nil
}

// Read reads a report with the first decoder that knows its format; none means
// [JSON] and [SARIF]. The error names what was tried; it matches
// [errors.ErrUnsupported] if no decoder knows the format. What is larger than
// 1 GiB is refused.
func Read(r io.Reader, decoders ...Decoder) (*Report, error) {
	if len(decoders) == 0 {
		decoders = []Decoder{JSON{}, SARIF{}}
	}
	data, err := readDocument(r)
	if err != nil {
		return nil, fmt.Errorf("reading report: %w", err)
	}
	var tried errlist.List
	for _, d := range decoders {
		rep, err := decodeBytes(d, data)
		if err == nil || !errors.Is(err, errors.ErrUnsupported) {
			return rep, err
		}
		tried.Addf("%T: %w", d, err)
	}
	return nil, fmt.Errorf("reading report: no known format: %w", tried.Err())
}

// decodeBytes spares the decoders of this package a copy.
func decodeBytes(d Decoder, data []byte) (*Report, error) {
	if b, ok := d.(interface {
		decode(data []byte) (*Report, error)
	}); ok {
		return b.decode(data)
	}
	return d.Decode(bytes.NewReader(data))
}

// What a document may hold. A finding takes about a kilobyte of memory however
// few bytes it has on disk, so a document made of empty objects would need
// hundreds of times its size; real ones have twenty bytes an object and more.
const (
	maxDocument    = 1 << 30
	maxFindings    = 2_000_000
	fewObjects     = 1 << 16
	bytesPerObject = 10
)

// readDocument reads JSON text within limits, without its byte order mark.
func readDocument(r io.Reader) ([]byte, error) {
	var b bytes.Buffer
	if l, ok := r.(interface{ Len() int }); ok && l.Len() < maxDocument {
		b.Grow(l.Len() + bytes.MinRead)
	}
	if n, err := b.ReadFrom(io.LimitReader(r, maxDocument+1)); err != nil {
		return nil, err
	} else if n > maxDocument {
		return nil, fmt.Errorf("larger than %d bytes", maxDocument)
	}
	data := bytes.TrimPrefix(b.Bytes(), []byte("\ufeff"))
	if n := objects(data); n > fewObjects+len(data)/bytesPerObject {
		return nil, fmt.Errorf("%d objects in %d bytes: this is no real report", n, len(data))
	}
	return data, nil
}

// objects counts the objects in JSON text, whether or not it is valid.
func objects(data []byte) (n int) {
	for {
		quote := bytes.IndexByte(data, '"')
		if quote < 0 {
			return n + bytes.Count(data, []byte("{"))
		}
		n += bytes.Count(data[:quote], []byte("{"))
		data = data[quote+1:]
		for { // to the end of the string
			i := bytes.IndexAny(data, `"\`)
			if i < 0 || data[i] == '\\' && i+2 > len(data) {
				return n
			}
			if data[i] == '"' {
				data = data[i+1:]
				break
			}
			data = data[i+2:]
		}
	}
}

// check refuses what no reader could make sense of.
func (r *Report) check() error {
	if r == nil {
		return errors.New("no report")
	}
	for i, f := range r.Findings {
		if f == nil {
			return fmt.Errorf("findings[%d] is nil", i)
		}
	}
	for i, c := range r.Components {
		if c == nil {
			return fmt.Errorf("components[%d] is nil", i)
		}
	}
	names := make(map[string]bool, len(r.Subjects))
	for i := range r.Subjects {
		name := r.Subjects[i].Name
		if names[name] {
			return fmt.Errorf("subjects[%d]: the name %q is there twice", i, name)
		}
		names[name] = true
	}
	return nil
}

// asOf is the time at which suppressions are looked at: that of the verdict,
// so that a document agrees with it, or now.
func (r *Report) asOf() time.Time {
	if r.Verdict != nil && !r.Verdict.At.IsZero() {
		return r.Verdict.At
	}
	return time.Now()
}
