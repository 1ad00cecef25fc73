package sbom

import (
	"cmp"
	"embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/report"
)

// A Document is an SBOM: the components of one subject with what its format
// says about the document itself. The components are those of a report and
// are shared with it, so whoever changes one changes a copy.
type Document struct {
	Subject    report.Subject
	Main       string // ID of the component that the document is about; empty: the subject itself, which is not among Components
	Components []*report.Component
	Findings   []*report.Finding // vulnerabilities with their VEX analysis, where the format has them
	Created    time.Time         // zero means not stated
	Tools      []string          // "name version"
	Authors    []string
	Serial     string // "urn:uuid:…"; empty: derived from the content when it is written
	Complete   bool   // it says itself that nothing is missing
	Props      report.Props
}

// FromReport returns the document about one subject of r; an empty name is its
// only subject. Its findings are those about dependencies. It is Complete if
// an inventory was made, of all of the subject, without a gap.
func FromReport(r *report.Report, subject string) (*Document, error) {
	s, err := pick(r, subject)
	if err != nil {
		return nil, err
	}
	d := &Document{Subject: *s}
	for _, c := range r.Components {
		if c.Subject == s.Name {
			d.Components = append(d.Components, c)
		}
	}
	slices.SortFunc(d.Components, func(a, b *report.Component) int { return strings.Compare(a.ID, b.ID) })
	for _, f := range r.Findings {
		if f.Subject == s.Name && f.Component != "" && (f.Kind == report.KindDependency || f.Kind == report.KindMalware) {
			d.Findings = append(d.Findings, f)
		}
	}
	slices.SortStableFunc(d.Findings, (*report.Finding).Compare)
	d.Created, d.Complete = inventoried(r, s.Name)
	tool := "merlon"
	if v := report.Version(); v != "(devel)" {
		tool += " " + v
	}
	d.Tools = []string{tool}
	return d, nil
}

func pick(r *report.Report, name string) (*report.Subject, error) {
	if r == nil {
		return nil, fmt.Errorf("document of subject %q: no report", name)
	}
	if name == "" && len(r.Subjects) != 1 {
		return nil, fmt.Errorf("the report has %d subjects: name one", len(r.Subjects))
	}
	for i := range r.Subjects {
		if name == "" || r.Subjects[i].Name == name {
			return &r.Subjects[i], nil
		}
	}
	return nil, fmt.Errorf("the report has no subject %q", name)
}

// inventoried says when the inventory of a subject was made and whether it is
// whole. Without a scan by this package it is that of whoever made components.
func inventoried(r *report.Report, subject string) (at time.Time, complete bool) {
	by := ""
	for _, s := range r.Scans {
		if s.Subject == subject && (s.Scanner == "sbom" || s.Scanner == "sca" && by != "sbom") {
			by = s.Scanner
		}
	}
	complete = by != ""
	for i := range r.Scans {
		s := &r.Scans[i]
		if s.Subject == subject && (s.Scanner == by || by == "") {
			if s.Started.After(at) {
				at = s.Started
			}
			complete = complete && len(s.Include)+len(s.Exclude) == 0
		}
	}
	for n := range r.Gaps() {
		if n.Subject == subject && (n.Scanner == by || n.Scanner == "") {
			complete = false
		}
	}
	return at, complete
}

// Report returns d as a report, so that scanners, gates and formats take it.
// Its scans are those that its findings name, at the time the document was made.
func (d *Document) Report() *report.Report {
	t := &report.Target{Subject: d.subject(), FS: embed.FS{}}
	c := report.NewCollector("sbom", t)
	rep, _ := d.inventory(c)
	reports := []*report.Report{rep}
	by := map[string][]*report.Finding{}
	for _, f := range d.Findings {
		g := *f
		name := cmp.Or(f.Scanner, "cyclonedx")
		by[name] = append(by[name], &g)
	}
	for name, findings := range by {
		c := report.NewCollector(name, t)
		c.Add(findings...)
		r, _ := c.Report()
		reports = append(reports, r)
	}
	for _, r := range reports {
		for i := range r.Scans {
			r.Scans[i].Started, r.Scans[i].Duration = d.Created, 0
		}
	}
	return report.Merge(reports...)
}

func (d *Document) subject() report.Subject {
	s := d.Subject
	s.Kind = cmp.Or(s.Kind, "document")
	s.Name = cmp.Or(s.Name, "document")
	return s
}

// inventory adds copies of the components to c, which owns what it is given.
func (d *Document) inventory(c *report.Collector) (*report.Report, error) {
	for _, p := range d.Components {
		q := *p
		q.DependsOn = slices.Clone(p.DependsOn)
		c.AddComponents(&q)
	}
	c.Examined("components", len(d.Components))
	if !d.Complete {
		c.Note(report.OpSkip, "", "the document does not say that it lists everything")
	}
	return c.Report()
}

// Target returns a target whose inventory is d: the sbom and sca scanners take
// it from there, the others have nothing to examine.
func (d *Document) Target() *report.Target {
	return &report.Target{Subject: d.subject(), FS: embed.FS{}, Origin: d}
}
