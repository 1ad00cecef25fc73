package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// headings are in the order in which people should read.
var headings = []struct {
	kind  Kind
	title string
}{
	{KindSecret, "Secrets"},
	{KindMalware, "Malware"},
	{KindCode, "Code"},
	{KindDependency, "Dependencies"},
	{KindConfig, "Configuration"},
	{KindDynamic, "Running program"},
	{KindLicense, "Licences"},
	{KindThreat, "Threats"},
	{KindEvent, "Events"},
	{"", "Other"},
}

// kindOrder is the place of a finding's heading.
func kindOrder(f *Finding) int {
	for i, h := range headings {
		if h.kind == f.Kind {
			return i
		}
	}
	return len(headings) - 1
}

// groupByKind orders findings by heading, and the worst first below each.
func groupByKind(list []*Finding) []*Finding {
	slices.SortStableFunc(list, func(f, g *Finding) int {
		return cmp.Or(cmp.Compare(kindOrder(f), kindOrder(g)), cmp.Compare(g.Severity, f.Severity))
	})
	return list
}

// heading introduces the findings of the first one's kind.
func (t *textWriter) heading(list []*Finding) {
	n := 1
	for n < len(list) && kindOrder(list[n]) == kindOrder(list[0]) {
		n++
	}
	t.line()
	t.line(t.paint(textBold, fmt.Sprintf("%s (%d)", headings[kindOrder(list[0])].title, n)))
}

// maxReasons is how many reasons are told.
const maxReasons = 10

// advise tells why the verdict is what it is, and what to do first.
func (t *textWriter) advise(r *Report) {
	if r.Verdict == nil || len(r.Verdict.Reasons) == 0 {
		return
	}
	reasons := r.Verdict.Reasons
	for i := range reasons[:min(len(reasons), maxReasons)] {
		reason := &reasons[i]
		t.line("  ", t.paint(outcomeColor(reason.Outcome), reason.Outcome.String()), ": ", oneLine(reason.Message))
	}
	if more := len(reasons) - maxReasons; more > 0 {
		t.line("  and ", plural(more, "more reason"))
	}
	t.line(t.paint(textBold, "First: "), oneLine(t.first(r, &reasons[0])))
}

// first is what to do about the worst reason.
func (t *textWriter) first(r *Report, worst *Reason) string {
	i := slices.IndexFunc(r.Findings, func(f *Finding) bool {
		return worst.Fingerprint != "" && f.Fingerprint == worst.Fingerprint && f.Subject == worst.Subject
	})
	if i < 0 {
		return strings.TrimPrefix(worst.Message, worst.Clause+": ")
	}
	f := r.Findings[i]
	where := cmp.Or(textPlace(&f.Location), logicalName(f), f.Subject)
	switch {
	case f.Kind == KindSecret:
		return "revoke the credential in " + where + ", then take it out of there: whoever has a copy has it"
	case len(f.Fixes) > 0 && f.Fixes[0].Title != "":
		return f.Fixes[0].Title + " (" + where + ")"
	}
	return "see " + where + ": " + cmp.Or(f.Message, t.index.Rule(f).Title)
}
