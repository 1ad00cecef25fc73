package policy

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/errlist"
	"github.com/merlonsec/merlon/report"
)

// Options configure a [Gate]. The zero value fails on gaps, on what is
// exploited, on malware and on open findings of High and above.
type Options struct {
	Clauses         []Clause       // nil means DefaultClauses(); empty means none
	Scope           []Predicate    // clauses see only findings of which these hold or may hold; nil means all
	Waivers         []Waiver       // nil means none
	Baseline        *report.Report // nil means none: whether a finding is new is unknown, unless the report says
	LongestWaiver   time.Duration  // a waiver that ends later than this from the judgement is refused; zero means 180 days
	AllowIncomplete bool           // a gap warns and no longer fails
	Source          string         // where the gate comes from, for the verdict; empty means "default" or "program"
}

// A Gate judges reports. It is immutable and safe for concurrent use, as far
// as the functions given to [Func] are.
type Gate struct {
	clauses         []Clause
	scope           Predicate
	waivers         []*waiver
	baseline        *report.Report
	longest         time.Duration
	allowIncomplete bool
	source, hash    string
	asksNew         bool // a clause or the scope asks whether a finding is new
}

// New compiles a gate; its error names every clause and waiver at fault, a
// waiver by the place where it is written.
func New(o Options) (*Gate, error) {
	g := &Gate{clauses: slices.Clone(o.Clauses), scope: conjunction(slices.Clone(o.Scope)),
		longest: cmp.Or(o.LongestWaiver, longestWaiver), allowIncomplete: o.AllowIncomplete, source: o.Source}
	if o.Clauses == nil {
		g.clauses = DefaultClauses()
	}
	if o.Baseline != nil {
		g.baseline = unwaived(o.Baseline)
	}
	if g.source == "" {
		g.source = "program"
		if o.Clauses == nil && o.Scope == nil && o.Waivers == nil && !o.AllowIncomplete {
			g.source = "default"
		}
	}
	var errs errlist.List
	names := map[string]bool{}
	for i := range g.clauses {
		c := &g.clauses[i]
		name := c.name
		if name == "" {
			name = fmt.Sprint(i + 1)
		}
		if err := c.Err(); err != nil {
			errs.Addf("clause %s: %w", name, err)
		} else if names[c.name] {
			errs.Addf("clause %s: another one has the same name", name)
		}
		names[c.name] = true
		g.asksNew = g.asksNew || c.when.baseline
	}
	if err := g.scope.Err(); err != nil {
		errs.Addf("scope: %w", err)
	}
	g.asksNew = g.asksNew || g.scope.baseline
	for i, w := range o.Waivers {
		c, err := w.compile()
		if err != nil {
			errs.Addf("%s: %w", w.named(i), err)
		}
		g.waivers = append(g.waivers, c)
	}
	if o.LongestWaiver < 0 {
		errs.Addf("LongestWaiver: %v is negative", o.LongestWaiver)
	}
	if err := errs.Err(); err != nil {
		return nil, fmt.Errorf("gate: %w", err)
	}
	g.hash = digest(g.definition())
	return g, nil
}

// named says which waiver it is, with what it covers if that is all there is.
func (w *Waiver) named(i int) string {
	if w.Source.Path != "" {
		return w.place(i) + ": waiver"
	}
	return w.place(i)
}

// definition is all that decides, in one canonical text: the same gate has the
// same on every machine. The baseline is data and no part of it, nor is the
// place where a waiver is written.
func (g *Gate) definition() string {
	var b strings.Builder
	put := func(parts ...string) {
		for _, s := range parts {
			fmt.Fprintf(&b, "%d:%s,", len(s), s)
		}
		b.WriteByte('\n')
	}
	put("merlon gate 1", g.longest.String(), fmt.Sprint(g.allowIncomplete))
	put("scope", g.scope.def)
	for _, c := range g.clauses {
		put("clause", c.name, c.outcome.String(), c.unknown.String(), fmt.Sprint(c.strict), c.when.def)
		for _, q := range c.demands {
			put("require", q.text)
		}
	}
	for _, w := range g.waivers {
		put("waiver", w.Rule, w.Advisory, w.Path, w.PURL, w.Fingerprint, w.Subject, w.Gap, w.Owner, w.Reason,
			w.Ticket, w.Approver, string(w.Status), w.Expires.UTC().Format(time.RFC3339Nano))
	}
	return b.String()
}

func digest(s string) string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(s))) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
