package version

import "strings"

// compareGem is the order of Gem::Version (rubygems/lib/rubygems/version.rb):
// numbers and words in turn, words before numbers, zeros at the end of either half left out.
func compareGem(a, b string) (int, error) {
	x, y, err := parse2(gemSegments, a, b)
	if err != nil {
		return 0, err
	}
	for i := range max(len(x), len(y)) {
		p, q := at(x, i, "0"), at(y, i, "0")
		np, nq := isDigit(p[0]), isDigit(q[0])
		c := compareBool(np, nq)
		if c == 0 && np {
			c = compareNumbers(p, q)
		} else if c == 0 {
			c = strings.Compare(p, q)
		}
		if c != 0 {
			return c, nil
		}
	}
	return 0, nil
}

func gemSegments(v string) ([]string, error) {
	s, platform, found := strings.Cut(v, "-")
	if found && !gemPlatform(platform) {
		s += ".pre." + platform
	}
	if s == "" || !isDigit(s[0]) {
		return nil, invalid(v)
	}
	var segments []string
	for s != "" {
		n := run(s)
		switch {
		case isDigit(s[0]) || isLetter(s[0]):
			segments = append(segments, s[:n])
		case s[0] != '.' && s[0] != '-':
			return nil, invalid(v)
		}
		s = s[n:]
	}
	word := 0
	for word < len(segments) && isDigit(segments[word][0]) {
		word++
	}
	numbers, rest := trimZeros(segments[:word:word]), trimZeros(segments[word:])
	return append(numbers, rest...), nil
}

func trimZeros(s []string) []string {
	for len(s) > 0 && strings.Trim(s[len(s)-1], "0") == "" {
		s = s[:len(s)-1]
	}
	return s
}

// gemPlatform reports whether what follows a hyphen in a lock file is the
// platform that the gem was built for.
func gemPlatform(s string) bool {
	for _, name := range [...]string{"x86", "x64", "arm", "aarch64", "java", "jruby", "universal", "mswin", "mingw"} {
		if strings.HasPrefix(s, name) {
			return true
		}
	}
	return false
}
