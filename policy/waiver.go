package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/errlist"
	"github.com/merlonsec/merlon/report"
)

// A Waiver takes findings, or a gap, out of judgement until it expires. What
// it covers stays in the report as suppressed.
//
// Rule, Advisory, Path, PURL, Fingerprint and Subject are globs as in
// [IsRule], [InPath] and [IsComponent]; all that are set must match, and at
// least one of them or Gap is. Advisory matches any id of a finding, whatever
// its case. Owner, Reason and Expires are required.
type Waiver struct {
	Rule, Advisory, Path, PURL, Fingerprint, Subject string

	// Gap is the op of gaps to accept, such as [report.OpLimit]. A waiver with
	// a Gap covers no findings; its Path is that of the gap.
	Gap string

	Owner, Reason    string
	Ticket, Approver string          // optional
	Status           report.Status   // empty means accepted; only one that suppresses is allowed
	Expires          time.Time       // the first moment at which it no longer holds
	Source           report.Location // where it is written, for messages
}

// longestWaiver is the default of Options.LongestWaiver, soon how long before
// its end a waiver is called expiring.
const (
	longestWaiver = 180 * 24 * time.Hour
	soon          = 14 * 24 * time.Hour
)

// waiver is a compiled Waiver.
type waiver struct {
	Waiver
	match                                            string // what it covers, in words
	rule, advisory, path, purl, fingerprint, subject *pattern
}

// Err lists what is malformed or lacking, or is nil. It does not name the waiver.
func (w Waiver) Err() error {
	_, err := w.compile()
	return err
}

// compile checks w; its error lists all that is wrong, without naming w.
func (w Waiver) compile() (*waiver, error) {
	c := &waiver{Waiver: w}
	var errs errlist.List
	var words []string
	for _, p := range []struct {
		name, text string
		to         **pattern
		compile    func(string) (*pattern, error)
		ofGap      bool
	}{
		{"rule", w.Rule, &c.rule, compilePattern, true},
		{"advisory", w.Advisory, &c.advisory, compileFold, false},
		{"path", w.Path, &c.path, compilePattern, true},
		{"purl", w.PURL, &c.purl, compilePURL, true},
		{"fingerprint", w.Fingerprint, &c.fingerprint, compilePattern, false},
		{"subject", w.Subject, &c.subject, compilePattern, true},
	} {
		if p.text == "" {
			continue
		}
		words = append(words, p.name+" "+p.text)
		var err error
		if *p.to, err = p.compile(p.text); err != nil {
			errs.Addf("%s: %w", p.name, err)
		}
		if w.Gap != "" && !p.ofGap {
			errs.Addf("%s: a gap has none", p.name)
		}
	}
	if w.Gap != "" {
		words = append(words, "gap "+w.Gap)
	}
	c.match = strings.Join(words, ", ")
	var lacks []string
	for _, l := range []struct {
		name   string
		lacked bool
	}{
		{"what it covers (rule, advisory, path, purl, fingerprint, subject or gap)", c.match == ""},
		{"owner", strings.TrimSpace(w.Owner) == ""},
		{"reason", strings.TrimSpace(w.Reason) == ""},
		{"expires", w.Expires.IsZero()},
	} {
		if l.lacked {
			lacks = append(lacks, l.name)
		}
	}
	if len(lacks) > 0 {
		errs.Addf("lacks %s", strings.Join(lacks, ", "))
	}
	c.Status = cmp.Or(w.Status, report.StatusAccepted)
	if s := (report.Suppression{Status: c.Status}); !s.InForce(time.Time{}) {
		errs.Addf("status %q does not suppress", string(w.Status))
	}
	return c, errs.Err()
}

// place is where the waiver is written, or its number, from one.
func (w *Waiver) place(i int) string {
	loc := &w.Source
	if loc.Path == "" {
		return fmt.Sprintf("waiver %d", i+1)
	}
	s := loc.Path
	if p := loc.Region.Start; p.Line > 0 {
		if s = fmt.Sprintf("%s:%d", s, p.Line); p.Column > 0 {
			s = fmt.Sprintf("%s:%d", s, p.Column)
		}
	}
	return s
}

// lastDay is the last day on which it holds, as people write it.
func (w *Waiver) lastDay() string { return w.Expires.Add(-time.Nanosecond).UTC().Format(time.DateOnly) }

func (w *waiver) covers(in *Input) bool {
	f := in.Finding
	return w.Gap == "" &&
		(w.rule == nil || w.rule.match(f.Rule)) &&
		(w.subject == nil || w.subject.match(f.Subject)) &&
		(w.path == nil || f.Location.Path != "" && w.path.match(f.Location.Path)) &&
		(w.fingerprint == nil || f.Fingerprint != "" && w.fingerprint.match(f.Fingerprint)) &&
		(w.advisory == nil || slices.ContainsFunc(f.Advisories, w.advisory.match)) &&
		(w.purl == nil || in.Component != nil && in.Component.PURL != "" && w.purl.match(in.Component.PURL))
}

// coversGap is covers for gaps. A gap of all rules is wider than a waiver for one.
func (w *waiver) coversGap(n *report.Notice) bool {
	return w.Gap != "" && w.Gap == n.Op &&
		(w.rule == nil || n.Rule != "" && w.rule.match(n.Rule)) &&
		(w.subject == nil || w.subject.match(n.Subject)) &&
		(w.path == nil || w.path.match(n.Path)) &&
		(w.purl == nil || w.purl.match(n.Path))
}

func (w *waiver) suppression() report.Suppression {
	return report.Suppression{Kind: report.Waived, Status: w.Status, Reason: w.Reason, Owner: w.Owner, Approver: w.Approver,
		Ticket: w.Ticket, Expires: w.Expires, Source: w.Source}
}
