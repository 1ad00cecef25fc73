package version

import (
	"cmp"
	"strings"
)

// compareRPM orders [epoch:]version[-release] as rpm does. No release comes
// before any; no epoch is zero.
func compareRPM(a, b string) (int, error) {
	ea, va, ra, hasA := splitEVR(a)
	eb, vb, rb, hasB := splitEVR(b)
	return cmp.Or(compareRPMPart(ea, eb), compareRPMPart(va, vb), compareBool(hasA, hasB), compareRPMPart(ra, rb)), nil
}

func splitEVR(v string) (epoch, version, release string, hasRelease bool) {
	epoch = "0"
	if e, rest, found := strings.Cut(v, ":"); found {
		epoch, v = e, rest
	}
	version, release, hasRelease = v, "", false
	if i := strings.LastIndexByte(v, '-'); i >= 0 {
		version, release, hasRelease = v[:i], v[i+1:], true
	}
	return epoch, version, release, hasRelease
}

// compareRPMPart is rpmvercmp (rpm, docs/man/rpm-version(7)): runs of digits
// and of letters in turn, all else only separates them, "~" comes before the
// end, "^" after it.
func compareRPMPart(a, b string) int {
	for {
		a, b = strings.TrimLeftFunc(a, separates), strings.TrimLeftFunc(b, separates)
		switch ta, tb := strings.HasPrefix(a, "~"), strings.HasPrefix(b, "~"); {
		case ta && tb:
			a, b = a[1:], b[1:]
			continue
		case ta:
			return -1
		case tb:
			return 1
		}
		switch ca, cb := strings.HasPrefix(a, "^"), strings.HasPrefix(b, "^"); {
		case ca && cb:
			a, b = a[1:], b[1:]
			continue
		case ca:
			return caretRank(b)
		case cb:
			return -caretRank(a)
		}
		if a == "" || b == "" {
			return sign(len(a) - len(b))
		}
		if isDigit(a[0]) != isDigit(b[0]) {
			return compareBool(isDigit(a[0]), isDigit(b[0]))
		}
		n, m := run(a), run(b)
		c := 0
		if isDigit(a[0]) {
			c = compareNumbers(a[:n], b[:m])
		} else {
			c = strings.Compare(a[:n], b[:m])
		}
		if c != 0 {
			return c
		}
		a, b = a[n:], b[m:]
	}
}

// caretRank is what "^" compares as to a rest: after the end, before anything more.
func caretRank(rest string) int {
	if rest == "" {
		return 1
	}
	return -1
}

func separates(r rune) bool {
	return r > 0x7f || !isDigit(byte(r)) && !isLetter(byte(r)) && r != '~' && r != '^'
}

// run returns the length of the digits or letters that s begins with.
func run(s string) int {
	n := 1
	for n < len(s) && (isDigit(s[n]) && isDigit(s[0]) || isLetter(s[n]) && isLetter(s[0])) {
		n++
	}
	return n
}
