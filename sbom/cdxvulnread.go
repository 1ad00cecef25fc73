package sbom

import (
	"cmp"
	"slices"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/merlonsec/merlon/report"
)

// findings reads a vulnerability: a finding for each component that it affects.
func (r *cdxReader) findings(v *cdx.Vulnerability) (out []*report.Finding) {
	base := report.Finding{Kind: report.KindDependency, Message: cmp.Or(v.Description, v.ID), Markdown: v.Detail, Rule: "sca/vulnerability"}
	if v.ID != "" {
		base.Advisories = []string{v.ID}
	}
	for _, ref := range each(v.References) {
		if ref.ID != "" && !slices.Contains(base.Advisories, ref.ID) {
			base.Advisories = append(base.Advisories, ref.ID)
		}
	}
	for _, x := range each(v.Ratings) {
		rating := report.Rating{Method: string(x.Method), Vector: x.Vector}
		rating.Severity, _ = report.ParseSeverity(string(x.Severity))
		if x.Source != nil {
			rating.Source = x.Source.Name
		}
		if x.Score != nil {
			rating.Score = *x.Score
		}
		base.Severity = max(base.Severity, rating.Severity)
		if rating.Source == "merlon" && rating.Method == "" {
			base.Severity = rating.Severity
			continue
		}
		base.Ratings = append(base.Ratings, rating)
	}
	base.CWEs = each(v.CWEs)
	for _, a := range each(v.Advisories) {
		base.Links = append(base.Links, report.Link{Kind: cmp.Or(a.Title, "advisory"), URL: a.URL})
	}
	base.Published, _ = time.Parse(time.RFC3339, v.Published)
	if s := readAnalysis(v.Analysis); s != nil {
		base.Suppressions = []report.Suppression{*s}
	}
	var rest []cdx.Property
	for _, p := range each(v.Properties) {
		if !ownFindingProperty(&base, p) {
			rest = append(rest, p)
		}
	}
	base.Props = props(rest)
	for _, a := range each(v.Affects) {
		c := r.byID[r.byRef[a.Ref]]
		if c == nil && a.Ref != r.rootRef {
			continue
		}
		f := base
		f.FixedIn = slices.Clone(base.FixedIn)
		if c != nil {
			f.Component = c.ID
			if len(c.Found) > 0 {
				f.Location = c.Found[0]
			}
		}
		for _, version := range each(a.Range) {
			if version.Status == cdx.VulnerabilityStatusNotAffected && version.Version != "" {
				f.FixedIn = append(f.FixedIn, version.Version)
			}
		}
		if len(out) > 0 {
			f.Fingerprint = "" // it is one finding's
		}
		out = append(out, &f)
	}
	return out
}

func ownFindingProperty(f *report.Finding, p cdx.Property) bool {
	switch p.Name {
	case propScanner:
		f.Scanner = p.Value
	case propRule:
		f.Rule = p.Value
	case propFingerprint:
		f.Fingerprint = p.Value
	case propNoFix:
		f.FixedIn = []string{}
	case propStatus:
		if len(f.Suppressions) > 0 {
			f.Suppressions[0].Status = report.Status(p.Value)
		}
	case propOwner:
		if len(f.Suppressions) > 0 {
			f.Suppressions[0].Owner = p.Value
		}
	default:
		return false
	}
	return true
}

func readAnalysis(a *cdx.VulnerabilityAnalysis) *report.Suppression {
	if a == nil || a.State == "" {
		return nil
	}
	s := &report.Suppression{Kind: report.VEX, Reason: a.Detail}
	switch a.State {
	case cdx.IASExploitable:
		s.Status = report.StatusAffected
	case cdx.IASFalsePositive:
		s.Status = report.StatusFalsePositive
	case cdx.IASNotAffected:
		s.Status = report.StatusNotAffected
	case cdx.IASResolved, cdx.IASResolvedWithPedigree:
		s.Status = report.StatusFixed
	case cdx.IASInTriage:
		s.Status = report.StatusUnderInvestigation
	}
	for _, p := range justifications() {
		if p[1] == string(a.Justification) {
			s.Justification = p[0]
		}
	}
	s.Created, _ = time.Parse(time.RFC3339, a.FirstIssued)
	return s
}
