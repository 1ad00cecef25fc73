package version

import (
	"strings"
)

// A semver is a version of SemVer 2.0, and of what calls itself one: a
// leading "v", fewer or more than three numbers, and a pre-release that
// follows without its hyphen ("1.2.3beta").
type semver struct {
	numbers    []string
	pre, build []string
}

func parseSemVer(v string) (s semver, err error) {
	rest := trimV(v)
	for {
		n := digits(rest)
		if n == 0 {
			return s, invalid(v)
		}
		s.numbers = append(s.numbers, rest[:n])
		rest = rest[n:]
		if rest == "" || rest[0] != '.' || len(rest) > 1 && !isDigit(rest[1]) && len(s.numbers) >= 3 {
			break
		}
		rest = rest[1:]
	}
	rest, build, found := strings.Cut(rest, "+")
	if found {
		s.build = strings.Split(build, ".")
	}
	if rest != "" {
		s.pre = strings.Split(strings.TrimLeft(rest, "-."), ".")
	}
	return s, nil
}

// compareSemVer is the order of https://semver.org/spec/v2.0.0.html, item 11.
func compareSemVer(a, b string) (int, error) {
	x, y, err := parse2(parseSemVer, a, b)
	if err != nil {
		return 0, err
	}
	return x.compare(&y), nil
}

// comparePub orders by build metadata too (Dart package pub_semver, Version.compareTo).
func comparePub(a, b string) (int, error) {
	x, y, err := parse2(parseSemVer, a, b)
	if err != nil {
		return 0, err
	}
	if c := x.compare(&y); c != 0 {
		return c, nil
	}
	return compareIdentifiers(x.build, y.build), nil
}

// compareGo is [compareSemVer] that also knows the names of Go releases
// ("go1.22rc1", which the Go vulnerability database calls 1.22.0-rc.1).
func compareGo(a, b string) (int, error) {
	return compareSemVer(goRelease(a), goRelease(b))
}

func goRelease(v string) string {
	name, ok := strings.CutPrefix(v, "go")
	if !ok || name == "" || !isDigit(name[0]) {
		return v
	}
	end := 0
	for end < len(name) && (isDigit(name[end]) || name[end] == '.') {
		end++
	}
	release, rest := name[:end], name[end:]
	word := 0
	for word < len(rest) && isLetter(rest[word]) {
		word++
	}
	if word == 0 || !isNumber(rest[word:]) {
		return release // "go1.22.5-custom" is 1.22.5 built by somebody else
	}
	for strings.Count(release, ".") < 2 {
		release += ".0"
	}
	return release + "-" + rest[:word] + "." + rest[word:]
}

func (x *semver) compare(y *semver) int {
	if c := compareEach(x.numbers, y.numbers); c != 0 {
		return c
	}
	switch {
	case len(x.pre) == 0 && len(y.pre) == 0:
		return 0
	case len(x.pre) == 0:
		return 1
	case len(y.pre) == 0:
		return -1
	}
	return compareIdentifiers(x.pre, y.pre)
}

// compareIdentifiers: numbers by value and before words, words by their
// bytes, and more of them after fewer.
func compareIdentifiers(a, b []string) int {
	for i := range min(len(a), len(b)) {
		x, y := a[i], b[i]
		c := 0
		switch nx, ny := isNumber(x), isNumber(y); {
		case nx && ny:
			c = compareNumbers(x, y)
		case nx:
			return -1
		case ny:
			return 1
		default:
			c = strings.Compare(x, y)
		}
		if c != 0 {
			return c
		}
	}
	return sign(len(a) - len(b))
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// parse2 parses both versions.
func parse2[T any](parse func(string) (T, error), a, b string) (x, y T, err error) {
	if x, err = parse(a); err == nil {
		y, err = parse(b)
	}
	return x, y, err
}
