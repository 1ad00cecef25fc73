package gatefile

import (
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/merlonsec/merlon/policy"
	"github.com/merlonsec/merlon/report"
)

// waivers reads the key of that name.
func (r *reader) waivers(n *yaml.Node) {
	for _, item := range r.items(n, "waivers") {
		if w, ok := r.waiver(item); ok {
			r.file.Gate.Waivers = append(r.file.Gate.Waivers, w)
		}
	}
}

func (r *reader) waiver(n *yaml.Node) (w policy.Waiver, ok bool) {
	before := r.n
	w.Source = report.Location{Path: r.name, Region: report.Region{Start: report.Position{Line: n.Line, Column: n.Column}}}
	r.fields(n, "a waiver", map[string]field{
		"rule":        r.text(&w.Rule, "rule"),
		"advisory":    r.text(&w.Advisory, "advisory"),
		"path":        r.text(&w.Path, "path"),
		"purl":        r.text(&w.PURL, "purl"),
		"fingerprint": r.text(&w.Fingerprint, "fingerprint"),
		"subject":     r.text(&w.Subject, "subject"),
		"gap":         r.text(&w.Gap, "gap"),
		"owner":       r.text(&w.Owner, "owner"),
		"reason":      r.text(&w.Reason, "reason"),
		"ticket":      r.text(&w.Ticket, "ticket"),
		"approver":    r.text(&w.Approver, "approver"),
		"expires":     func(n *yaml.Node) { w.Expires = r.date(n) },
		"status": func(n *yaml.Node) {
			w.Status, _ = choice(r, n, "status", report.StatusAccepted, report.StatusFalsePositive, report.StatusNotAffected, report.StatusFixed)
		},
	})
	if r.n > before {
		return w, false
	}
	if err := w.Err(); err != nil {
		r.errorf(n, "waiver: %w", err)
		return w, false
	}
	return w, true
}

// date reads the last day on which a waiver holds, and returns the end of it, UTC.
func (r *reader) date(n *yaml.Node) time.Time {
	if n.Kind != yaml.ScalarNode {
		r.wrong(n, "expires", "a date")
		return time.Time{}
	}
	day, err := time.Parse(time.DateOnly, n.Value)
	if err != nil {
		r.errorf(n, "expires: a date is wanted, such as 2027-01-31, got %s", quote(n))
		return time.Time{}
	}
	return day.AddDate(0, 0, 1)
}
