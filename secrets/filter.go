package secrets

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"path"
	"slices"
	"strings"
)

// entropy is Shannon's, in bits a byte.
func entropy(s string) float64 {
	var count [256]int
	for i := range len(s) {
		count[s[i]]++
	}
	h := 0.0
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(s))
			h -= p * math.Log2(p)
		}
	}
	return h
}

// Beyond this length a value holds what looks like a placeholder by chance, or
// by its format, as the zeros in a key file do.
const maxPlaceholder = 200

// isPlaceholder reports whether a value is written to be replaced: it says so,
// is a template, or has characters repeated or counted up.
func isPlaceholder(s string) bool {
	if len(s) > maxPlaceholder {
		return false
	}
	low := strings.ToLower(s)
	for _, w := range [...]string{
		"example", "placeholder", "changeme", "change_me", "change-me", "replace", "redacted", "your_", "your-", "yourtoken", "yourkey", "yoursecret",
		"dummy", "notreal", "not-real", "fake", "insert", "abcdefgh", "deadbeef", "sample", "xxxx", "....", "****", "${", "{{", "$(", "#{", "<%", "%(",
	} {
		if strings.Contains(low, w) {
			return true
		}
	}
	if strings.HasPrefix(s, "<") && strings.HasSuffix(s, ">") {
		return true
	}
	return longestRun(low, 0) >= 6 || longestRun(low, 1) >= 8 || longestRun(low, -1) >= 8 || isPeriodic(low)
}

// longestRun is the length of the longest stretch in which each byte is step
// more than the one before it.
func longestRun(s string, step int) int {
	longest, run := 0, 0
	for i := range len(s) {
		if i > 0 && int(s[i]) == int(s[i-1])+step {
			run++
		} else {
			run = 1
		}
		longest = max(longest, run)
	}
	return longest
}

// isPeriodic reports whether the last two thirds of s, where no fixed prefix
// is, are up to eight characters again and again.
func isPeriodic(s string) bool {
	s = s[len(s)/3:]
	for n := 1; n <= 8 && 2*n <= len(s) && n+6 <= len(s); n++ {
		if s[n:] == s[:len(s)-n] {
			return true
		}
	}
	return false
}

// documented are the first digits of the SHA-256 of values that their providers
// publish, so that they need not be written here.
var documented = [...]string{
	"0011cc25eb432071", // the account key of the Azure storage emulators
	"aa6547439583c3a2", // the one of the Cosmos DB emulator
	"f2d6ca16515033e5", // the test key of Stripe's API reference
	"2cafc0970149a84f", // and the one of its guides
}

func isDocumented(s string) bool {
	h := sha256.Sum256([]byte(s))
	return slices.Contains(documented[:], hex.EncodeToString(h[:8]))
}

// isTestPath reports whether what lies at a path is a test, an example, documentation or
// somebody else's code.
func isTestPath(name string) bool {
	if name == "" {
		return false
	}
	low := strings.ToLower(name)
	dir, base := path.Split(low)
	for elem := range strings.SplitSeq(strings.TrimSuffix(dir, "/"), "/") {
		elem = strings.Trim(elem, "_")
		switch elem {
		case "example", "examples", "sample", "samples", "doc", "docs", "documentation", "mock", "mocks", "spec", "specs", "e2e", "vendor", "third_party", "node_modules":
			return true
		}
		if strings.HasPrefix(elem, "test") || strings.HasPrefix(elem, "fixture") || strings.HasSuffix(elem, "tests") || strings.HasSuffix(elem, "testing") {
			return true
		}
	}
	switch path.Ext(base) {
	case ".md", ".rst", ".adoc", ".html", ".htm", ".ipynb":
		return true
	}
	stem := strings.TrimSuffix(base, path.Ext(base))
	for _, s := range [...]string{"_test", ".test", "-test", "_spec", ".spec", ".example", ".sample", ".template"} {
		if strings.HasSuffix(stem, s) || strings.HasSuffix(base, s) {
			return true
		}
	}
	return strings.HasPrefix(base, "test_") || strings.HasPrefix(base, "example")
}
