package policy

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/report"
)

// Judge returns a copy of r with the verdict set, and in copies of findings
// and gaps the suppressions by waivers and, if the gate has a baseline, how
// they relate to it. It never writes to r, nor to what r points at. Waivers of
// an earlier judgement are taken off: this gate decides. now is the only clock:
// it says which waivers hold and how old data is. A nil report fails, since
// nothing was scanned.
func (g *Gate) Judge(r *report.Report, now time.Time) *report.Report {
	out := *unwaived(r)
	if g.baseline != nil {
		out = *report.MarkBaseline(g.baseline, &out)
	}
	out.Verdict = nil
	j := &judgement{gate: g, out: &out, view: newView(&out, now), now: now, fates: make([]fate, len(g.waivers))}
	for i, w := range g.waivers {
		j.fates[i] = fate{waiver: w, lapsed: !now.Before(w.Expires), tooLong: w.Expires.Sub(now) > g.longest}
	}
	j.notices()
	for i, f := range out.Findings {
		if f != nil {
			j.finding(i, f)
		}
	}
	j.foldUnknown()
	j.foldBaselined()
	j.requirements()
	j.wornOut()
	out.Verdict = j.verdict()
	return &out
}

// A judgement is one call of Judge.
type judgement struct {
	gate      *Gate
	out       *report.Report
	view      *view
	now       time.Time
	fates     []fate // of the waivers
	reasons   []*objection
	unknown   map[unknownKey]*tally
	baselined tally
}

// finding applies waivers and clauses to the finding at index i.
func (j *judgement) finding(i int, f *report.Finding) {
	in := j.view.at(f)
	seen := f.Baseline != report.BaselineAbsent && j.gate.scope.eval(in) != False
	if g := j.waive(in, seen); g != f {
		f = g
		j.out.Findings[i] = f
		in.Finding = f
	}
	suppressed := f.Suppressed(j.now) != nil
	counts := false
	if seen {
		for k := range j.gate.clauses {
			c := &j.gate.clauses[k]
			if suppressed && !c.strict {
				continue
			}
			switch t, o := c.asks(in); {
			case t == False || o == report.Pass:
			case t == Unknown && o == report.Warn:
				j.wants(k, in)
				counts = true
			default:
				j.object(k, in, t, o, suppressed)
				counts = true
			}
		}
	}
	if j.gate.asksNew && !counts && !suppressed && j.gate.hiddenByBaseline(in) {
		j.baselined.add(f)
	}
}

// waive returns the finding with the suppressions of waivers that cover it: a
// copy if there are any.
func (j *judgement) waive(in *Input, seen bool) *report.Finding {
	f := in.Finding
	if f.Baseline == report.BaselineAbsent {
		return f
	}
	all := slices.Clip(f.Suppressions)
	for i := range j.fates {
		t := &j.fates[i]
		switch {
		case !t.waiver.covers(in):
		case t.lapsed || t.tooLong:
			t.matched++
		case seen && j.gate.insists(in):
			t.powerless++
		default:
			t.used++
			all = append(all, t.waiver.suppression())
		}
	}
	if len(all) == len(f.Suppressions) {
		return f
	}
	c := *f
	c.Suppressions = all
	return &c
}

// insists reports whether a clause that is not waivable objects.
func (g *Gate) insists(in *Input) bool {
	for k := range g.clauses {
		if c := &g.clauses[k]; c.strict {
			if t, o := c.asks(in); t == True || o == report.Fail {
				return true
			}
		}
	}
	return false
}

// hiddenByBaseline reports whether a secret or malware, which does not become
// harmless by having been there before, would count if it were new.
func (g *Gate) hiddenByBaseline(in *Input) bool {
	f := in.Finding
	if k := in.kind(); k != report.KindSecret && k != report.KindMalware || f.Baseline != report.BaselineUnchanged && f.Baseline != report.BaselineUpdated {
		return false
	}
	asNew, as := *f, *in
	asNew.Baseline = report.BaselineNew
	as.Finding = &asNew
	if g.scope.eval(&as) == False {
		return false
	}
	return slices.ContainsFunc(g.clauses, func(c Clause) bool {
		_, o := c.asks(&as)
		return o > report.Pass
	})
}

// notices applies waivers to gaps and objects to the others.
func (j *judgement) notices() {
	var open []*report.Notice
	for i := range j.out.Notices {
		n := &j.out.Notices[i]
		if !n.Gap {
			continue
		}
		for k := range j.fates {
			t := &j.fates[k]
			switch {
			case !t.waiver.coversGap(n):
			case t.lapsed || t.tooLong:
				t.matched++
			default:
				t.used++
				n.Suppressions = append(slices.Clip(n.Suppressions), t.waiver.suppression())
			}
		}
		if !accepted(n, j.now) {
			open = append(open, n)
		}
	}
	slices.SortStableFunc(open, func(a, b *report.Notice) int {
		return cmp.Or(strings.Compare(a.Subject, b.Subject), strings.Compare(a.Scanner, b.Scanner), strings.Compare(a.Path, b.Path),
			cmp.Compare(a.Line, b.Line), strings.Compare(a.Op, b.Op), strings.Compare(a.Message, b.Message))
	})
	j.incomplete(open)
}

// requirements asks the clauses made by Require.
func (j *judgement) requirements() {
	for k := range j.gate.clauses {
		c := &j.gate.clauses[k]
		for _, q := range c.demands {
			for _, l := range q.check(j.out, j.now) {
				o := c.outcome
				if l.truth == Unknown {
					o = c.unknown
				}
				if o > report.Pass {
					j.add(&objection{rank: aboutReport, clause: k, Reason: report.Reason{Outcome: o, Clause: c.name, Message: c.name + ": " + l.text, Unknown: l.fact}})
				}
			}
		}
	}
}

func (j *judgement) verdict() *report.Verdict {
	v := &report.Verdict{Outcome: report.Pass, Gate: j.gate.hash, Source: j.gate.source, At: j.now.Round(0).UTC()}
	slices.SortFunc(j.reasons, (*objection).compare)
	for _, o := range j.reasons {
		v.Outcome = max(v.Outcome, o.Outcome)
		v.Reasons = append(v.Reasons, o.Reason)
	}
	for i := range j.fates {
		v.Waivers = append(v.Waivers, j.fates[i].use(j.now))
	}
	for i := range j.out.Scans {
		v.Exclude = append(v.Exclude, j.out.Scans[i].Exclude...)
	}
	slices.Sort(v.Exclude)
	v.Exclude = slices.Compact(v.Exclude)
	return v
}
