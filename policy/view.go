package policy

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/merlonsec/merlon/report"
)

// A view shows the findings of one report to predicates.
type view struct {
	in       Input // of the finding looked at; one for all, since predicates must not keep it
	index    *report.Index
	subjects map[string]*report.Subject
}

func newView(r *report.Report, now time.Time) *view {
	v := &view{in: Input{Report: r, Now: now}, index: report.NewIndex(r), subjects: make(map[string]*report.Subject, len(r.Subjects))}
	for i := range r.Subjects {
		v.subjects[r.Subjects[i].Name] = &r.Subjects[i]
	}
	return v
}

// at returns the input for f, valid until the next call.
func (v *view) at(f *report.Finding) *Input {
	last := v.in.Finding
	v.in.Finding = f
	if last == nil || last.Rule != f.Rule || last.Scanner != f.Scanner {
		v.in.Rule = v.index.Rule(f)
	}
	if last == nil || last.Subject != f.Subject {
		v.in.Subject = v.subjects[f.Subject]
	}
	v.in.Component = v.index.Component(f)
	return &v.in
}

// headline says what a finding is and where, on one line:
// "high sast/sqlinjection in main.go:11",
// "critical CVE-2026-1 in pkg:npm/lodash@4.17.20 (package-lock.json:12)".
// In a report about several subjects it says which one.
func (v *view) headline(in *Input) string {
	f := in.Finding
	var b strings.Builder
	b.WriteString(cmp.Or(in.severity().String(), "unrated"))
	b.WriteByte(' ')
	if len(f.Advisories) > 0 {
		b.WriteString(f.Advisories[0])
	} else {
		b.WriteString(f.Rule)
	}
	at := cmp.Or(f.Location.Path, f.Location.URI)
	if line := f.Location.Region.Start.Line; line > 0 && at != "" {
		at = fmt.Sprintf("%s:%d", at, line)
	}
	what := f.Component
	if c := in.Component; c != nil {
		what = cmp.Or(c.PURL, strings.Trim(c.Name+"@"+c.Version, "@"), c.ID)
	}
	switch {
	case what != "" && at != "":
		b.WriteString(" in " + what + " (" + at + ")")
	case what != "" || at != "":
		b.WriteString(" in " + what + at)
	}
	if len(in.Report.Subjects) > 1 || what == "" && at == "" && f.Subject != "" {
		b.WriteString(" of " + f.Subject)
	}
	return b.String()
}
