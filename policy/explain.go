package policy

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/merlonsec/merlon/report"
)

// Explain says which clause, waiver or missing fact decided about one finding
// of a judged report, worst first: for each clause whether it objects, and if
// not which predicate is false; for each suppression who made it and until
// when; for a waiver that covers f and does not hold, why. f is a finding of
// the judged report, or of the one that was judged. Reasons of a clause that
// does not object have the outcome Pass. A report that this gate did not judge,
// or a finding that is not in it, gives one reason with the outcome Undecided.
func (g *Gate) Explain(judged *report.Report, f *report.Finding) []report.Reason {
	if judged == nil || f == nil {
		return nil
	}
	undecided := func(text string) []report.Reason {
		return []report.Reason{{Outcome: report.Undecided, Subject: f.Subject, Fingerprint: f.Fingerprint, Message: text}}
	}
	if judged.Verdict == nil || judged.Verdict.Gate != g.hash {
		return undecided("the report was not judged by this gate")
	}
	found := find(judged, f)
	if found == nil {
		return undecided("the finding is not in the report")
	}
	e := &explanation{gate: g, view: newView(judged, judged.Verdict.At), now: judged.Verdict.At}
	e.in = e.view.at(found)
	e.explain()
	slices.SortStableFunc(e.reasons, func(a, b report.Reason) int { return cmp.Compare(b.Outcome, a.Outcome) })
	return e.reasons
}

// find returns the finding of r that f is, or was before it was judged.
func find(r *report.Report, f *report.Finding) *report.Finding {
	if slices.Contains(r.Findings, f) {
		return f
	}
	for _, g := range r.Findings {
		if g != nil && f.Fingerprint != "" && g.Fingerprint == f.Fingerprint && g.Subject == f.Subject {
			return g
		}
	}
	return nil
}

type explanation struct {
	gate    *Gate
	view    *view
	in      *Input
	now     time.Time
	reasons []report.Reason
}

func (e *explanation) say(o report.Outcome, clause, text string) {
	f := e.in.Finding
	e.reasons = append(e.reasons, report.Reason{Outcome: o, Clause: clause, Subject: f.Subject, Fingerprint: f.Fingerprint, Message: clause + ": " + text})
}

func (e *explanation) explain() {
	g, f := e.gate, e.in.Finding
	if f.Baseline == report.BaselineAbsent {
		e.say(report.Pass, inBaseline, "it is no longer there")
		return
	}
	for i := range f.Suppressions {
		if s := &f.Suppressions[i]; s.InForce(e.now) {
			e.say(report.Pass, inSuppressed, describe(s))
		}
	}
	if g.scope.eval(e.in) == False {
		e.say(report.Pass, inScope, "no clause sees it: "+g.scope.denial(e.in))
		return
	}
	e.waivers()
	suppressed := f.Suppressed(e.now) != nil
	for k := range g.clauses {
		c := &g.clauses[k]
		if c.demands != nil {
			continue
		}
		t, o := c.asks(e.in)
		switch {
		case t == False:
			e.say(report.Pass, c.name, c.when.denial(e.in))
		case suppressed && !c.strict:
			e.say(report.Pass, c.name, c.when.text+" is "+t.String()+", but it is suppressed")
		default:
			r := e.view.reason(c, e.in, t, o, suppressed)
			r.Message += "; the clause is: " + c.when.text
			e.reasons = append(e.reasons, r)
		}
	}
}

// waivers tells of those that cover the finding and do not hold.
func (e *explanation) waivers() {
	for i, w := range e.gate.waivers {
		if !w.covers(e.in) {
			continue
		}
		t := fate{waiver: w, lapsed: !e.now.Before(w.Expires), tooLong: w.Expires.Sub(e.now) > e.gate.longest}
		if e.gate.insists(e.in) {
			t.powerless = 1
		}
		if why := t.complaint(e.gate.longest); why != "" {
			e.say(report.Warn, inWaivers, fmt.Sprintf("%s, owner %s: %s", w.place(i), w.Owner, why))
		}
	}
}

// describe is a suppression in words: "waiver, accepted by ana until
// 2027-01-31 (merlon.yaml:9:7): removed in Q1".
func describe(s *report.Suppression) string {
	w := Waiver{Expires: s.Expires, Source: s.Source}
	text := string(s.Kind) + ", " + string(s.Status)
	if s.Owner != "" {
		text += " by " + s.Owner
	}
	if !s.Expires.IsZero() {
		text += " until " + w.lastDay()
	}
	if s.Source.Path != "" {
		text += " (" + w.place(0) + ")"
	}
	if reason := cmp.Or(s.Reason, s.Justification); reason != "" {
		text += ": " + reason
	}
	return text
}

// InScope returns a copy of a judged report with only the findings that the
// clauses saw: those in the gate's scope that are open, and those that are
// suppressed in vain. Everything else stays as it is.
func (g *Gate) InScope(judged *report.Report) *report.Report {
	if judged == nil {
		judged = &report.Report{}
	}
	var now time.Time
	if judged.Verdict != nil {
		now = judged.Verdict.At
	}
	v := newView(judged, now)
	return judged.Filter(func(f *report.Finding) bool {
		if f == nil || f.Baseline == report.BaselineAbsent {
			return false
		}
		in := v.at(f)
		return g.scope.eval(in) != False && (f.Suppressed(now) == nil || g.insists(in))
	})
}
