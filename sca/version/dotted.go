package version

import "strings"

// compareR is the order of R's numeric_version (R Extensions, "The DESCRIPTION file"): numbers
// between "." or "-", more of them after fewer.
func compareR(a, b string) (int, error) { return compareDotted(a, b, ".-") }

// compareHackage is the order of Data.Version (Haskell base): a list of
// numbers, more of them after fewer.
func compareHackage(a, b string) (int, error) { return compareDotted(a, b, ".") }

func compareDotted(a, b, separators string) (int, error) {
	split := func(v string) ([]string, error) {
		parts := strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(separators, r) })
		for _, p := range parts {
			if !isNumber(p) {
				return nil, invalid(v)
			}
		}
		if len(parts) == 0 {
			return nil, invalid(v)
		}
		return parts, nil
	}
	x, y, err := parse2(split, a, b)
	if err != nil {
		return 0, err
	}
	for i := range min(len(x), len(y)) {
		if c := compareNumbers(x[i], y[i]); c != 0 {
			return c, nil
		}
	}
	return sign(len(x) - len(y)), nil
}
