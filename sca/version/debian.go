package version

import (
	"cmp"
	"strings"
)

// A deb is [epoch:]upstream[-revision].
type deb struct{ epoch, upstream, revision string }

func parseDeb(v string) (d deb, err error) {
	d.upstream = v
	if epoch, rest, found := strings.Cut(v, ":"); found {
		if !isNumber(epoch) || rest == "" {
			return d, invalid(v)
		}
		d.epoch, d.upstream = epoch, rest
	}
	if i := strings.LastIndexByte(d.upstream, '-'); i >= 0 {
		d.upstream, d.revision = d.upstream[:i], d.upstream[i+1:]
	}
	for i := range len(v) {
		if c := v[i]; !isDigit(c) && !isLetter(c) && strings.IndexByte(".+-~:_", c) < 0 {
			return d, invalid(v)
		}
	}
	return d, nil
}

// compareDebian is the order of deb-version(7), which dpkg --compare-versions has.
func compareDebian(a, b string) (int, error) {
	x, y, err := parse2(parseDeb, a, b)
	if err != nil {
		return 0, err
	}
	return cmp.Or(compareNumbers(x.epoch, y.epoch), compareDebPart(x.upstream, y.upstream), compareDebPart(x.revision, y.revision)), nil
}

// compareDebPart compares text and numbers in turn.
func compareDebPart(a, b string) int {
	for a != "" || b != "" {
		for a != "" && !isDigit(a[0]) || b != "" && !isDigit(b[0]) {
			if c := cmp.Compare(debWeight(a), debWeight(b)); c != 0 {
				return c
			}
			a, b = a[1:], b[1:] // equal weights other than zero: neither is at its end
		}
		n, m := digits(a), digits(b)
		if c := compareNumbers(a[:n], b[:m]); c != 0 {
			return c
		}
		a, b = a[n:], b[m:]
	}
	return 0
}

// debWeight orders what s begins with: "~", then the end and digits, letters, all else.
func debWeight(s string) int {
	switch {
	case s == "" || isDigit(s[0]):
		return 0
	case s[0] == '~':
		return -1
	case isLetter(s[0]):
		return int(s[0])
	}
	return int(s[0]) + 256
}
