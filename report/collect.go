package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Collector builds the report of one scan. It is safe for concurrent use,
// and its report does not depend on the order of the calls.
type Collector struct {
	t     *Target
	view  *view // nil: all of the tree
	start time.Time
	mu    sync.Mutex
	scan  Scan
	rules map[string]Rule
	rep   Report
}

// NewCollector starts a scan of t.
func NewCollector(scanner string, t *Target) *Collector {
	c := &Collector{t: t, start: time.Now(), rules: map[string]Rule{}, scan: Scan{
		Subject: t.Subject.Name, Scanner: scanner, Only: t.Only != nil, Include: t.Include, Exclude: t.Exclude,
	}}
	c.scan.Started = t.now()
	if len(t.Include)+len(t.Exclude) > 0 {
		c.view, _ = newView(t.FS, t.Include, t.Exclude) // Run has refused what does not compile
	}
	return c
}

// now is the run's time for stamps.
func (t *Target) now() time.Time {
	if t.run != nil && t.run.Now != nil {
		return t.run.Now().UTC()
	}
	return time.Now().UTC()
}

// Rules names the rules that are applied, with or without findings. A finding
// takes from its rule what it does not say itself.
func (c *Collector) Rules(rules ...Rule) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range rules {
		r.Scanner = c.scan.Scanner
		c.rules[r.ID] = r
	}
}

// Config records a hash of rules and options: scans with equal ones are comparable.
func (c *Collector) Config(hash string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.scan.Config = hash
}

// Add adds findings, which are the collector's from then on. It drops those
// outside Target.Only and in files that Include and Exclude hide.
func (c *Collector) Add(findings ...*Finding) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range findings {
		if f != nil && (c.t.Only == nil || c.t.Only.Covers(f)) && c.covers(f.Location.Path) {
			c.rep.Findings = append(c.rep.Findings, f)
		}
	}
}

// covers reports whether a place is one to report about, for scanners that
// look at Target.Dir, where nothing is hidden.
func (c *Collector) covers(path string) bool {
	return c.view == nil || path == "" || c.view.covers(path)
}

// AddComponents adds components, which are the collector's from then on. An
// empty ID is set with [ComponentID]; those of one ID become one component.
func (c *Collector) AddComponents(components ...*Component) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range components {
		if p != nil && (len(p.Found) == 0 || c.covers(p.Found[0].Path)) {
			c.rep.Components = append(c.rep.Components, p)
		}
	}
}

// Data names an outside source that the scan relies on.
func (c *Collector) Data(d ...Data) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.scan.Data = append(c.scan.Data, d...)
}

// Examined counts what was looked at: Examined("files", 1).
func (c *Collector) Examined(unit string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.scan.Examined == nil {
		c.scan.Examined = map[string]int{}
	}
	c.scan.Examined[unit] += n
}

// Gap records a part that could not be examined.
func (c *Collector) Gap(err *Error) {
	e := *err
	e.Scanner = cmp.Or(e.Scanner, c.scan.Scanner)
	n := e.Notice()
	n.Subject = c.scan.Subject
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rep.Notices = append(c.rep.Notices, n)
}

// Note records something worth knowing that is no gap.
func (c *Collector) Note(op, path, message string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rep.Notices = append(c.rep.Notices, Notice{Subject: c.scan.Subject, Scanner: c.scan.Scanner, Op: op, Path: path, Message: message})
}

// Drain adds the findings of seq. An *Error is a gap; any other error ends it and is returned.
func (c *Collector) Drain(seq iter.Seq2[*Finding, error]) error {
	for f, err := range seq {
		if e, ok := errors.AsType[*Error](err); ok {
			c.Gap(e)
		} else if err != nil {
			return err
		} else {
			c.Add(f)
		}
	}
	return nil
}

// Report sorts, annotates and fingerprints what was added. Its error is
// [Report.Err]. The collector is not used after it.
func (c *Collector) Report() (*Report, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.rep
	r.Subjects = []Subject{c.t.Subject}
	if c.t.run == nil || c.t.run.Now == nil {
		c.scan.Duration = time.Since(c.start)
	}
	c.scan.Rules = slices.Sorted(maps.Keys(c.rules))
	slices.SortFunc(c.scan.Data, func(a, b Data) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Version, b.Version), a.Modified.Compare(b.Modified))
	})
	c.scan.Data = slices.Compact(c.scan.Data)
	r.Scans = []Scan{c.scan}
	note, _ := c.t.Origin.(Annotator)
	c.finishComponents(&r, note)
	c.finishFindings(&r, note)
	r.Notices = foldNotices(r.Notices)
	return &r, r.Err()
}

func (c *Collector) finishComponents(r *Report, note Annotator) {
	for _, p := range r.Components {
		p.Subject = c.scan.Subject
		if p.ID == "" {
			at := ""
			if len(p.Found) > 0 {
				at = p.Found[0].Path
			}
			p.ID = ComponentID(cmp.Or(p.PURL, strings.Trim(p.Group+"/"+p.Name+"@"+p.Version, "/@")), p.Root, at)
		}
		slices.Sort(p.DependsOn)
		p.DependsOn = slices.Compact(p.DependsOn)
		if note != nil {
			note.AnnotateComponent(p)
		}
	}
	r.Components = mergeComponents(r.Components)
}

func (c *Collector) finishFindings(r *Report, note Annotator) {
	used := map[string]bool{}
	for _, f := range r.Findings {
		rule := c.rules[f.Rule]
		if rule.ID == "" {
			rule = Rule{ID: f.Rule, Scanner: c.scan.Scanner}
		}
		f.Subject, f.Scanner = c.scan.Subject, c.scan.Scanner
		f.Kind = cmp.Or(f.Kind, rule.Kind)
		f.Severity = cmp.Or(f.Severity, rule.Severity)
		f.Confidence = cmp.Or(f.Confidence, rule.Confidence)
		f.Message = cmp.Or(f.Message, rule.Title)
		if f.CWEs == nil {
			f.CWEs = rule.CWEs
		}
		if f.Controls == nil {
			f.Controls = rule.Controls
		}
		if note != nil {
			note.AnnotateFinding(f)
		}
		if !used[f.Rule] {
			used[f.Rule] = true
			r.Rules = append(r.Rules, rule)
		}
	}
	slices.SortFunc(r.Rules, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	r.Findings = foldFindings(r.Findings)
	number(r.Findings)
	lineHashes(c.t.FS, r.Findings)
}

// foldFindings sorts findings and makes one of those that agree in place and
// content: the same line seen for two platforms is one finding, not twins.
func foldFindings(fs []*Finding) []*Finding {
	texts := map[*Finding][]byte{} // of those that compare equal
	text := func(f *Finding) []byte {
		if texts[f] == nil {
			texts[f], _ = json.Marshal(f)
		}
		return texts[f]
	}
	slices.SortFunc(fs, func(f, g *Finding) int {
		if c := f.Compare(g); c != 0 {
			return c
		}
		return bytes.Compare(text(f), text(g)) // so that the one kept does not depend on who came first
	})
	return fold(fs, func(f, g *Finding) bool { return f.Compare(g) == 0 },
		func(f, g *Finding) { f.Count = max(f.Count, 1) + max(g.Count, 1) })
}

// fold keeps the first of each run of s that is the same, after it has
// absorbed the others.
func fold[T any](s []T, same func(kept, v T) bool, absorb func(kept, v T)) []T {
	out := s[:0]
	for _, v := range s {
		if n := len(out); n > 0 && same(out[n-1], v) {
			absorb(out[n-1], v)
			continue
		}
		out = append(out, v)
	}
	clear(s[len(out):])
	return out
}

// foldNotices sorts notices and makes one of equal ones.
func foldNotices(ns []Notice) []Notice {
	slices.SortStableFunc(ns, func(a, b Notice) int {
		if c := a.compare(&b); c != 0 {
			return c
		}
		return compareJSON(a, b)
	})
	return slices.CompactFunc(ns, func(a, b Notice) bool { return a.compare(&b) == 0 })
}

func (n *Notice) compare(m *Notice) int {
	gap := 0
	if n.Gap != m.Gap {
		gap = 1
		if n.Gap {
			gap = -1
		}
	}
	return cmp.Or(strings.Compare(n.Subject, m.Subject), gap, strings.Compare(n.Scanner, m.Scanner), strings.Compare(n.Path, m.Path),
		cmp.Compare(n.Line, m.Line), strings.Compare(n.Op, m.Op), strings.Compare(n.Rule, m.Rule), strings.Compare(n.Message, m.Message))
}

// compareJSON orders what no cheaper comparison tells apart.
func compareJSON(a, b any) int {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Compare(x, y)
}

// Collect is the report of a scan that is one sequence of findings.
func Collect(scanner string, t *Target, rules []Rule, seq iter.Seq2[*Finding, error]) (*Report, error) {
	c := NewCollector(scanner, t)
	c.Rules(rules...)
	fatal := c.Drain(seq)
	r, err := c.Report()
	return r, cmp.Or(fatal, err)
}
