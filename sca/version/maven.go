package version

import (
	"cmp"
	"strings"
)

// A mavenToken is one element of a Maven version and what separates it from
// the one before.
type mavenToken struct {
	dash bool // "-", or a change between digits and letters; otherwise "."
	text string
}

// compareMaven is the order of https://maven.apache.org/pom.html,
// "Version Order Specification".
func compareMaven(a, b string) (int, error) {
	x, y := mavenTokens(a), mavenTokens(b)
	for i := range max(len(x), len(y)) {
		var p, q mavenToken
		switch {
		case i >= len(x):
			q = y[i]
			p = q.null()
		case i >= len(y):
			p = x[i]
			q = p.null()
		default:
			p, q = x[i], y[i]
		}
		if c := p.compare(q); c != 0 {
			return c, nil
		}
	}
	return 0, nil
}

func mavenTokens(v string) []mavenToken {
	s := strings.ToLower(v)
	var out []mavenToken
	dash := false
	add := func(text string) {
		if text == "" {
			text = "0"
		}
		out = append(out, mavenToken{dash, text})
	}
	for {
		n := 0
		for n < len(s) && s[n] != '.' && s[n] != '-' && (n == 0 || isDigit(s[n]) == isDigit(s[n-1])) {
			n++
		}
		text := s[:n]
		s = s[n:]
		if s != "" && isDigit(s[0]) && text != "" { // a number follows without a separator
			switch text {
			case "a":
				text = "alpha"
			case "b":
				text = "beta"
			case "m":
				text = "milestone"
			}
		}
		add(text)
		if s == "" {
			break
		}
		switch s[0] {
		case '.':
			dash, s = false, s[1:]
		case '-':
			dash, s = true, s[1:]
		default:
			dash = true
		}
	}
	return mavenTrim(out)
}

// mavenTrim removes null values from the end and before each hyphen.
func mavenTrim(in []mavenToken) []mavenToken {
	for i := len(in) - 1; i > 0; {
		if !in[i].isNull() {
			for i--; i > 0 && !(i+1 < len(in) && in[i+1].dash); i-- {
			}
			continue
		}
		in = append(in[:i], in[i+1:]...)
		i--
	}
	return in
}

func (t mavenToken) isNull() bool {
	return t.text == "0" || isNumber(t.text) && strings.Trim(t.text, "0") == "" || mavenRank(t.text) == mavenRelease
}

// null is what t is compared with where the other version has ended.
func (t mavenToken) null() mavenToken {
	if isNumber(t.text) {
		return mavenToken{t.dash, "0"}
	}
	return mavenToken{t.dash, ""}
}

func (t mavenToken) compare(u mavenToken) int {
	if c := cmp.Compare(t.class(), u.class()); c != 0 {
		return c
	}
	if isNumber(t.text) {
		return compareNumbers(t.text, u.text)
	}
	rt, ru := mavenRank(t.text), mavenRank(u.text)
	if rt == mavenUnknown && ru == mavenUnknown {
		return strings.Compare(t.text, u.text)
	}
	return cmp.Compare(rt, ru)
}

// class orders tokens of unequal kinds: ".word", "-word", "-1", ".1".
func (t mavenToken) class() int {
	switch number := isNumber(t.text); {
	case !number && !t.dash:
		return 0
	case !number:
		return 1
	case t.dash:
		return 2
	}
	return 3
}

const (
	mavenRelease = 5
	mavenUnknown = 7
)

func mavenRank(qualifier string) int {
	switch qualifier {
	case "alpha":
		return 0
	case "beta":
		return 1
	case "milestone":
		return 2
	case "rc", "cr":
		return 3
	case "snapshot":
		return 4
	case "", "final", "ga", "release":
		return mavenRelease
	case "sp":
		return 6
	}
	return mavenUnknown
}
