package purl

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A PURL is a package URL in its parts, decoded. Empty parts are absent.
type PURL struct {
	Type       string
	Namespace  string // segments joined by "/": "github.com/gorilla", "@angular", "debian"
	Name       string
	Version    string
	Qualifiers map[string]string // nil if there are none
	Subpath    string            // without leading or trailing slash
}

// New returns p with the rules of its type applied: what is case-insensitive
// is lowered, empty qualifiers are dropped, dot segments of the subpath too.
// Its error says which rule p breaks.
func New(p PURL) (PURL, error) {
	p.Type = strings.ToLower(p.Type)
	if !validType(p.Type) {
		return PURL{}, fmt.Errorf("purl type %q: letters, digits, %q and %q after a letter", p.Type, ".", "-")
	}
	p.Namespace = segments(p.Namespace, false)
	p.Subpath = segments(p.Subpath, true)
	if p.Name == "" {
		return PURL{}, errors.New("purl without a name")
	}
	var q map[string]string
	for k, v := range p.Qualifiers {
		if !validKey(k) {
			return PURL{}, fmt.Errorf("purl qualifier key %q: lower-case letters, digits, %q, %q and %q after a letter", k, ".", "-", "_")
		}
		if v != "" {
			if q == nil {
				q = make(map[string]string, len(p.Qualifiers))
			}
			q[k] = v
		}
	}
	p.Qualifiers = q
	if err := p.applyType(); err != nil {
		return PURL{}, err
	}
	return p, nil
}

// String returns the canonical form. It applies no rules: p comes from [New] or [Parse].
func (p PURL) String() string {
	var b strings.Builder
	b.Grow(len(p.Type) + len(p.Namespace) + len(p.Name) + len(p.Version) + 16)
	b.WriteString("pkg:" + p.Type + "/")
	if p.Namespace != "" {
		escapeSegments(&b, p.Namespace)
		b.WriteByte('/')
	}
	if p.Type == "git" { // its name is the owner's path
		escapeSegments(&b, p.Name)
	} else {
		escape(&b, p.Name)
	}
	if p.Version != "" {
		b.WriteByte('@')
		escape(&b, p.Version)
	}
	sep := byte('?')
	for _, k := range slices.Sorted(maps.Keys(p.Qualifiers)) {
		b.WriteByte(sep)
		sep = '&'
		b.WriteString(k + "=")
		escape(&b, p.Qualifiers[k])
	}
	if p.Subpath != "" {
		b.WriteByte('#')
		escapeSegments(&b, p.Subpath)
	}
	return b.String()
}

// segments drops empty segments, and with dots those that are "." or "..".
func segments(s string, dots bool) string {
	if s == "" {
		return ""
	}
	parts := slices.DeleteFunc(strings.Split(s, "/"), func(p string) bool { return p == "" || dots && (p == "." || p == "..") })
	return strings.Join(parts, "/")
}

func escapeSegments(b *strings.Builder, s string) {
	for i, part := range strings.Split(s, "/") {
		if i > 0 {
			b.WriteByte('/')
		}
		escape(b, part)
	}
}

// escape percent-encodes all but what the specification leaves as it is.
func escape(b *strings.Builder, s string) {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		if c := s[i]; alphanumeric(c) || strings.IndexByte(".-_~:", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
}

func alphanumeric(c byte) bool { return letter(c) || '0' <= c && c <= '9' }

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func validType(s string) bool {
	return s != "" && letter(s[0]) && strings.TrimFunc(s, func(r rune) bool { return r < 0x80 && (alphanumeric(byte(r)) || r == '.' || r == '-') }) == ""
}

func validKey(s string) bool {
	return s != "" && letter(s[0]) && s == strings.ToLower(s) &&
		strings.TrimFunc(s, func(r rune) bool { return r < 0x80 && (alphanumeric(byte(r)) || strings.ContainsRune(".-_", r)) }) == ""
}
