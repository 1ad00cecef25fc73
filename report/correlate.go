package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Correlate folds findings of different scanners about the same flaw into one
// with witnesses, in a copy of r: those of one package at one place that share
// an advisory, and those on one line of a file that share a CWE or are both
// secrets. The one that is surest stays, then the worst, then the first by
// scanner and rule; it gains the flows, advisories, fixes and suppressions
// that it lacks. Findings of one scanner are never folded.
func Correlate(r *Report) *Report {
	out := *r
	index := NewIndex(r)
	sets := newDisjoint(len(r.Findings))
	seen := map[string]int{}
	for i, f := range r.Findings {
		for _, k := range correlationKeys(index, f) {
			if j, ok := seen[k]; ok {
				sets.join(i, j)
			} else {
				seen[k] = i
			}
		}
	}
	groups := map[int][]*Finding{}
	for i, f := range r.Findings {
		root := sets.find(i)
		groups[root] = append(groups[root], f)
	}
	out.Findings = nil
	for i := range r.Findings {
		out.Findings = append(out.Findings, foldWitnesses(groups[i])...)
	}
	slices.SortFunc(out.Findings, func(f, g *Finding) int { return cmp.Or(f.Compare(g), strings.Compare(f.Fingerprint, g.Fingerprint)) })
	return &out
}

// correlationKeys are equal for findings of the same flaw.
func correlationKeys(x *Index, f *Finding) (keys []string) {
	if len(f.Advisories) > 0 {
		name := f.Component
		if c := x.Component(f); c != nil {
			name = cmp.Or(c.PURL, c.Name+"@"+c.Version)
		}
		if name == "" {
			return nil
		}
		for _, id := range f.Advisories {
			keys = append(keys, strings.Join([]string{"advisory", f.Subject, name, f.Location.Path, id}, "\x00"))
		}
		return keys
	}
	if line := f.Location.Region.Start.Line; f.Location.Path != "" && line > 0 {
		at := fmt.Sprintf("%s\x00%s\x00%d", f.Subject, f.Location.Path, line)
		if f.Kind == KindSecret {
			return []string{"secret\x00" + at}
		}
		for _, cwe := range f.CWEs {
			keys = append(keys, fmt.Sprintf("cwe\x00%s\x00%s\x00%d", f.Kind, at, cwe))
		}
	}
	return keys
}

// foldWitnesses makes one finding of those of different scanners in a group
// and leaves others of the scanner that speaks for it alone.
func foldWitnesses(group []*Finding) []*Finding {
	if len(group) < 2 {
		return group
	}
	group = slices.Clone(group)
	slices.SortFunc(group, func(f, g *Finding) int {
		return cmp.Or(cmp.Compare(g.Confidence, f.Confidence), cmp.Compare(g.Severity, f.Severity),
			strings.Compare(f.Scanner, g.Scanner), strings.Compare(f.Rule, g.Rule), f.Compare(g), strings.Compare(f.Fingerprint, g.Fingerprint))
	})
	head := *group[0]
	var out []*Finding
	for _, f := range group[1:] {
		if f.Scanner == head.Scanner {
			out = append(out, f)
			continue
		}
		head.Witnesses = append(slices.Clone(head.Witnesses), Witness{f.Scanner, f.Rule, f.Fingerprint})
		head.Suppressions = addSuppressions(head.Suppressions, f.Suppressions)
		head.Advisories = addNew(head.Advisories, f.Advisories)
		head.CWEs = addNew(head.CWEs, f.CWEs)
		if head.Flows == nil {
			head.Flows = f.Flows
		}
		if head.Fixes == nil {
			head.Fixes = f.Fixes
		}
		if head.FixedIn == nil {
			head.FixedIn = f.FixedIn
		}
	}
	return append([]*Finding{&head}, out...)
}

// addNew returns a with those of b that it lacks behind.
func addNew[T comparable](a, b []T) []T {
	out := slices.Clone(a)
	for _, v := range b {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// disjoint is a union of sets of indexes.
type disjoint []int

func newDisjoint(n int) disjoint {
	d := make(disjoint, n)
	for i := range d {
		d[i] = i
	}
	return d
}

func (d disjoint) find(i int) int {
	for d[i] != i {
		d[i] = d[d[i]]
		i = d[i]
	}
	return i
}

func (d disjoint) join(i, j int) {
	a, b := d.find(i), d.find(j)
	d[max(a, b)] = min(a, b)
}
