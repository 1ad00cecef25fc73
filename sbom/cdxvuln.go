package sbom

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/merlonsec/merlon/report"
)

// Properties of a vulnerability for what CycloneDX has no field for.
const (
	propFingerprint = "merlon:fingerprint"
	propRule        = "merlon:rule"
	propScanner     = "merlon:scanner"
	propStatus      = "merlon:status" // of a suppression that CycloneDX has no state for: "accepted", "rejected"
	propOwner       = "merlon:owner"
	propNoFix       = "merlon:fixed" // "none": there is no version without the flaw
)

// vulnerability writes one finding: its analysis may differ from that of the
// same flaw in another component.
func (w *cdxWriter) vulnerability(f *report.Finding) cdx.Vulnerability {
	v := cdx.Vulnerability{
		BOMRef: cmp.Or(f.Fingerprint, "vulnerability:"+f.Component+":"+advisoryID(f)), ID: advisoryID(f),
		Description: f.Message, Detail: f.Markdown, Published: stamp(f.Published), Analysis: analysis(f.Suppressions),
	}
	for n := 2; w.refs[v.BOMRef]; n++ {
		v.BOMRef = fmt.Sprintf("%s#%d", strings.TrimSuffix(v.BOMRef, fmt.Sprintf("#%d", n-1)), n)
	}
	w.refs[v.BOMRef] = true
	if len(f.Advisories) > 1 {
		for _, id := range f.Advisories[1:] {
			v.References = appendTo(v.References, cdx.VulnerabilityReference{ID: id, Source: sourceOf(id)})
		}
	}
	v.Source = sourceOf(v.ID)
	v.Ratings = ratings(f)
	for _, id := range f.CWEs {
		if id > 0 {
			v.CWEs = appendTo(v.CWEs, id)
		}
	}
	for _, l := range f.Links {
		if l.URL != "" {
			v.Advisories = appendTo(v.Advisories, cdx.Advisory{Title: l.Kind, URL: l.URL})
		}
	}
	if len(f.FixedIn) > 0 {
		v.Recommendation = "Upgrade to " + strings.Join(f.FixedIn, " or ")
	}
	v.Affects = &[]cdx.Affects{w.affects(f)}
	add := func(name, value string) {
		if value != "" {
			v.Properties = appendTo(v.Properties, cdx.Property{Name: name, Value: value})
		}
	}
	add(propScanner, f.Scanner)
	add(propRule, f.Rule)
	add(propFingerprint, f.Fingerprint)
	if f.FixedIn != nil && len(f.FixedIn) == 0 {
		add(propNoFix, "none")
	}
	if s := first(f.Suppressions); s != nil {
		if s.Status == report.StatusAccepted || s.Status == report.StatusRejected {
			add(propStatus, string(s.Status))
		}
		add(propOwner, s.Owner)
	}
	v.Properties = appendTo(v.Properties, each(properties(f.Props))...)
	return v
}

func (w *cdxWriter) affects(f *report.Finding) cdx.Affects {
	a := cdx.Affects{Ref: f.Component}
	if v := w.versions[f.Component]; v != "" {
		a.Range = appendTo(a.Range, cdx.AffectedVersions{Version: v, Status: cdx.VulnerabilityStatusAffected})
	}
	for _, fixed := range f.FixedIn {
		if fixed != "" {
			a.Range = appendTo(a.Range, cdx.AffectedVersions{Version: fixed, Status: cdx.VulnerabilityStatusNotAffected})
		}
	}
	return a
}

// advisoryID is the canonical advisory, else the rule.
func advisoryID(f *report.Finding) string {
	if len(f.Advisories) > 0 {
		return f.Advisories[0]
	}
	return f.Rule
}

// sourceOf names the database that an id is of.
func sourceOf(id string) *cdx.Source {
	prefix, _, ok := strings.Cut(id, "-")
	switch {
	case !ok:
		return &cdx.Source{Name: "OSV"}
	case prefix == "CVE":
		return &cdx.Source{Name: "NVD", URL: "https://nvd.nist.gov/vuln/detail/" + id}
	case prefix == "GHSA":
		return &cdx.Source{Name: "GitHub Advisories", URL: "https://github.com/advisories/" + id}
	case prefix == "GO":
		return &cdx.Source{Name: "Go Vulnerability Database", URL: "https://pkg.go.dev/vuln/" + id}
	}
	return &cdx.Source{Name: "OSV", URL: "https://osv.dev/vulnerability/" + id}
}

func ratings(f *report.Finding) (list *[]cdx.VulnerabilityRating) {
	for _, r := range f.Ratings {
		out := cdx.VulnerabilityRating{Vector: r.Vector, Severity: severity(r.Severity)}
		if r.Source != "" {
			out.Source = &cdx.Source{Name: r.Source}
		}
		if r.Method != "" {
			out.Method = method(r.Method)
			out.Score = &r.Score
		}
		list = appendTo(list, out)
	}
	if own := severity(f.Severity); own != "" && !slices.ContainsFunc(f.Ratings, func(r report.Rating) bool { return r.Severity == f.Severity }) {
		list = appendTo(list, cdx.VulnerabilityRating{Source: &cdx.Source{Name: "merlon"}, Severity: own})
	}
	return list
}

func method(m string) cdx.ScoringMethod {
	switch m {
	case "CVSSv2", "CVSSv3", "CVSSv31", "CVSSv4", "OWASP", "SSVC":
		return cdx.ScoringMethod(m)
	}
	return cdx.ScoringMethodOther
}

func severity(s report.Severity) cdx.Severity {
	if s == report.Unrated {
		return ""
	}
	return cdx.Severity(s.String())
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// first returns the statement that the format has room for: one that
// suppresses before one that does not.
func first(list []report.Suppression) *report.Suppression {
	var found *report.Suppression
	for i := range list {
		s := &list[i]
		switch s.Status {
		case report.StatusAccepted, report.StatusFalsePositive, report.StatusNotAffected, report.StatusFixed:
			return s
		}
		if found == nil {
			found = s
		}
	}
	return found
}

// justifications pairs OpenVEX's labels with those of CycloneDX.
func justifications() [][2]string {
	return [][2]string{
		{"component_not_present", string(cdx.IAJRequiresDependency)},
		{"vulnerable_code_not_present", string(cdx.IAJCodeNotPresent)},
		{"vulnerable_code_not_in_execute_path", string(cdx.IAJCodeNotReachable)},
		{"vulnerable_code_cannot_be_controlled_by_adversary", string(cdx.IAJProtectedAtRuntime)},
		{"inline_mitigations_already_exist", string(cdx.IAJProtectedByMitigatingControl)},
	}
}

func analysis(list []report.Suppression) *cdx.VulnerabilityAnalysis {
	s := first(list)
	if s == nil {
		return nil
	}
	a := &cdx.VulnerabilityAnalysis{Detail: s.Reason, FirstIssued: stamp(s.Created)}
	switch s.Status {
	case report.StatusAccepted:
		a.State, a.Response = cdx.IASExploitable, &[]cdx.ImpactAnalysisResponse{cdx.IARWillNotFix}
	case report.StatusAffected, report.StatusRejected:
		a.State = cdx.IASExploitable
	case report.StatusFalsePositive:
		a.State = cdx.IASFalsePositive
	case report.StatusNotAffected:
		a.State = cdx.IASNotAffected
	case report.StatusFixed:
		a.State = cdx.IASResolved
	case report.StatusUnderInvestigation:
		a.State = cdx.IASInTriage
	}
	for _, p := range justifications() {
		if p[0] == s.Justification {
			a.Justification = cdx.ImpactAnalysisJustification(p[1])
		}
	}
	return a
}
