package purl

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// maxLen bounds what Parse takes; no real purl comes near it.
const maxLen = 64 << 10

// Parse reads a package URL. Encoding and order need not be canonical.
// Qualifier keys are lowered, except that one that begins in upper case is
// refused: that is where the specification's tests draw the line.
func Parse(s string) (PURL, error) { return parse(s, false) }

// Canonical returns the canonical form of s. Unlike [Parse] it takes qualifier
// keys in any case.
func Canonical(s string) (string, error) {
	p, err := parse(s, true)
	if err != nil {
		return "", err
	}
	return p.String(), nil
}

func parse(s string, anyCase bool) (PURL, error) {
	p, err := split(s, anyCase)
	if err == nil {
		p, err = New(p)
	}
	if err != nil {
		return PURL{}, fmt.Errorf("%.200q: %w", s, err)
	}
	return p, nil
}

// split takes s apart from its right end, as the specification's section on
// parsing does.
func split(s string, anyCase bool) (p PURL, err error) {
	if len(s) > maxLen {
		return p, fmt.Errorf("purl longer than %d bytes", maxLen)
	}
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || !strings.EqualFold(scheme, "pkg") {
		return p, errors.New(`purl does not begin with "pkg:"`)
	}
	if i := strings.LastIndexByte(rest, '#'); i >= 0 {
		if p.Subpath, err = unescapeSegments(rest[i+1:]); err != nil {
			return p, err
		}
		rest = rest[:i]
	}
	if i := strings.LastIndexByte(rest, '?'); i >= 0 {
		if p.Qualifiers, err = qualifiers(rest[i+1:], anyCase); err != nil {
			return p, err
		}
		rest = rest[:i]
	}
	p.Type, rest, ok = strings.Cut(strings.TrimLeft(rest, "/"), "/")
	if !ok {
		return p, errors.New("purl without a name")
	}
	p.Type = strings.ToLower(p.Type)
	rest = strings.TrimLeft(rest, "/")
	// The scope of an npm package may come without its escape.
	if i := strings.LastIndexByte(rest, '@'); i > 0 || i == 0 && p.Type != "npm" {
		if p.Version, err = url.PathUnescape(rest[i+1:]); err != nil {
			return p, err
		}
		if rest = rest[:i]; strings.HasSuffix(rest, "/") {
			return p, errors.New("purl without a name")
		}
	}
	rest = strings.Trim(rest, "/")
	cut := strings.LastIndexByte(rest, '/')
	if p.Type == "git" { // namespace is the host, name all of the path
		cut = strings.IndexByte(rest, '/')
	}
	if cut >= 0 {
		if p.Namespace, err = unescapeSegments(rest[:cut]); err != nil {
			return p, err
		}
	}
	p.Name, err = url.PathUnescape(rest[cut+1:])
	return p, err
}

func qualifiers(s string, anyCase bool) (map[string]string, error) {
	q := map[string]string{}
	for s != "" {
		var pair string
		pair, s, _ = strings.Cut(s, "&")
		if pair == "" {
			continue
		}
		k, v, _ := strings.Cut(pair, "=")
		if anyCase || k != "" && k[0] >= 'a' {
			k = strings.ToLower(k)
		}
		if _, twice := q[k]; twice {
			return nil, fmt.Errorf("purl qualifier %q twice", k)
		}
		var err error
		if q[k], err = url.PathUnescape(v); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// unescapeSegments decodes each segment; an escaped slash is a mistake, since
// it could not be told from a separator afterwards.
func unescapeSegments(s string) (string, error) {
	parts := strings.Split(s, "/")
	for i, part := range parts {
		d, err := url.PathUnescape(part)
		if err != nil {
			return "", err
		}
		if strings.Contains(d, "/") {
			return "", fmt.Errorf("escaped slash in purl segment %q", part)
		}
		parts[i] = d
	}
	return strings.Join(parts, "/"), nil
}
