package sbom

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// maxJSONDepth bounds values within values.
const maxJSONDepth = 500

// jsonReader reads JSON (RFC 8259) in one pass, telling where things are,
// which encoding/json does not. It takes exactly what encoding/json takes.
type jsonReader struct {
	data  []byte
	pos   int
	depth int

	counted, lines int // newlines before counted, which only grows
}

// line returns the line of an offset. Asking in ascending order costs one pass.
func (r *jsonReader) line(off int) int {
	if off < r.counted {
		r.counted, r.lines = 0, 0
	}
	off = min(off, len(r.data))
	r.lines += bytes.Count(r.data[r.counted:off], []byte{'\n'})
	r.counted = off
	return r.lines + 1
}

// fail is an error at the current place.
func (r *jsonReader) fail(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	start := bytes.LastIndexByte(r.data[:min(r.pos, len(r.data))], '\n') + 1
	if conflict(string(r.data[start:min(start+16, len(r.data))])) {
		err = errConflict
	}
	return &lineError{1 + bytes.Count(r.data[:min(r.pos, len(r.data))], []byte{'\n'}), err}
}

var errEnd = errors.New("the file ends within a value: it is cut short")

// peek skips white space and returns the next byte.
func (r *jsonReader) peek() (byte, error) {
	for ; r.pos < len(r.data); r.pos++ {
		switch c := r.data[r.pos]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c, nil
		}
	}
	return 0, r.fail("%w", errEnd)
}

// end reports what follows the top-level value.
func (r *jsonReader) end() error {
	if c, err := r.peek(); err == nil {
		return r.fail("%q after the end of the document", c)
	}
	return nil
}

// object calls f with each key and its offset; f reads or skips the value.
// What is no object is skipped.
func (r *jsonReader) object(f func(key string, off int) error) error {
	return r.members('{', '}', func() error {
		if c, err := r.peek(); err != nil || c != '"' {
			return r.unexpected(c, err, "a key")
		}
		off := r.pos
		key, err := r.str()
		if err != nil {
			return err
		}
		if c, err := r.peek(); err != nil || c != ':' {
			return r.unexpected(c, err, "a colon")
		}
		r.pos++
		if _, err := r.peek(); err != nil {
			return err
		}
		return f(key, off)
	})
}

// array calls f before each element; f reads or skips it. What is no array is skipped.
func (r *jsonReader) array(f func() error) error { return r.members('[', ']', f) }

func (r *jsonReader) members(open, end byte, f func() error) error {
	c, err := r.peek()
	if err != nil {
		return err
	}
	if c != open {
		return r.skip()
	}
	if r.depth++; r.depth > maxJSONDepth {
		return r.fail("more than %d values within one another", maxJSONDepth)
	}
	defer func() { r.depth-- }()
	r.pos++
	for first := true; ; first = false {
		c, err := r.peek()
		switch {
		case err != nil:
			return err
		case first && c == end:
			r.pos++
			return nil
		}
		if err := f(); err != nil {
			return err
		}
		if c, err = r.peek(); err != nil {
			return err
		}
		r.pos++
		switch c {
		case end:
			return nil
		case ',':
			continue
		}
		r.pos--
		return r.unexpected(c, nil, fmt.Sprintf("a comma or %q", end))
	}
}

func (r *jsonReader) unexpected(c byte, err error, want string) error {
	if err != nil {
		return err
	}
	return r.fail("%q where %s should be", c, want)
}

// skip passes over a value of any kind.
func (r *jsonReader) skip() error {
	c, err := r.peek()
	if err != nil {
		return err
	}
	switch c {
	case '{':
		return r.object(func(string, int) error { return r.skip() })
	case '[':
		return r.array(r.skip)
	case '"':
		_, err := r.str()
		return err
	}
	start := r.pos
	for r.pos < len(r.data) && (alnum(r.data[r.pos]) || bytes.IndexByte([]byte("+-."), r.data[r.pos]) >= 0) {
		r.pos++
	}
	if !json.Valid(r.data[start:r.pos]) {
		r.pos = start
		return r.fail("%q where a value should be", c)
	}
	return nil
}

func alnum(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' }

// text returns a string; a value of another kind is skipped and empty.
func (r *jsonReader) text() (string, error) {
	c, err := r.peek()
	if err != nil || c == '"' {
		if err == nil {
			return r.str()
		}
		return "", err
	}
	return "", r.skip()
}

// truth returns whether the value is true.
func (r *jsonReader) truth() (bool, error) {
	if _, err := r.peek(); err != nil {
		return false, err
	}
	start := r.pos
	err := r.skip()
	return err == nil && string(r.data[start:r.pos]) == "true", err
}

// str reads a string; the next byte is its quotation mark.
func (r *jsonReader) str() (string, error) {
	start, plain := r.pos, true
	for i := r.pos + 1; i < len(r.data); i++ {
		switch c := r.data[i]; {
		case c == '"':
			r.pos = i + 1
			if body := r.data[start+1 : i]; plain && utf8.Valid(body) {
				return string(body), nil
			}
			var s string
			if err := json.Unmarshal(r.data[start:i+1], &s); err != nil {
				r.pos = start
				return "", r.fail("string: %w", err)
			}
			return s, nil
		case c == '\\':
			plain = false
			i++
		case c < ' ':
			r.pos = i
			return "", r.fail("control character in a string")
		}
	}
	r.pos = len(r.data)
	return "", r.fail("%w", errEnd)
}
