package sca

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sca/version"
)

const (
	maxDetails = 4 << 10 // bytes of an advisory's text in a finding
	maxLinks   = 30
	maxFixes   = 40 // fixed versions that are tried
)

// rules are what this package applies.
func rules() []report.Rule {
	return []report.Rule{
		{
			ID: "sca/vulnerability", Title: "Component with a known vulnerability", Kind: report.KindDependency, Confidence: report.ConfidenceHigh, CWEs: []int{1395},
			Help: "An advisory says that this version of the component has the flaw. Raise it to a fixed version; " +
				"where there is none, look for another component, or find out whether the flaw can be reached and write that down in a VEX statement.",
		},
		{
			ID: "sca/malware", Title: "Known-malicious component", Kind: report.KindMalware, Severity: report.Critical, Confidence: report.ConfidenceHigh, CWEs: []int{506},
			Help: "The component was published to do harm. Remove it, treat every machine that installed it as taken over, and change the secrets that were on them.",
		},
	}
}

// finding makes the finding about a flaw of a component, but for the path to
// it. Its second result says what of the records could not be read, and is no
// gap: the flaw is reported.
func (g *group) finding(q *question) (*report.Finding, []report.Notice) {
	c := q.component
	f := &report.Finding{
		Rule: "sca/vulnerability", Kind: report.KindDependency, Advisories: g.ids, Component: c.ID,
		CWEs: g.cwes(), Links: g.links(), Published: g.published(), Markdown: cut(g.hits[0].Details, maxDetails),
	}
	if len(c.Found) > 0 {
		f.Location = c.Found[0]
	}
	var notices []report.Notice
	for i := range g.hits {
		h := &g.hits[i]
		ratings, problems := h.ratings()
		f.Ratings = append(f.Ratings, ratings...)
		for _, err := range problems {
			notices = append(notices, report.Notice{Op: report.OpParse, Path: h.Origin, Message: fmt.Sprintf("record %s: %v: not counted", h.ID, err)})
		}
	}
	f.Severity = worst(f.Ratings)
	if tag := g.informational(); tag != "" {
		f.Tags = []string{tag}
		f.Severity = cmp.Or(f.Severity, report.Info)
	}
	f.FixedIn = g.fixedIn(&q.subject)
	if strings.HasPrefix(g.ids[0], "MAL-") {
		f.Rule, f.Kind, f.Severity = "sca/malware", report.KindMalware, report.Critical
	}
	f.Confidence = g.confidence(q)
	f.Message = g.message(c, f)
	if len(f.FixedIn) > 0 {
		f.Fixes = []report.Fix{upgrade(c, f.FixedIn[0])}
	}
	return f, notices
}

// confidence is the rule's, but for a module that only go.sum names, which
// may not be built, and for a distribution whose release is not known.
func (g *group) confidence(q *question) report.Confidence {
	var from string
	if json.Unmarshal(q.component.Props["merlon:go:from"], &from) == nil && from == "go.sum" {
		return report.ConfidenceLow
	}
	base, release := splitEcosystem(q.Ecosystem)
	if release == "" && familyOf(base) != languages {
		for _, a := range g.hits[0].affected {
			if _, of := splitEcosystem(a.Package.Ecosystem); of != "" {
				return report.ConfidenceLow
			}
		}
	}
	return report.ConfidenceUnknown // the rule's
}

func (g *group) message(c *report.Component, f *report.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s", c.Name, c.Version, g.ids[0])
	if s := g.summary(); s != "" {
		b.WriteString(" " + s)
	}
	switch {
	case f.Rule == "sca/malware":
		b.WriteString("; known to be malicious, remove it")
	case len(f.FixedIn) > 0:
		b.WriteString("; fixed in " + strings.Join(f.FixedIn, ", "))
	case f.FixedIn != nil:
		b.WriteString("; no fixed version is known")
	}
	return b.String()
}

// summary is one line about the flaw, of the first record that has one.
func (g *group) summary() string {
	for _, text := range [...]func(h *hit) string{func(h *hit) string { return h.Summary }, func(h *hit) string { return h.Details }} {
		for i := range g.hits {
			if line, _, _ := strings.Cut(strings.TrimSpace(text(&g.hits[i])), "\n"); line != "" {
				return cut(strings.TrimRight(strings.TrimLeft(line, "# "), " .\r"), 160)
			}
		}
	}
	return ""
}

// cut shortens text to at most n bytes, at a rune.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// fixedIn returns the versions after the component's that no record of the
// flaw calls affected, in order: none if some record says that there is no
// end, nil if none says where it ends.
func (g *group) fixedIn(s *subject) []string {
	var all []string
	open := false
	for _, h := range g.hits {
		for _, a := range h.affected {
			fixed, goesOn := a.fixes(s)
			all = append(all, fixed...)
			open = open || goesOn
		}
	}
	slices.SortStableFunc(all, func(a, b string) int {
		c, _ := version.Compare(s.Ecosystem, a, b)
		return cmp.Or(c, strings.Compare(a, b))
	})
	all = slices.Compact(all)
	var out []string
	for _, v := range all[:min(len(all), maxFixes)] {
		if !g.affects(&subject{s.Package, v}) {
			out = append(out, likeComponent(s, v))
		}
	}
	if len(out) == 0 && open {
		return []string{}
	}
	return out
}

// likeComponent writes a version as the component's is: Go's database leaves
// out the "v" without which the go command knows no version.
func likeComponent(s *subject, v string) string {
	if base, _ := splitEcosystem(s.Ecosystem); base == "Go" && strings.HasPrefix(s.version, "v") && !strings.HasPrefix(v, "v") {
		return "v" + v
	}
	return v
}

// affects reports whether any record of the flaw holds for a version.
func (g *group) affects(s *subject) bool {
	for _, h := range g.hits {
		for i := range h.Affected {
			a := &h.Affected[i]
			if !a.about(s) {
				continue
			}
			if in, err := a.holds(s); in || err != nil {
				return true
			}
		}
	}
	return false
}

func (g *group) cwes() []int {
	var out []int
	for _, h := range g.hits {
		specific := []json.RawMessage{h.DatabaseSpecific}
		for _, a := range h.affected {
			specific = append(specific, a.DatabaseSpecific)
		}
		for _, raw := range specific {
			var fields struct {
				IDs []string `json:"cwe_ids"`
			}
			if len(raw) == 0 || json.Unmarshal(raw, &fields) != nil {
				continue
			}
			for _, id := range fields.IDs {
				if n, err := strconv.Atoi(strings.TrimPrefix(id, "CWE-")); err == nil && n > 0 {
					out = append(out, n)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (g *group) links() []report.Link {
	var out []report.Link
	add := func(kind, url string) {
		web := strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://")
		if web && len(out) < maxLinks && !slices.ContainsFunc(out, func(l report.Link) bool { return l.URL == url }) {
			out = append(out, report.Link{Kind: kind, URL: url})
		}
	}
	for _, h := range g.hits {
		var fields struct {
			URL string `json:"url"`
		}
		if len(h.DatabaseSpecific) > 0 && json.Unmarshal(h.DatabaseSpecific, &fields) == nil {
			add("advisory", fields.URL)
		}
	}
	for _, h := range g.hits {
		for _, r := range h.References {
			add(strings.ToLower(r.Type), r.URL)
		}
	}
	return out
}

// published is when the flaw was first made known.
func (g *group) published() (first time.Time) {
	for _, h := range g.hits {
		if p := h.Published; !p.IsZero() && (first.IsZero() || p.Before(first)) {
			first = p
		}
	}
	return first
}

// informational is what RustSec calls an advisory that is no vulnerability in
// the strict sense ("unmaintained", "unsound", "notice"), if all records of the group are such.
func (g *group) informational() (tag string) {
	for _, h := range g.hits {
		var fields struct {
			Informational string `json:"informational"`
		}
		for _, a := range h.affected {
			if len(a.DatabaseSpecific) > 0 && json.Unmarshal(a.DatabaseSpecific, &fields) != nil {
				return ""
			}
		}
		if fields.Informational == "" {
			return ""
		}
		tag = fields.Informational
	}
	return tag
}
