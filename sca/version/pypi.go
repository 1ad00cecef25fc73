package version

import (
	"cmp"
	"strings"
)

// A pep440 is a version of PEP 440, normalised.
type pep440 struct {
	epoch   string
	release []string
	pre     string // "a", "b", "rc"; empty if none
	preN    string
	post    bool
	postN   string
	dev     bool
	devN    string
	local   []string
}

// comparePyPI is the order of PEP 440. What is no version of it comes before
// all that are, in the order that setuptools had before.
func comparePyPI(a, b string) (int, error) {
	x, xok := parsePEP440(a)
	y, yok := parsePEP440(b)
	switch {
	case xok && yok:
		return x.compare(&y), nil
	case xok:
		return 1, nil
	case yok:
		return -1, nil
	}
	return compareLegacy(legacyParts(a), legacyParts(b)), nil
}

func parsePEP440(v string) (p pep440, ok bool) {
	s := trimV(strings.ToLower(v))
	s, local, hasLocal := strings.Cut(s, "+")
	if n := digits(s); n > 0 && n < len(s) && s[n] == '!' {
		p.epoch, s = s[:n], s[n+1:]
	}
	for {
		n := digits(s)
		if n == 0 {
			return p, false
		}
		p.release = append(p.release, s[:n])
		s = s[n:]
		if len(s) < 2 || s[0] != '.' || !isDigit(s[1]) {
			break
		}
		s = s[1:]
	}
	if word, n, rest, ok := suffix(s, "alpha", "a", "beta", "b", "preview", "pre", "rc", "c"); ok {
		p.pre, p.preN, s = word[:1], n, rest
		if p.pre != "a" && p.pre != "b" {
			p.pre = "rc"
		}
	}
	if len(s) > 1 && s[0] == '-' && isDigit(s[1]) {
		n := digits(s[1:])
		p.post, p.postN, s = true, s[1:1+n], s[1+n:]
	} else if _, n, rest, ok := suffix(s, "post", "rev", "r"); ok {
		p.post, p.postN, s = true, n, rest
	}
	if _, n, rest, ok := suffix(s, "dev"); ok {
		p.dev, p.devN, s = true, n, rest
	}
	if hasLocal {
		p.local = strings.FieldsFunc(local, func(r rune) bool { return r == '.' || r == '-' || r == '_' })
		for _, part := range p.local {
			if strings.ContainsFunc(part, func(r rune) bool { return r > 0x7f || !isDigit(byte(r)) && !isLetter(byte(r)) }) {
				return p, false
			}
		}
		if len(p.local) == 0 {
			return p, false
		}
	}
	return p, s == ""
}

// suffix reads "[-_.]word[-_.]N", of which only the word must be there.
func suffix(s string, words ...string) (word, number, rest string, ok bool) {
	separator := func(s string) string {
		if s != "" && strings.IndexByte("-_.", s[0]) >= 0 {
			return s[1:]
		}
		return s
	}
	t := separator(s)
	for _, w := range words {
		if after, found := strings.CutPrefix(t, w); found {
			t = separator(after)
			n := digits(t)
			if n == 0 {
				return w, "", after, true
			}
			return w, t[:n], t[n:], true
		}
	}
	return "", "", s, false
}

func (p *pep440) compare(q *pep440) int {
	return cmp.Or(
		compareNumbers(p.epoch, q.epoch),
		compareEach(p.release, q.release),
		cmp.Compare(p.phase(), q.phase()),
		compareNumbers(p.preN, q.preN),
		compareBool(p.post, q.post),
		compareNumbers(p.postN, q.postN),
		compareBool(!p.dev, !q.dev),
		compareNumbers(p.devN, q.devN),
		compareLocal(p.local, q.local),
	)
}

// phase ranks what kind of release it is, before its number.
func (p *pep440) phase() int {
	switch {
	case p.pre == "a":
		return 1
	case p.pre == "b":
		return 2
	case p.pre == "rc":
		return 3
	case p.dev && !p.post:
		return 0
	}
	return 4
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// compareLocal: words before numbers, more parts after fewer.
func compareLocal(a, b []string) int {
	for i := range min(len(a), len(b)) {
		x, y := a[i], b[i]
		nx, ny := isNumber(x), isNumber(y)
		c := compareBool(nx, ny)
		if c == 0 && nx {
			c = compareNumbers(x, y)
		} else if c == 0 {
			c = strings.Compare(x, y)
		}
		if c != 0 {
			return c
		}
	}
	return sign(len(a) - len(b))
}

// legacyParts splits a version as setuptools did (pkg_resources.parse_version
// before 8.0): numbers, and words marked with "*", which sorts before them.
func legacyParts(v string) []string {
	var parts []string
	add := func(part string) {
		if part[0] == '*' {
			if part < "*final" {
				for len(parts) > 0 && parts[len(parts)-1] == "*final-" {
					parts = parts[:len(parts)-1]
				}
			}
			for len(parts) > 0 && isNumber(parts[len(parts)-1]) && strings.Trim(parts[len(parts)-1], "0") == "" {
				parts = parts[:len(parts)-1]
			}
		}
		parts = append(parts, part)
	}
	s := strings.ToLower(v)
	for s != "" {
		n := 1
		switch {
		case isDigit(s[0]):
			n = digits(s)
			add(s[:n])
		case s[0] == '-':
			add("*final-")
		case s[0] != '.':
			for n < len(s) && !isDigit(s[n]) && s[n] != '.' && s[n] != '-' && isLetter(s[n]) == isLetter(s[0]) {
				n++
			}
			word := s[:n]
			switch word {
			case "pre", "preview", "rc":
				word = "c"
			case "dev":
				word = "@"
			}
			add("*" + word)
		}
		s = s[n:]
	}
	add("*final")
	return parts
}

func compareLegacy(a, b []string) int {
	for i := range min(len(a), len(b)) {
		c := 0
		if isNumber(a[i]) && isNumber(b[i]) {
			c = compareNumbers(a[i], b[i])
		} else {
			c = strings.Compare(a[i], b[i])
		}
		if c != 0 {
			return c
		}
	}
	return sign(len(a) - len(b))
}
