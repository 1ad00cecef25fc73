package gatefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/merlonsec/merlon/internal/errlist"
	"github.com/merlonsec/merlon/internal/work"
)

// A reader walks the nodes of a file, for their positions, and gathers what is
// wrong with them.
type reader struct {
	name string
	file *File
	errs errlist.List
	n    int // errors, with those left out of the list
}

// maxErrors is how many mistakes are listed; the others are counted.
const maxErrors = 20

func (r *reader) at(line, column int) string { return fmt.Sprintf("%s:%d:%d", r.name, line, column) }

// errorf adds a mistake at n.
func (r *reader) errorf(n *yaml.Node, format string, args ...any) {
	if r.n++; r.n > maxErrors {
		return
	}
	r.errs.Addf("%s: "+format, append([]any{r.at(n.Line, n.Column)}, args...)...)
}

func (r *reader) err() error {
	if r.n > maxErrors {
		r.errs.Addf("and %d more", r.n-maxErrors)
	}
	return r.errs.Err()
}

// parse returns the root of the only document of text, or nil if there is
// none or it is broken. Nodes keep aliases as such, so nothing expands.
func (r *reader) parse(text []byte) *yaml.Node {
	if line := notText(text); line > 0 {
		r.errs.Addf("%s:%d: not UTF-8 text", r.name, line)
		return nil
	}
	var doc, next yaml.Node
	var err error
	if p := work.Contain(func() {
		dec := yaml.NewDecoder(bytes.NewReader(text))
		if err = dec.Decode(&doc); err != nil {
			return
		}
		if err = dec.Decode(&next); err == nil {
			err = fmt.Errorf("line %d: a second document; one is wanted", next.Line)
		}
	}); p != nil {
		err = errors.New("not understood")
	}
	if !errors.Is(err, io.EOF) {
		r.syntax(text, err)
		return nil
	}
	if len(doc.Content) == 0 || isNull(doc.Content[0]) {
		return nil
	}
	return doc.Content[0]
}

// syntax adds an error of the YAML reader, which names at most a line: that
// where what it is in begins.
func (r *reader) syntax(text []byte, err error) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if rest, ok := strings.CutPrefix(message, "line "); ok {
		number, rest, _ := strings.Cut(rest, ": ")
		line, _ = strconv.Atoi(number)
		message = rest
	}
	name, unknown := strings.CutPrefix(message, "unknown anchor '")
	switch {
	case unknown:
		name, _, _ = strings.Cut(name, "'")
		line = bytes.Count(text[:max(0, bytes.Index(text, []byte("*"+name)))], newline) + 1
	case line == 0, fromParser(message):
		line++
	}
	r.n++
	r.errs.Addf("%s:%d: %s", r.name, line, message)
}

// fromParser reports whether an error is one of the YAML reader's parser, which
// counts lines from zero; its scanner counts from one.
func fromParser(message string) bool {
	what, ok := strings.CutPrefix(message, "did not find expected ")
	if !ok {
		return strings.HasPrefix(message, "found duplicate %") || strings.HasPrefix(message, "found incompatible") || strings.HasPrefix(message, "found undefined tag")
	}
	for _, w := range []string{"<", "node content", "key", "'-' indicator", "',' or"} {
		if strings.HasPrefix(what, w) {
			return true
		}
	}
	return false
}

var newline = []byte{'\n'}

// notText returns the first line with what YAML forbids, or zero.
func notText(text []byte) int {
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRune(text[i:])
		if c == utf8.RuneError && size <= 1 || unicode.IsControl(c) && c != '\n' && c != '\r' && c != '\t' && c != '\u0085' {
			return bytes.Count(text[:i], newline) + 1
		}
		i += size
	}
	return 0
}
