package sbom

import (
	"errors"
	"fmt"
	"strings"
)

// stanza is one paragraph of a control file (deb822(5)): the fields asked for,
// by lower-case name.
type stanza struct {
	line   int // of its first field
	fields map[string]string
}

// readStanzas calls f for each paragraph and gathers what is wrong with lines.
func readStanzas(text string, want map[string]bool, f func(*stanza)) (errs []error) {
	s := &stanza{fields: map[string]string{}}
	last := "" // field that a continuation line belongs to
	n := 0
	flush := func() {
		if s.line > 0 {
			f(s)
		}
		s, last = &stanza{fields: map[string]string{}}, ""
	}
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.TrimLeft(line, " \t") == "":
			flush()
		case line[0] == ' ' || line[0] == '\t':
			if want[last] {
				s.fields[last] += "\n" + strings.TrimSpace(line)
			}
		case line[0] == '#':
		default:
			key, v, ok := strings.Cut(line, ":")
			if conflict(line) {
				errs = append(errs, &lineError{n, errConflict})
				continue
			}
			if !ok || strings.ContainsAny(key, " \t") {
				errs = append(errs, &lineError{n, fmt.Errorf("%.40q is no field", line)})
				last = ""
				continue
			}
			if s.line == 0 {
				s.line = n
			}
			if last = strings.ToLower(key); want[last] {
				s.fields[last] = strings.TrimSpace(v)
			}
		}
	}
	flush()
	return errs
}

// cutShort is the mistake of a database whose last line has no end, which no
// package manager writes.
func cutShort(text string) error {
	if text == "" || strings.HasSuffix(text, "\n") {
		return nil
	}
	return &lineError{1 + strings.Count(text, "\n"), errors.New("the file ends within a line: it may be cut short")}
}
