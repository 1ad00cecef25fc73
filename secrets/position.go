package secrets

import (
	"bytes"
	"unicode/utf8"

	"github.com/merlonsec/merlon/report"
)

// A cursor knows line and column of one place in a text, and moves forward only:
// so all positions in a text cost one pass over it, however long its lines are.
type cursor struct {
	at  int // in the piece of text at hand
	pos report.Position
}

func newCursor() cursor { return cursor{pos: report.Position{Line: 1, Column: 1}} }

// to returns a cursor at text[at:]. One that is there or further stays where it is.
func (c cursor) to(text []byte, at int) cursor {
	if at <= c.at {
		return c
	}
	part := text[c.at:at]
	if n := bytes.Count(part, []byte{'\n'}); n > 0 {
		c.pos.Line += n
		c.pos.Column = 1
		part = part[bytes.LastIndexByte(part, '\n')+1:]
	}
	c.pos.Column += utf8.RuneCount(part)
	c.at = at
	return c
}
