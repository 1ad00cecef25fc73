package policy

import (
	"fmt"
	"path"
	"strings"

	"github.com/merlonsec/merlon/internal/glob"
)

// A pattern is a glob with short cuts for the forms that most gates consist
// of, so that what does not match costs no allocation. It matches exactly what
// its glob does.
type pattern struct {
	glob  *glob.Pattern
	how   shortcut
	text  string // what the short cut compares with
	whole string // of asElements
	purls bool   // versions and qualifiers may be left out
	fold  bool   // text is lower case, and names are made so
}

type shortcut uint8

const (
	asGlob     shortcut = iota
	asGlobAt            // a glob, on names that begin with text
	asLiteral           // the whole name
	asTree              // "text/**": text and all below
	asElement           // a pattern for the last element
	asName              // the last element
	asSuffix            // the end of the last element
	asElements          // a pattern without "**", on names that begin with text
)

const meta = "*?["

// maxPattern bounds what compiling braces may cost, in bytes.
const maxPattern = 4096

func compilePattern(s string) (*pattern, error) {
	if len(s) > maxPattern {
		return nil, fmt.Errorf("pattern %.20q…: longer than %d bytes", s, maxPattern)
	}
	g, err := glob.Compile(s)
	if err != nil {
		return nil, err
	}
	p := &pattern{glob: g}
	if strings.ContainsAny(s, `{}\`) {
		return p, nil
	}
	s = strings.TrimSuffix(strings.TrimPrefix(s, "./"), "/")
	if !strings.Contains(s, "/") {
		switch rest, star := strings.CutPrefix(s, "*"); {
		case s == "**":
		case !strings.ContainsAny(s, meta):
			p.how, p.text = asName, s
		case star && !strings.ContainsAny(rest, meta):
			p.how, p.text = asSuffix, rest
		default:
			p.how, p.text = asElement, s
		}
		return p, nil
	}
	s = strings.TrimPrefix(s, "/")
	at := strings.IndexAny(s, meta)
	switch {
	case s == "**":
	case at < 0:
		p.how, p.text = asLiteral, s
	case strings.HasSuffix(s, "/**") && at == len(s)-2:
		p.how, p.text = asTree, s[:at-1]
	case at > 0 && !strings.Contains(s, "**") && !strings.Contains(s, "["): // a class may match a slash in path.Match
		p.how, p.text, p.whole = asElements, s[:at], s
	case at > 0:
		p.how, p.text = asGlobAt, strings.TrimSuffix(s[:at], "/") // "a/**/b" is "a/b" too
	}
	return p, nil
}

func (p *pattern) match(name string) bool {
	if p.fold {
		name = strings.ToLower(name)
	}
	if !p.purls {
		return p.matchName(name)
	}
	name = encodeScope(name)
	if p.matchName(name) {
		return true
	}
	if i := strings.IndexAny(name, "?#"); i >= 0 {
		if name = name[:i]; p.matchName(name) {
			return true
		}
	}
	if i := strings.LastIndexByte(name, '@'); i > strings.LastIndexByte(name, '/') {
		return p.matchName(name[:i])
	}
	return false
}

func (p *pattern) matchName(name string) bool {
	switch p.how {
	case asLiteral:
		return name == p.text
	case asTree:
		return strings.HasPrefix(name, p.text) && (len(name) == len(p.text) || name[len(p.text)] == '/')
	case asElement:
		ok, _ := path.Match(p.text, last(name))
		return ok
	case asName:
		return last(name) == p.text
	case asSuffix:
		return strings.HasSuffix(name, p.text) && len(last(name)) >= len(p.text)
	case asElements:
		if !strings.HasPrefix(name, p.text) {
			return false
		}
		ok, _ := path.Match(p.whole, name)
		return ok
	case asGlobAt:
		return strings.HasPrefix(name, p.text) && p.glob.Match(name)
	}
	return p.glob.Match(name)
}

func last(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

func (p *pattern) String() string { return p.glob.String() }

// compilePURL compiles a pattern for package URLs. It must begin with "pkg:"
// and a type: what is shorter would match packages nobody thought of.
func compilePURL(s string) (*pattern, error) {
	if rest, ok := strings.CutPrefix(s, "pkg:"); !ok || !strings.Contains(rest, "/") {
		return nil, fmt.Errorf("pattern %q: a package URL is wanted, such as pkg:npm/lodash or pkg:golang/github.com/acme/**", s)
	}
	p, err := compilePattern(encodeScope(s))
	if err != nil {
		return nil, err
	}
	p.purls = true
	return p, nil
}

// encodeScope writes npm's "@scope/" as package URLs do.
func encodeScope(purl string) string {
	if strings.Contains(purl, "/@") {
		return strings.ReplaceAll(purl, "/@", "/%40")
	}
	return purl
}

// compileFold compiles a pattern for names whose case does not matter.
func compileFold(s string) (*pattern, error) {
	p, err := compilePattern(strings.ToLower(s))
	if err != nil {
		return nil, err
	}
	p.fold = true
	return p, nil
}

// patterns is a list of alternatives.
type patterns []*pattern

func compilePatterns(texts []string, compile func(string) (*pattern, error)) (patterns, error) {
	if len(texts) == 0 {
		return nil, fmt.Errorf("no pattern")
	}
	var all patterns
	for _, s := range texts {
		p, err := compile(s)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

func (ps patterns) match(name string) bool {
	for _, p := range ps {
		if p.match(name) {
			return true
		}
	}
	return false
}
