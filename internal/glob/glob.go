// Package glob matches slash-separated paths with patterns in which "*" and
// "?" stay within one element, "[a-z]" is a class, "{a,b}" are alternatives
// and "**" stands for any number of elements. A pattern without a slash
// matches the last element, so "*.pem" is any PEM file.
package glob

import (
	"fmt"
	"path"
	"strings"
)

// A Pattern is a compiled pattern. It is immutable.
type Pattern struct {
	text string
	alts [][]string // elements of each alternative
}

// What a pattern may be: bytes of its text, and what its braces expand to.
const (
	maxPattern      = 4096
	maxAlternatives = 256
)

// Compile compiles a pattern; its error quotes it.
func Compile(pattern string) (*Pattern, error) {
	if len(pattern) > maxPattern {
		return nil, fmt.Errorf("pattern %q…: longer than %d bytes", pattern[:40], maxPattern)
	}
	p := &Pattern{text: pattern}
	all, err := braces(pattern)
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", pattern, err)
	}
	for _, alt := range all {
		alt = strings.TrimSuffix(strings.TrimPrefix(alt, "./"), "/")
		if alt == "" {
			return nil, fmt.Errorf("pattern %q: empty", pattern)
		}
		elems := strings.Split(alt, "/")
		if len(elems) == 1 && elems[0] != "**" {
			elems = []string{"**", elems[0]}
		}
		if elems[0] == "" {
			elems = elems[1:] // "/x" is anchored, which "x/y" is anyway
		}
		for _, e := range elems {
			if _, err := path.Match(e, ""); err != nil {
				return nil, fmt.Errorf("pattern %q: %w", pattern, err)
			}
		}
		p.alts = append(p.alts, elems)
	}
	return p, nil
}

// String returns the pattern as written.
func (p *Pattern) String() string { return p.text }

// Match reports whether the whole of name matches.
func (p *Pattern) Match(name string) bool {
	elems := strings.Split(name, "/")
	for _, alt := range p.alts {
		if match(alt, elems) {
			return true
		}
	}
	return false
}

// match walks pattern and name once, falling back to the last "**" only:
// quadratic at worst, whatever the pattern.
func match(pat, name []string) bool {
	i, j := 0, 0
	star, from := -1, 0
	for j < len(name) {
		if i < len(pat) && pat[i] == "**" {
			star, from = i, j
			i++
			continue
		}
		if i < len(pat) {
			if ok, _ := path.Match(pat[i], name[j]); ok {
				i++
				j++
				continue
			}
		}
		if star < 0 {
			return false
		}
		from++
		i, j = star+1, from
	}
	for i < len(pat) && pat[i] == "**" {
		i++
	}
	return i == len(pat)
}

// braces expands "{a,b}", which may nest.
func braces(s string) ([]string, error) {
	open := strings.IndexByte(s, '{')
	if open < 0 {
		return []string{s}, nil
	}
	depth, start := 0, open+1
	var parts []string
	for i := open; i < len(s); i++ {
		switch s[i] {
		case '{':
			depth++
		case ',':
			if depth == 1 {
				parts = append(parts, s[start:i])
				start = i + 1
			}
		case '}':
			if depth--; depth > 0 {
				continue
			}
			var out []string
			for _, part := range append(parts, s[start:i]) {
				more, err := braces(s[:open] + part + s[i+1:])
				if err != nil {
					return nil, err
				}
				if out = append(out, more...); len(out) > maxAlternatives {
					return nil, fmt.Errorf("more than %d alternatives", maxAlternatives)
				}
			}
			return out, nil
		}
	}
	return nil, fmt.Errorf("brace without end")
}

// A Set is a list of patterns. The nil Set matches nothing.
type Set []*Pattern

// CompileAll compiles patterns into a set.
func CompileAll(patterns []string) (Set, error) {
	var set Set
	for _, s := range patterns {
		p, err := Compile(s)
		if err != nil {
			return nil, err
		}
		set = append(set, p)
	}
	return set, nil
}

// Match reports whether one of the patterns matches name.
func (s Set) Match(name string) bool {
	for _, p := range s {
		if p.Match(name) {
			return true
		}
	}
	return false
}

// MatchUnder reports whether a pattern matches name or a directory above it.
func (s Set) MatchUnder(name string) bool {
	for ; name != "." && name != "/" && name != ""; name = path.Dir(name) {
		if s.Match(name) {
			return true
		}
	}
	return false
}
