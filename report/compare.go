package report

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/glob"
)

// Changes is what is different between two reports.
type Changes struct {
	New, Updated, Absent []Change
	Unchanged            []Change
	// Unknown holds findings of before that after may have missed: their
	// scanner did not run, left a gap there, was narrowed or ran with other rules.
	Unknown []Change
}

// A Change pairs a finding with its earlier self.
type Change struct {
	Before, After *Finding // nil where there is none
	Baseline      Baseline // empty: unknown
	What          []string // fields that differ: "severity", "intel.kev", "path"
}

// Compare matches the findings of two reports by subject and fingerprint,
// then those of one component that share an advisory, then by content where a
// file was renamed. If a group of twins has grown, all of it is new, since
// nothing tells which one was added. Absence counts only where after looked.
// Findings that somebody suppressed are compared like any other.
func Compare(before, after *Report) Changes {
	if before == nil {
		before = &Report{}
	}
	if after == nil {
		after = &Report{}
	}
	p := pairing{after: make(map[*Finding]*Finding), grown: make(map[*Finding]bool)}
	p.byFingerprint(before, after)
	old, left := p.rest(before, after)
	p.byKey(old, left, advisoryKeys)
	old, left = p.rest(before, after)
	p.byKey(old, left, contentKeys)

	var ch Changes
	paired := map[*Finding]bool{}
	for _, f := range after.Findings {
		b := p.after[f]
		if b != nil {
			paired[b] = true
		}
		switch {
		case b == nil || p.grown[f]:
			ch.New = append(ch.New, Change{After: f, Baseline: BaselineNew})
		default:
			if what := differences(b, f); len(what) > 0 {
				ch.Updated = append(ch.Updated, Change{b, f, BaselineUpdated, what})
			} else {
				ch.Unchanged = append(ch.Unchanged, Change{b, f, BaselineUnchanged, nil})
			}
		}
	}
	look := newLook(before, after)
	for _, f := range before.Findings {
		switch {
		case paired[f]:
		case look.missed(f):
			ch.Unknown = append(ch.Unknown, Change{Before: f})
		default:
			ch.Absent = append(ch.Absent, Change{Before: f, Baseline: BaselineAbsent})
		}
	}
	return ch
}

// pairing maps findings of after to those of before.
type pairing struct {
	after map[*Finding]*Finding
	grown map[*Finding]bool // twins of a group that grew
}

type groupKey struct{ subject, group string }

func (p *pairing) byFingerprint(before, after *Report) {
	groups := func(r *Report) (map[groupKey][]*Finding, []groupKey) {
		m := map[groupKey][]*Finding{}
		var order []groupKey
		for _, f := range r.Findings {
			if f.Fingerprint == "" {
				continue
			}
			group, _ := twins(f.Fingerprint)
			k := groupKey{f.Subject, group}
			if m[k] == nil {
				order = append(order, k)
			}
			m[k] = append(m[k], f)
		}
		for _, fs := range m {
			slices.SortStableFunc(fs, func(f, g *Finding) int {
				_, a := twins(f.Fingerprint)
				_, b := twins(g.Fingerprint)
				return a - b
			})
		}
		return m, order
	}
	old, _ := groups(before)
	now, order := groups(after)
	for _, k := range order {
		for i, f := range now[k] {
			if i < len(old[k]) {
				p.after[f] = old[k][i]
			}
			p.grown[f] = len(now[k]) > len(old[k]) && len(old[k]) > 0
		}
	}
}

// rest returns what has no partner yet.
func (p *pairing) rest(before, after *Report) (old, now []*Finding) {
	taken := map[*Finding]bool{}
	for _, b := range p.after {
		taken[b] = true
	}
	for _, f := range before.Findings {
		if !taken[f] {
			old = append(old, f)
		}
	}
	for _, f := range after.Findings {
		if p.after[f] == nil && !p.grown[f] {
			now = append(now, f)
		}
	}
	return old, now
}

// byKey pairs findings that share a key which only they have.
func (p *pairing) byKey(old, now []*Finding, keys func(*Finding) []string) {
	index := func(fs []*Finding) map[string][]*Finding {
		m := map[string][]*Finding{}
		for _, f := range fs {
			for _, k := range keys(f) {
				m[k] = append(m[k], f)
			}
		}
		return m
	}
	olds, nows := index(old), index(now)
	taken := map[*Finding]bool{}
	for _, f := range now {
		for _, k := range keys(f) {
			if o := olds[k]; len(o) == 1 && len(nows[k]) == 1 && !taken[o[0]] && p.after[f] == nil {
				p.after[f] = o[0]
				taken[o[0]] = true
			}
		}
	}
}

// advisoryKeys names a flaw of a component by each of its ids, so that a new
// alias, or another id in front, makes nothing new.
func advisoryKeys(f *Finding) (keys []string) {
	if f.Component != "" {
		for _, id := range f.Advisories {
			keys = append(keys, strings.Join([]string{f.Subject, f.Rule, f.Component, id}, "\x00"))
		}
	}
	return keys
}

// contentKeys names a finding in a file by what stands there, for files that moved.
func contentKeys(f *Finding) []string {
	content := strings.Join(strings.Fields(cmp.Or(f.Group, f.Location.Region.Snippet)), " ")
	if content == "" || f.Location.Path == "" || f.Component != "" {
		return nil
	}
	logical := ""
	for _, l := range f.Location.Logical {
		logical += "/" + l.Name
	}
	return []string{strings.Join([]string{f.Subject, f.Rule, logical, content}, "\x00")}
}

// differences names what a reader would want to know of. Lines are not among it.
func differences(b, a *Finding) (what []string) {
	add := func(name string, differ bool) {
		if differ {
			what = append(what, name)
		}
	}
	add("severity", b.Severity != a.Severity)
	add("confidence", b.Confidence != a.Confidence)
	add("path", b.Location.Path != a.Location.Path)
	add("advisories", !slices.Equal(slices.Sorted(slices.Values(b.Advisories)), slices.Sorted(slices.Values(a.Advisories))))
	add("fixedIn", (b.FixedIn == nil) != (a.FixedIn == nil) || !slices.Equal(b.FixedIn, a.FixedIn))
	add("reach", b.Reach.State != a.Reach.State)
	add("intel.kev", b.Intel.listed() != a.Intel.listed())
	add("suppressions", len(b.Suppressions) != len(a.Suppressions))
	return what
}

func (i Intel) listed() bool { return i.KEV != nil && i.KEV.Listed }

// look is what the later report says about where its scanners looked.
type look struct {
	scans      map[[2]string][]*Scan
	gaps       map[string][]*Notice // by subject
	components *Index               // of before
}

func newLook(before, after *Report) *look {
	l := &look{map[[2]string][]*Scan{}, map[string][]*Notice{}, NewIndex(before)}
	for i := range after.Scans {
		s := &after.Scans[i]
		k := [2]string{s.Subject, s.Scanner}
		l.scans[k] = append(l.scans[k], s)
	}
	for n := range after.Gaps() {
		l.gaps[n.Subject] = append(l.gaps[n.Subject], n)
	}
	return l
}

// missed reports whether the later run may have missed f of the earlier one.
func (l *look) missed(f *Finding) bool {
	if !slices.ContainsFunc(l.scans[[2]string{f.Subject, f.Scanner}], func(s *Scan) bool { return s.saw(f) }) {
		return true
	}
	return slices.ContainsFunc(l.gaps[f.Subject], func(n *Notice) bool { return l.hides(n, f) })
}

// saw reports whether the scan looked at the place of f with its rule.
func (s *Scan) saw(f *Finding) bool {
	if s.Only || len(s.Rules) > 0 && !slices.Contains(s.Rules, f.Rule) {
		return false
	}
	if f.Location.Path == "" {
		return len(s.Include) == 0
	}
	in, err1 := glob.CompileAll(s.Include)
	out, err2 := glob.CompileAll(s.Exclude)
	return err1 == nil && err2 == nil && !out.MatchUnder(f.Location.Path) && (len(in) == 0 || in.MatchUnder(f.Location.Path))
}

// hides reports whether a gap may have kept f from being found: one of its
// scanner, or of the inventory that its component came from.
func (l *look) hides(n *Notice, f *Finding) bool {
	c := l.components.Component(f)
	if n.Scanner != f.Scanner && n.Scanner != "" && c == nil || n.Rule != "" && n.Rule != f.Rule {
		return false
	}
	if n.Path == "" || within(f.Location.Path, n.Path) {
		return true
	}
	if c == nil {
		return false
	}
	for _, at := range c.Found {
		if within(at.Path, n.Path) {
			return true
		}
	}
	family, _, _ := strings.Cut(c.Ecosystem, ":")
	return n.Path == c.PURL || n.Path == c.Ecosystem || n.Path == family
}

func within(name, dir string) bool {
	return dir == "." || name == dir || strings.HasPrefix(name, path.Clean(dir)+"/")
}

// MarkBaseline returns a copy of after in which findings state how they
// relate to before (Baseline), and when they were seen first and last.
func MarkBaseline(before, after *Report) *Report {
	ch := Compare(before, after)
	out := *after
	out.Findings = slices.Clone(after.Findings)
	at := make(map[*Finding]int, len(out.Findings))
	for i, f := range out.Findings {
		at[f] = i
	}
	for _, list := range [][]Change{ch.New, ch.Updated, ch.Unchanged} {
		for _, c := range list {
			f := *c.After
			f.Baseline = c.Baseline
			f.LastSeen = latest(after, f.Subject)
			f.FirstSeen = f.LastSeen
			if c.Before != nil {
				f.FirstSeen = c.Before.FirstSeen
				if f.FirstSeen.IsZero() {
					f.FirstSeen = latest(before, f.Subject)
				}
			}
			out.Findings[at[c.After]] = &f
		}
	}
	return &out
}

// latest is when a subject was scanned last.
func latest(r *Report, subject string) (t time.Time) {
	for i := range r.Scans {
		if s := &r.Scans[i]; s.Subject == subject && s.Started.After(t) {
			t = s.Started
		}
	}
	return t
}

// All returns the changes that matter to a reader: new, updated, absent,
// unknown; in each the worst first.
func (c Changes) All() []Change {
	var all []Change
	for _, list := range [][]Change{c.New, c.Updated, c.Absent, c.Unknown} {
		list = slices.Clone(list)
		slices.SortStableFunc(list, func(a, b Change) int { return cmp.Compare(b.finding().Severity, a.finding().Severity) })
		all = append(all, list...)
	}
	return all
}

func (c Change) finding() *Finding {
	if c.After != nil {
		return c.After
	}
	return c.Before
}

// String is one line: "new high sca/vulnerability CVE-2026-1 in pkg:npm/lodash@4.17.20#package-lock.json".
func (c Change) String() string {
	f := c.finding()
	if f == nil {
		return "no change"
	}
	parts := []string{cmp.Or(string(c.Baseline), "unknown"), f.Severity.String(), f.Rule}
	if len(f.Advisories) > 0 {
		parts = append(parts, f.Advisories[0])
	}
	at := cmp.Or(f.Component, place(f.Location.Path, f.Location.Region.Start.Line), f.Location.URI, f.Subject)
	parts = append(parts, "in", at)
	s := strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
	if len(c.What) > 0 {
		s += fmt.Sprintf(" (%s)", strings.Join(c.What, ", "))
	}
	return clean(s)
}
