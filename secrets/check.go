package secrets

import (
	"strings"

	"github.com/merlonsec/merlon/report"
)

// Checks for patterns that cannot say what must not follow.

// apart reports whether the secret is not part of a longer word of letters,
// digits and extra.
func apart(m Match, extra string) bool {
	in := func(c byte) bool { return isWord(c) && c != '_' || strings.IndexByte(extra, c) >= 0 }
	before, after := m.Before.Reveal(), m.After.Reveal()
	return !(before != "" && in(before[len(before)-1])) && !(after != "" && in(after[0]))
}

// whole is a check that wants the secret to be apart, in base64url.
func whole(m Match) report.Confidence {
	if !apart(m, "_-") {
		return report.ConfidenceUnknown
	}
	return report.ConfidenceHigh
}

// mixed reports whether s has at least n of: an upper case letter, a lower case
// one, a digit. Random text of some length has all, identifiers seldom.
func mixed(s string, n int) bool {
	var u, l, d int
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z':
			u = 1
		case c >= 'a' && c <= 'z':
			l = 1
		case c >= '0' && c <= '9':
			d = 1
		}
	}
	return u+l+d >= n
}

// mixedWhole is whole, for text with all of upper and lower case and digits.
func mixedWhole(m Match) report.Confidence {
	if !mixed(m.Secret.Reveal(), 3) {
		return report.ConfidenceUnknown
	}
	return whole(m)
}
