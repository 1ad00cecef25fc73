package sca

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/work"
	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sca/version"
)

// lookupSize is how many packages a database is asked about at once.
const lookupSize = 1024

// A matcher is one run over a list of components.
type matcher struct {
	db   Database
	info Info

	groups   [][]question // of one package each, in the order of packages
	matched  int          // components that were asked about
	relevant bool         // there are components that advisories could be about
	progress func(done, total int)
}

// An outcome is something that matching gave: a finding, which lacks the path
// to its component, a gap or a note.
type outcome struct {
	finding   *report.Finding
	component *report.Component
	gap       *report.Error
	note      *report.Notice
}

func newMatcher(db Database, components []*report.Component) *matcher {
	m := &matcher{db: db}
	if db != nil {
		m.info = db.Info()
	}
	type key struct {
		ecosystem string
		pkgKey
	}
	byPackage := map[key][]question{}
	var keys []key
	coverage := map[string]bool{}
	for _, c := range components {
		if !matchable(c) {
			continue
		}
		covered, asked := coverage[c.Ecosystem]
		if !asked {
			covered = covers(m.info.Ecosystems, c.Ecosystem)
			coverage[c.Ecosystem] = covered
		}
		m.relevant = m.relevant || covered || known(c.Ecosystem)
		if !covered {
			continue
		}
		m.matched++
		for _, q := range questions(c) {
			k := key{c.Ecosystem, keyOf(c.Ecosystem, q.Name)}
			if byPackage[k] == nil {
				keys = append(keys, k)
			}
			byPackage[k] = append(byPackage[k], q)
		}
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(strings.Compare(a.ecosystem, b.ecosystem), strings.Compare(a.name, b.name))
	})
	for _, k := range keys {
		m.groups = append(m.groups, byPackage[k])
	}
	return m
}

// run yields outcomes in the order of packages; an error is fatal and the last.
func (m *matcher) run(ctx context.Context) iter.Seq2[outcome, error] {
	return func(yield func(outcome, error) bool) {
		done := 0
		for groups := range slices.Chunk(m.groups, lookupSize) {
			outcomes, err := m.chunk(ctx, groups)
			if err != nil {
				yield(outcome{}, err)
				return
			}
			for _, o := range outcomes {
				if !yield(o, nil) {
					return
				}
			}
			if done += len(groups); m.progress != nil {
				m.progress(done, len(m.groups))
			}
		}
	}
}

// chunk looks packages up, then matches them side by side.
func (m *matcher) chunk(ctx context.Context, groups [][]question) (out []outcome, err error) {
	pkgs := make([]Package, len(groups))
	for i, g := range groups {
		pkgs[i] = g[0].Package
	}
	found, err := m.db.Lookup(ctx, pkgs)
	gaps, fatal := splitErrors(err)
	if fatal != nil {
		return nil, fatal
	}
	for _, g := range gaps {
		out = append(out, outcome{gap: g})
	}
	var some []int
	for i := range min(len(found), len(groups)) {
		if len(found[i]) > 0 {
			some = append(some, i)
		}
	}
	outcomes := make([][]outcome, len(some))
	work.Each(len(some), 0, func(i int) {
		for j := range groups[some[i]] {
			if ctx.Err() != nil {
				return
			}
			outcomes[i] = append(outcomes[i], matchOne(&groups[some[i]][j], found[some[i]])...)
		}
	})
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	for _, o := range outcomes {
		out = append(out, o...)
	}
	return out, nil
}

// matchOne holds one component against the advisories about its package.
func matchOne(q *question, advisories []*Advisory) (out []outcome) {
	var hits []hit
	about := 0
	_, unordered := version.Compare(q.Ecosystem, q.version, q.version)
	place := func() report.Location {
		if len(q.component.Found) > 0 {
			return q.component.Found[0]
		}
		return report.Location{Path: cmp.Or(q.component.PURL, q.component.ID, q.Name)}
	}
	for _, a := range newest(advisories) {
		if !a.Withdrawn.IsZero() || a.noFlaw() {
			continue
		}
		h := hit{Advisory: a}
		for i := range a.Affected {
			e := &a.Affected[i]
			if !e.about(&q.subject) {
				continue
			}
			holds, err := false, error(nil)
			switch {
			case e.versionless() && strings.HasPrefix(a.ID, "MAL-"):
				holds = true // the package is malware in all its versions
			case e.versionless():
				out = append(out, versionless(q, a, e, place()))
			case e.lists(&q.subject):
				holds = true
			case unordered != nil && !(errors.Is(unordered, errors.ErrUnsupported) && !e.needsOrder()):
				about++
			default:
				holds, err = e.holds(&q.subject)
			}
			if err != nil {
				out = append(out, outcome{gap: &report.Error{Op: report.OpParse, Path: a.Origin,
					Err: fmt.Errorf("record %s about %s: %w: not matched", a.ID, q.Name, err)}})
			}
			if holds {
				h.affected = append(h.affected, e)
			}
		}
		if len(h.affected) > 0 {
			hits = append(hits, h)
		}
	}
	if about > 0 {
		l := place()
		out = append(out, outcome{gap: &report.Error{Op: report.OpMatch, Path: l.Path, Line: l.Region.Start.Line, Err: unmatched(q, about, unordered)}})
	}
	base, _ := splitEcosystem(q.Ecosystem)
	for _, g := range groupHits(base, hits) {
		f, notes := g.finding(q)
		out = append(out, outcome{finding: f, component: q.component})
		for i := range notes {
			out = append(out, outcome{note: &notes[i]})
		}
	}
	return out
}

// needsOrder reports whether a has ranges in the ecosystem's own order, so
// that one which nobody knows is missed.
func (a *Affected) needsOrder() bool {
	return slices.ContainsFunc(a.Ranges, func(r Range) bool { return r.Type == RangeEcosystem })
}

// unmatched says why advisories could not be held against a component.
func unmatched(q *question, about int, cause error) error {
	what := fmt.Sprintf("%d advisories name it", about)
	if about == 1 {
		what = "an advisory names it"
	}
	switch {
	case q.version == "":
		return fmt.Errorf("%s has no version and %s: pin it in a lock file", q.Name, what)
	case errors.Is(cause, errors.ErrUnsupported):
		return fmt.Errorf("%s %s: %s, and there is %w: check by hand", q.Name, q.version, what, cause)
	}
	return fmt.Errorf("%s %s: %s, but %w: pin it to a release, or check by hand", q.Name, q.version, what, cause)
}

// versionless is about an entry that no version can be held against. By the
// schema it affects none if it is empty; if it has commits, one cannot know.
func versionless(q *question, a *Advisory, e *Affected, at report.Location) outcome {
	if len(e.Ranges) == 0 {
		return outcome{note: &report.Notice{Op: report.OpMatch, Path: a.Origin, Message: fmt.Sprintf("record %s names %s without versions: it affects none", a.ID, q.Name)}}
	}
	return outcome{gap: &report.Error{Op: report.OpMatch, Path: at.Path, Line: at.Region.Start.Line,
		Err: fmt.Errorf("%s %s: record %s (%s) knows only commits: check by hand", q.Name, q.version, a.ID, a.Origin)}}
}

// newest keeps of records with one id, which two databases may both have, the
// one that was modified last.
func newest(list []*Advisory) []*Advisory {
	at := make(map[string]int, len(list))
	out := make([]*Advisory, 0, len(list))
	for _, a := range list {
		if a == nil {
			continue
		}
		i, twice := at[a.ID]
		switch {
		case !twice:
			at[a.ID] = len(out)
			out = append(out, a)
		case a.Modified.After(out[i].Modified):
			out[i] = a
		}
	}
	return out
}
