package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Merge combines reports, of one subject or many. Findings are the same if
// subject and fingerprint are: that of the later scan stays, with the
// suppressions of both. Components are the same if subject and ID are. Two
// versions of one subject are noted. Nil reports count for nothing. The order
// of the arguments does not matter; verdicts are dropped, since none of them
// is about the whole. Merge shares what it does not change with its arguments
// and writes to none of them.
func Merge(reports ...*Report) *Report {
	out := &Report{}
	started := map[*Finding]time.Time{}
	for _, r := range reports {
		if r == nil {
			continue
		}
		scans := map[[2]string]time.Time{}
		for i := range r.Scans {
			k := [2]string{r.Scans[i].Subject, r.Scans[i].Scanner}
			if t := r.Scans[i].Started; t.After(scans[k]) {
				scans[k] = t
			}
		}
		for _, f := range r.Findings {
			started[f] = scans[[2]string{f.Subject, f.Scanner}]
		}
		out.Subjects = append(out.Subjects, r.Subjects...)
		out.Scans = append(out.Scans, r.Scans...)
		out.Rules = append(out.Rules, r.Rules...)
		out.Findings = append(out.Findings, r.Findings...)
		out.Components = append(out.Components, r.Components...)
		out.Notices = append(out.Notices, r.Notices...)
		for _, k := range slices.Sorted(maps.Keys(r.Props)) {
			if out.Props == nil {
				out.Props = Props{}
			}
			if have, ok := out.Props[k]; !ok || string(r.Props[k]) < string(have) {
				out.Props[k] = r.Props[k]
			}
		}
	}
	out.mergeSubjects()
	out.Scans = unique(out.Scans, func(a, b *Scan) int {
		if c := cmp.Or(strings.Compare(a.Subject, b.Subject), strings.Compare(a.Scanner, b.Scanner), a.Started.Compare(b.Started)); c != 0 {
			return c
		}
		return compareJSON(a, b)
	})
	out.Rules = unique(out.Rules, func(a, b *Rule) int {
		return cmp.Or(strings.Compare(a.Scanner, b.Scanner), strings.Compare(a.ID, b.ID))
	})
	out.Components = mergeComponents(out.Components)
	out.Findings = mergeFindings(out.Findings, started)
	out.Notices = foldNotices(out.Notices)
	return out
}

// mergeSubjects makes one of subjects with the same name, and notes other versions.
func (r *Report) mergeSubjects() {
	slices.SortStableFunc(r.Subjects, func(a, b Subject) int {
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return compareJSON(b, a) // the one that says more, mostly
	})
	kept := r.Subjects[:0]
	for _, s := range r.Subjects {
		if len(kept) == 0 || kept[len(kept)-1].Name != s.Name {
			kept = append(kept, s)
			continue
		}
		k := &kept[len(kept)-1]
		if s.Version != k.Version && s.Version != "" && k.Version != "" || s.Digest != k.Digest && s.Digest != "" && k.Digest != "" {
			r.Notices = append(r.Notices, Notice{Subject: s.Name, Op: "merge",
				Message: fmt.Sprintf("reports about two versions were merged: %s and %s", cmp.Or(s.Version, s.Digest), cmp.Or(k.Version, k.Digest))})
		}
		k.Kind, k.Version, k.Digest = cmp.Or(k.Kind, s.Kind), cmp.Or(k.Version, s.Version), cmp.Or(k.Digest, s.Digest)
		if k.Parents == nil {
			k.Parents = s.Parents
		}
		if k.Props == nil {
			k.Props = s.Props
		}
	}
	r.Subjects = kept
}

// mergeFindings sorts findings and keeps one of each subject and fingerprint.
func mergeFindings(all []*Finding, started map[*Finding]time.Time) []*Finding {
	best := map[[2]string]*Finding{}
	for _, f := range all {
		k := [2]string{f.Subject, f.Fingerprint}
		g, dup := best[k]
		if !dup || f == g {
			best[k] = f
			continue
		}
		later, other := f, g
		if c := started[g].Compare(started[f]); c > 0 || c == 0 && compareJSON(f, g) > 0 {
			later, other = g, f
		}
		if s := addSuppressions(later.Suppressions, other.Suppressions); len(s) != len(later.Suppressions) {
			c := *later
			c.Suppressions = s
			started[&c] = started[later]
			later = &c
		}
		best[k] = later
	}
	var out []*Finding
	done := map[*Finding]bool{}
	for _, f := range all {
		if f.Fingerprint != "" {
			f = best[[2]string{f.Subject, f.Fingerprint}]
		}
		if !done[f] {
			done[f] = true
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(f, g *Finding) int { return cmp.Or(f.Compare(g), strings.Compare(f.Fingerprint, g.Fingerprint)) })
	return out
}

// addSuppressions returns a with those of b that it lacks, sorted if there are any.
func addSuppressions(a, b []Suppression) []Suppression {
	out := slices.Clone(a)
	for i := range b {
		if !slices.ContainsFunc(out, func(s Suppression) bool { return compareJSON(s, b[i]) == 0 }) {
			out = append(out, b[i])
		}
	}
	if len(out) != len(a) {
		slices.SortFunc(out, func(x, y Suppression) int { return compareJSON(x, y) })
	}
	return out
}

// mergeComponents sorts components and makes one of those with the same
// subject and ID, in a copy.
func mergeComponents(all []*Component) []*Component {
	count := map[[2]string]int{}
	first := map[*Component]bool{}
	var list []*Component
	for _, c := range all {
		if !first[c] {
			first[c] = true
			count[[2]string{c.Subject, c.ID}]++
			list = append(list, c)
		}
	}
	for i, c := range list {
		if count[[2]string{c.Subject, c.ID}] > 1 {
			d := *c
			d.DependsOn, d.Found = slices.Clone(c.DependsOn), slices.Clone(c.Found)
			list[i] = &d
		}
	}
	slices.SortFunc(list, func(a, b *Component) int {
		if c := cmp.Or(strings.Compare(a.Subject, b.Subject), strings.Compare(a.ID, b.ID)); c != 0 {
			return c
		}
		return compareJSON(a, b)
	})
	return fold(list, func(a, b *Component) bool { return a.ID == b.ID && a.Subject == b.Subject }, (*Component).absorb)
}

func unique[T any](s []T, compare func(a, b *T) int) []T {
	slices.SortStableFunc(s, func(a, b T) int { return compare(&a, &b) })
	return slices.CompactFunc(s, func(a, b T) bool { return compare(&a, &b) == 0 })
}
