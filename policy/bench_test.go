package policy_test

import (
	"fmt"
	"testing"

	"github.com/merlonsec/merlon/policy"
	"github.com/merlonsec/merlon/report"
)

// twenty is a gate of twenty clauses of all kinds of which few hit.
func twenty() policy.Options {
	o := policy.Options{Clauses: []policy.Clause{
		policy.Fail("01", policy.IsExploited()).OnUnknown(report.Pass),
		policy.Fail("02", policy.IsKind(report.KindMalware)),
		policy.Fail("03", policy.AtLeast(report.Critical), policy.Sure(report.ConfidenceCertain)).OnUnknown(report.Pass),
		policy.Fail("04", policy.IsRule("sast/sqlinjection", "sast/commandinjection")),
		policy.Fail("05", policy.InPath("deploy/**")),
		policy.Fail("06", policy.InPath("**/secrets/*.go")),
		policy.Fail("07", policy.InSubject("registry/*")),
		policy.Fail("08", policy.HasCWE(89, 78)).OnUnknown(report.Pass),
		policy.Fail("09", policy.EPSS(0.5)).OnUnknown(report.Pass),
		policy.Fail("10", policy.IsReachable(), policy.AtLeast(report.High)).OnUnknown(report.Pass),
		policy.Fail("11", policy.IsComponent("pkg:npm/**")),
		policy.Fail("12", policy.InScopeOf(report.ScopeRuntime)),
		policy.Fail("13", policy.IsNew()).OnUnknown(report.Pass),
		policy.Fail("14", policy.IsRule("secrets/*"), policy.Not(policy.InPath("test/**"))),
		policy.Fail("15", policy.Or(policy.IsKind(report.KindSecret), policy.IsKind(report.KindLicense))),
		policy.Fail("16", policy.OnLines(report.Lines{"main.go": {{First: 1, Last: 2}}})),
		policy.Warn("17", policy.InPath("*.pem")),
		policy.Warn("18", policy.IsFixable(), policy.IsRule("sca/*")),
		policy.Warn("19", policy.AtLeast(report.Critical), policy.InPath("cmd/**/*.go")),
		policy.Warn("20", policy.HasControl(report.Control{Framework: "ASVS", ID: "V1.2.3"})).OnUnknown(report.Pass),
	}}
	return o
}

// plain is a report of dependency and code findings of which next to none matter.
func plain(n int) *report.Report {
	r := scanned()
	for i := range 200 {
		r.Components = append(r.Components, &report.Component{Subject: "shop", ID: fmt.Sprintf("c%d", i), PURL: fmt.Sprintf("pkg:golang/a/m%d@v1.0.0", i), Scope: report.ScopeDev})
	}
	for i := range 30 {
		r.Rules = append(r.Rules, report.Rule{ID: fmt.Sprintf("sast/r%d", i), Scanner: "t", CWEs: []int{22}})
	}
	for i := range n {
		f := finding(fmt.Sprintf("sast/r%d", i%30), report.Medium, fmt.Sprintf("internal/d%d/f%d.go", i/500, i/20), i%900+1)
		f.Confidence = report.ConfidenceMedium
		f.Baseline = report.BaselineUnchanged
		if i%2 == 0 {
			f.Kind, f.Component, f.FixedIn = report.KindDependency, fmt.Sprintf("c%d", i%200), []string{}
		}
		r.Findings = append(r.Findings, f)
	}
	r.Findings[n/2].Severity, r.Findings[n/2].Confidence = report.Critical, report.ConfidenceCertain
	return r
}

func benchmark(b *testing.B, r *report.Report, o policy.Options) {
	g := mustNew(b, o)
	b.ReportAllocs()
	for b.Loop() {
		g.Judge(r, now)
	}
}

func BenchmarkJudge10kBy20(b *testing.B)  { benchmark(b, plain(10_000), twenty()) }
func BenchmarkJudge100kBy20(b *testing.B) { benchmark(b, plain(100_000), twenty()) }

// Every other finding is a reason.
func BenchmarkJudge100kManyHits(b *testing.B) {
	r, _ := busy(100_000)
	r.Notices = nil
	benchmark(b, r, policy.Options{})
}

func BenchmarkJudge100kBaseline(b *testing.B) {
	benchmark(b, plain(100_000), policy.Options{Baseline: plain(100_000), Clauses: []policy.Clause{policy.Fail("new", policy.IsNew())}})
}
