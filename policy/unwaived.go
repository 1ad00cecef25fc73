package policy

import (
	"slices"

	"github.com/merlonsec/merlon/report"
)

// unwaived returns a copy of r without the waivers of an earlier judgement: the
// gate that judges decides, and a waiver makes no finding another one. Lists
// are the copy's own; findings are shared unless they change.
func unwaived(r *report.Report) *report.Report {
	if r == nil {
		return new(report.Report)
	}
	out := *r
	out.Findings = slices.Clone(r.Findings)
	for i, f := range out.Findings {
		if f != nil && slices.ContainsFunc(f.Suppressions, isWaiver) {
			c := *f
			c.Suppressions = withoutWaivers(f.Suppressions)
			out.Findings[i] = &c
		}
	}
	out.Notices = slices.Clone(r.Notices)
	for i := range out.Notices {
		n := &out.Notices[i]
		n.Suppressions = withoutWaivers(n.Suppressions)
	}
	return &out
}

func isWaiver(s report.Suppression) bool { return s.Kind == report.Waived }

// withoutWaivers returns list, or a copy of it if there are waivers in it.
func withoutWaivers(list []report.Suppression) []report.Suppression {
	if !slices.ContainsFunc(list, isWaiver) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), isWaiver)
}
