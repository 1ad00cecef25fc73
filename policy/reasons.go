package policy

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/merlonsec/merlon/report"
)

// An objection is a reason with what sorts it.
type objection struct {
	report.Reason
	rank     rank
	severity report.Severity
	path     string
	line     int
	clause   int
}

// A rank says what a reason is about. What is wrong with the report as a whole
// comes before findings, which are fewer than there are if it is incomplete.
type rank uint8

const (
	aboutGap rank = iota
	aboutGaps
	aboutReport
	aboutFinding
)

func (o *objection) compare(p *objection) int {
	return cmp.Or(cmp.Compare(p.Outcome, o.Outcome), cmp.Compare(o.rank, p.rank), cmp.Compare(p.severity, o.severity),
		strings.Compare(o.Subject, p.Subject), strings.Compare(o.path, p.path), cmp.Compare(o.line, p.line),
		strings.Compare(o.Fingerprint, p.Fingerprint), cmp.Compare(o.clause, p.clause), strings.Compare(o.Message, p.Message))
}

func (j *judgement) add(o *objection) { j.reasons = append(j.reasons, o) }

// object adds the reason of clause k against one finding.
func (j *judgement) object(k int, in *Input, t Truth, o report.Outcome, suppressed bool) {
	j.add(&objection{rank: aboutFinding, severity: in.severity(), path: in.Finding.Location.Path, line: in.Finding.Location.Region.Start.Line, clause: k,
		Reason: j.view.reason(&j.gate.clauses[k], in, t, o, suppressed)})
}

// reason is what a clause says of one finding to which it objects.
func (v *view) reason(c *Clause, in *Input, t Truth, o report.Outcome, suppressed bool) report.Reason {
	f := in.Finding
	r := report.Reason{Outcome: o, Clause: c.name, Subject: f.Subject, Fingerprint: f.Fingerprint, Due: f.Due,
		Message: c.name + ": " + v.headline(in)}
	if t == Unknown {
		r.Unknown = c.when.missing(in)
		r.Message += ": not known: " + r.Unknown
	}
	if suppressed {
		r.Message += " (suppressed, but the clause is not waivable)"
	}
	return r
}

// tally counts findings, and keeps the one that is worst and first.
type tally struct {
	n       int
	first   *report.Finding
	subject string // of all of them; empty if they differ
}

func (t *tally) add(f *report.Finding) {
	if t.n == 0 {
		t.subject = f.Subject
	} else if t.subject != f.Subject {
		t.subject = ""
	}
	if t.n++; t.first == nil || cmp.Or(cmp.Compare(t.first.Severity, f.Severity), f.Compare(t.first), strings.Compare(f.Fingerprint, t.first.Fingerprint)) < 0 {
		t.first = f
	}
}

// unknownKey says for want of which fact a clause did not know.
type unknownKey struct {
	clause int
	fact   string
}

// wants counts a finding of which clause k does not know enough to object.
// A fact that nobody looked up is missing from thousands of findings: it is
// one reason, and Explain has the details.
func (j *judgement) wants(k int, in *Input) {
	key := unknownKey{k, j.gate.clauses[k].when.missing(in)}
	t := j.unknown[key]
	if t == nil {
		if j.unknown == nil {
			j.unknown = map[unknownKey]*tally{}
		}
		t = new(tally)
		j.unknown[key] = t
	}
	t.add(in.Finding)
}

func (j *judgement) foldUnknown() {
	for key, t := range j.unknown { // sorted with all reasons
		c := &j.gate.clauses[key.clause]
		in := j.view.at(t.first)
		if t.n == 1 {
			j.object(key.clause, in, Unknown, report.Warn, in.Finding.Suppressed(j.now) != nil)
			continue
		}
		j.add(&objection{rank: aboutReport, clause: key.clause, Reason: report.Reason{Outcome: report.Warn, Clause: c.name, Subject: t.subject, Unknown: key.fact,
			Message: fmt.Sprintf("%s: not known for %s: %s; first %s", c.name, count(t.n, "finding"), key.fact, j.view.headline(in))}})
	}
}

// foldBaselined warns that secrets or malware were there before, and no clause
// counts them for that reason alone.
func (j *judgement) foldBaselined() {
	t := &j.baselined
	if t.n == 0 {
		return
	}
	r := report.Reason{Outcome: report.Warn, Clause: inBaseline, Subject: t.subject}
	r.Message = fmt.Sprintf("%s: %s of secrets or malware not counted for not being new; first %s", inBaseline, count(t.n, "finding"), j.view.headline(j.view.at(t.first)))
	if t.n == 1 {
		r.Fingerprint = t.first.Fingerprint
	}
	j.add(&objection{rank: aboutReport, clause: len(j.gate.clauses), Reason: r})
}

// maxGaps is how many gaps have a reason of their own.
const maxGaps = 10

// incomplete objects to open gaps, and to a report in which nothing was scanned.
func (j *judgement) incomplete(open []*report.Notice) {
	o := report.Fail
	if j.gate.allowIncomplete {
		o = report.Warn
	}
	reason := func(k rank, o report.Outcome, n *report.Notice, text string) {
		j.add(&objection{rank: k, path: n.Path, line: n.Line,
			Reason: report.Reason{Outcome: o, Clause: inComplete, Subject: n.Subject, Message: inComplete + ": " + text}})
	}
	if len(j.out.Scans) == 0 {
		reason(aboutGap, report.Fail, &report.Notice{}, "nothing was scanned")
	}
	for _, n := range open[:min(len(open), maxGaps)] {
		reason(aboutGap, o, n, n.String())
	}
	if len(open) <= maxGaps {
		return
	}
	by := map[string]int{}
	for _, n := range open[maxGaps:] {
		by[cmp.Or(n.Scanner, "unknown")]++
	}
	var parts []string
	for _, name := range sortedKeys(by) {
		parts = append(parts, fmt.Sprintf("%s %d", name, by[name]))
	}
	reason(aboutGaps, o, &report.Notice{}, fmt.Sprintf("and %s (%s)", count(len(open)-maxGaps, "more gap"), strings.Join(parts, ", ")))
}
