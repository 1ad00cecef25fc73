package version

import (
	"cmp"
	"strings"
)

// comparePackagist is the order of PHP's version_compare
// (ext/standard/versioning.c), on which Composer's is built. A branch ("dev-main") comes before all releases.
func comparePackagist(a, b string) (int, error) {
	return comparePHP(phpParts(a), phpParts(b)), nil
}

// phpParts splits at separators and between digits and the rest.
func phpParts(v string) []string {
	var parts []string
	s := trimV(v)
	for s != "" {
		if strings.IndexByte(".-_+", s[0]) >= 0 {
			s = s[1:]
			continue
		}
		n := 1
		for n < len(s) && strings.IndexByte(".-_+", s[n]) < 0 && isDigit(s[n]) == isDigit(s[0]) {
			n++
		}
		parts = append(parts, s[:n])
		s = s[n:]
	}
	return parts
}

func comparePHP(a, b []string) int {
	for i := range min(len(a), len(b)) {
		c := 0
		switch na, nb := isNumber(a[i]), isNumber(b[i]); {
		case na && nb:
			c = compareNumbers(a[i], b[i])
		case na:
			c = cmp.Compare(phpNumber, phpRank(b[i]))
		case nb:
			c = cmp.Compare(phpRank(a[i]), phpNumber)
		default:
			c = cmp.Compare(phpRank(a[i]), phpRank(b[i]))
		}
		if c != 0 {
			return c
		}
	}
	return phpTail(a[min(len(a), len(b)):]) - phpTail(b[min(len(a), len(b)):])
}

// phpTail is what more parts make of an equal beginning: a number is later,
// a word is compared with the place of a number.
func phpTail(rest []string) int {
	for _, part := range rest {
		if isNumber(part) {
			return 1
		}
		if c := cmp.Compare(phpRank(part), phpNumber); c != 0 {
			return c
		}
	}
	return 0
}

const phpNumber = 5

// phpRank orders words by how they begin; unknown ones come first. Case
// matters, as it does to PHP.
func phpRank(word string) int {
	for i, known := range [...]string{"dev", "a", "b", "rc", "#", "p"} {
		if strings.HasPrefix(word, known) || i == 3 && strings.HasPrefix(word, "RC") {
			return i + 1
		}
	}
	return 0
}
