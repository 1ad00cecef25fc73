package sca

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/sca/version"
)

// A subject is what an advisory is asked about: a version of a package.
type subject struct {
	Package
	version string
}

// compare orders versions as the ecosystem does, and as SemVer where the
// ecosystem has no order and the range says that it is one.
func compare(ecosystem, rangeType, a, b string) (int, error) {
	c, err := version.Compare(ecosystem, a, b)
	if err != nil && rangeType == RangeSemVer && errors.Is(err, errors.ErrUnsupported) {
		return version.Compare("SemVer", a, b)
	}
	return c, err
}

// about reports whether a speaks of the subject's package and release.
func (a *Affected) about(s *subject) bool {
	if keyOf(a.Package.Ecosystem, a.Package.Name) != keyOf(s.Ecosystem, s.Name) {
		return false
	}
	_, of := splitEcosystem(a.Package.Ecosystem)
	_, release := splitEcosystem(s.Ecosystem)
	return sameRelease(of, release)
}

// holds reports whether the subject's version is affected
// (https://ossf.github.io/osv-schema/, "Evaluation"). An error is about the
// record: one of its versions is none.
func (a *Affected) holds(s *subject) (bool, error) {
	if a.lists(s) {
		return true, nil
	}
	for i := range a.Ranges {
		r := &a.Ranges[i]
		if r.Type == RangeGit {
			continue
		}
		in, err := r.holds(s)
		if in || err != nil {
			return in, err
		}
	}
	return false, nil
}

// lists reports whether Versions has the subject's. Where one release is
// written in many ways, and no range says the same, equal will do for identical.
func (a *Affected) lists(s *subject) bool {
	base, _ := splitEcosystem(s.Ecosystem)
	loose := (base == "PyPI" || base == "NuGet") && !slices.ContainsFunc(a.Ranges, func(r Range) bool { return r.Type != RangeGit })
	v := strings.TrimPrefix(s.version, "v")
	for _, listed := range a.Versions {
		if strings.TrimPrefix(listed, "v") == v {
			return true
		}
		if loose {
			if c, err := version.Compare(s.Ecosystem, listed, s.version); err == nil && c == 0 {
				return true
			}
		}
	}
	return false
}

// A turn is where a range begins or ends.
type turn struct {
	version string
	begins  bool
	after   bool // just behind the version: last_affected
	first   bool // before all versions
}

func (r *Range) turns() (turns []turn, limits []string) {
	for _, e := range r.Events {
		if e.Introduced != "" {
			turns = append(turns, turn{version: e.Introduced, begins: true, first: e.Introduced == "0"})
		}
		if e.Fixed != "" {
			turns = append(turns, turn{version: e.Fixed})
		}
		if e.LastAffected != "" {
			turns = append(turns, turn{version: e.LastAffected, after: true})
		}
		if e.Limit != "" && e.Limit != "*" {
			limits = append(limits, e.Limit)
		}
	}
	return turns, limits
}

// holds goes through the events in the order of their versions. A range that
// ends and begins at one version goes on; one that begins and ends there is empty.
func (r *Range) holds(s *subject) (bool, error) {
	var failed error
	order := func(a, b string) int {
		c, err := compare(s.Ecosystem, r.Type, a, b)
		if err != nil && failed == nil {
			failed = err
		}
		return c
	}
	turns, limits := r.turns()
	slices.SortStableFunc(turns, func(t, u turn) int {
		if t.first || u.first {
			return boolOrder(u.first, t.first)
		}
		return cmp.Or(order(t.version, u.version), boolOrder(t.after, u.after))
	})
	in := false
	for i := 0; i < len(turns); {
		t := turns[i]
		if !t.first {
			if c := order(s.version, t.version); c < 0 || c == 0 && t.after {
				break
			}
		}
		begins, ends := false, false
		for ; i < len(turns); i++ { // all turns at one place
			u := turns[i]
			if u.first != t.first || u.after != t.after || !u.first && u.version != t.version && order(u.version, t.version) != 0 {
				break
			}
			begins, ends = begins || u.begins, ends || !u.begins
		}
		if begins != ends {
			in = begins
		}
	}
	if in && len(limits) > 0 {
		in = slices.ContainsFunc(limits, func(l string) bool { return order(s.version, l) < 0 })
	}
	if failed != nil {
		return false, fmt.Errorf("range of %s: %w", r.Type, failed)
	}
	return in, nil
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// versionless reports whether a says nothing that a version can be held
// against: no versions, and no ranges or only those of commits.
func (a *Affected) versionless() bool {
	return len(a.Versions) == 0 && !slices.ContainsFunc(a.Ranges, func(r Range) bool { return r.Type != RangeGit })
}

// fixes returns the versions after the subject's that end a range, and
// whether a range goes on without an end.
func (a *Affected) fixes(s *subject) (fixed []string, open bool) {
	for i := range a.Ranges {
		r := &a.Ranges[i]
		if r.Type == RangeGit {
			continue
		}
		ends := false
		turns, limits := r.turns()
		for _, t := range turns {
			if t.begins {
				continue
			}
			c, err := compare(s.Ecosystem, r.Type, t.version, s.version)
			if err == nil && c > 0 && !t.after {
				fixed = append(fixed, t.version)
			}
			ends = ends || err == nil && c >= 0
		}
		if in, err := r.holds(s); in && err == nil && !ends && len(limits) == 0 {
			open = true
		}
	}
	return fixed, open
}
