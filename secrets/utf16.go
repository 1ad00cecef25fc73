package secrets

import (
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// A byteOrder is how a text is encoded, by its byte order mark.
type byteOrder uint8

const (
	noMark byteOrder = iota
	utf8Mark
	utf16Little
	utf16Big
)

// markOf reads the byte order mark that a text starts with, and its length.
func markOf(head []byte) (byteOrder, int) {
	switch {
	case len(head) >= 3 && head[0] == 0xEF && head[1] == 0xBB && head[2] == 0xBF:
		return utf8Mark, 3
	case len(head) >= 2 && head[0] == 0xFF && head[1] == 0xFE:
		return utf16Little, 2
	case len(head) >= 2 && head[0] == 0xFE && head[1] == 0xFF:
		return utf16Big, 2
	}
	return noMark, 0
}

// A utf16Reader reads UTF-16 as UTF-8 (Unicode 3.9). Half a surrogate pair, or
// half a unit at the end, becomes U+FFFD.
type utf16Reader struct {
	r      io.Reader
	little bool
	in     []byte // read, and not decoded yet
	out    []byte // decoded, and not asked for yet
	buf    [4096]byte
	err    error
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	for len(u.out) == 0 {
		if u.err != nil {
			return 0, u.err
		}
		u.fill()
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

func (u *utf16Reader) fill() {
	kept := copy(u.buf[:], u.in)
	var n int
	n, u.err = u.r.Read(u.buf[kept:])
	u.in = u.buf[:kept+n]
	u.out = u.out[:0]
	for len(u.in) >= 2 {
		r := rune(u.unit(0))
		size := 2
		if utf16.IsSurrogate(r) {
			if len(u.in) < 4 && u.err == nil {
				break // its other half has not come yet
			}
			r, size = u.pair()
		}
		u.out = utf8.AppendRune(u.out, r)
		u.in = u.in[size:]
	}
	if u.err != nil && len(u.in) > 0 {
		u.out = utf8.AppendRune(u.out, utf8.RuneError)
		u.in = nil
	}
}

func (u *utf16Reader) unit(i int) uint16 {
	a, b := uint16(u.in[i]), uint16(u.in[i+1])
	if u.little {
		return b<<8 | a
	}
	return a<<8 | b
}

func (u *utf16Reader) pair() (r rune, size int) {
	if len(u.in) >= 4 {
		if r := utf16.DecodeRune(rune(u.unit(0)), rune(u.unit(2))); r != utf8.RuneError {
			return r, 4
		}
	}
	return utf8.RuneError, 2
}
