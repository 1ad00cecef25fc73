package sbom

import (
	"cmp"
	"strings"
)

// sumModules returns the highest version of each module whose content a go.sum
// file vouches for. Entries for a go.mod alone are modules that were only
// looked at.
func sumModules(text string) (modules []modLine, bad []error) {
	best := map[string]int{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if conflict(line) {
			bad = append(bad, &lineError{n, errConflict})
			continue
		}
		if len(fields) != 3 {
			bad = append(bad, &lineError{n, errSum})
			continue
		}
		if strings.HasSuffix(fields[1], "/go.mod") {
			continue
		}
		m := modLine{path: fields[0], version: fields[1], indirect: true, line: n}
		if i, ok := best[m.path]; !ok {
			best[m.path] = len(modules)
			modules = append(modules, m)
		} else if compareGo(m.version, modules[i].version) > 0 {
			modules[i] = m
		}
	}
	return modules, bad
}

// compareGo orders module versions, which are semantic versions with a "v"
// (semver.org, section 11; build metadata does not count).
func compareGo(a, b string) int {
	a, _, _ = strings.Cut(strings.TrimPrefix(a, "v"), "+")
	b, _, _ = strings.Cut(strings.TrimPrefix(b, "v"), "+")
	core1, pre1, is1 := strings.Cut(a, "-")
	core2, pre2, is2 := strings.Cut(b, "-")
	if c := compareDotted(core1, core2); c != 0 {
		return c
	}
	switch {
	case is1 && is2:
		return compareDotted(pre1, pre2)
	case is1:
		return -1
	case is2:
		return 1
	}
	return 0
}

func compareDotted(a, b string) int {
	for a != "" && b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		if c := compareIdentifier(x, y); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

// compareIdentifier orders numbers by value, below everything else by text.
func compareIdentifier(x, y string) int {
	n, m := numeric(x), numeric(y)
	switch {
	case n && m:
		x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
		return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y))
	case n:
		return -1
	case m:
		return 1
	}
	return strings.Compare(x, y)
}

func numeric(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
