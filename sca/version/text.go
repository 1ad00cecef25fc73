package version

import (
	"cmp"
	"strings"
)

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// isNumber reports whether s is digits, at least one.
func isNumber(s string) bool { return s != "" && digits(s) == len(s) }

// digits returns the length of the digits that s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// compareNumbers compares numbers of any size by their digits. Empty is zero.
func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// at returns s[i], or pad past its end.
func at(s []string, i int, pad string) string {
	if i < len(s) {
		return s[i]
	}
	return pad
}

// compareEach compares numbers one by one; those missing are zero.
func compareEach(a, b []string) int {
	for i := range max(len(a), len(b)) {
		if c := compareNumbers(at(a, i, ""), at(b, i, "")); c != 0 {
			return c
		}
	}
	return 0
}

// trimV removes the "v" of a tag.
func trimV(s string) string {
	if len(s) > 1 && s[0]|0x20 == 'v' && isDigit(s[1]) {
		return s[1:]
	}
	return s
}
