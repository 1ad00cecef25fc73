package policy_test

import (
	"strings"
	"testing"

	"github.com/merlonsec/merlon/policy"
	"github.com/merlonsec/merlon/report"
)

func explain(g *policy.Gate, r *report.Report, f *report.Finding) string {
	var lines []string
	for _, x := range g.Explain(r, f) {
		lines = append(lines, x.Outcome.String()+" "+x.Message)
	}
	return strings.Join(lines, "\n")
}

func TestExplain(t *testing.T) {
	high := finding("sast/x", report.High, "a.go", 1)
	secret := with(high, func(f *report.Finding) { f.Kind, f.Rule, f.Fingerprint = report.KindSecret, "secrets/x", "s" })
	commented := with(high, func(f *report.Finding) {
		f.Fingerprint = "c"
		f.Suppressions = []report.Suppression{{Kind: report.InSource, Status: report.StatusFalsePositive, Reason: "a constant", Source: report.Location{Path: "a.go"}}}
	})
	for _, c := range []struct {
		name string
		o    policy.Options
		f    *report.Finding
		want string
	}{
		{"default", policy.Options{}, high, "fail severity: high sast/x in a.go:1; the clause is: severity ≥ high\npass exploited: not exploited\npass malware: not kind malware"},
		{"missing fact", policy.Options{Clauses: []policy.Clause{policy.Fail("c", policy.IsNew(), policy.IsReachable(), policy.AtLeast(report.Low))}}, high,
			"warn c: high sast/x in a.go:1: not known: baseline, reachability; the clause is: new and reachable and severity ≥ low"},
		{"false part", policy.Options{Clauses: []policy.Clause{policy.Fail("c", policy.IsNew(), policy.Not(policy.InPath("*.go")))}}, high, "pass c: path *.go"},
		{"waived", policy.Options{Clauses: []policy.Clause{policy.Fail("c")}, Waivers: []policy.Waiver{waiver(func(*policy.Waiver) {})}}, high,
			"pass suppressed: waiver, accepted by ana until 2026-06-30 (merlon.yaml:9:7): SEC-12\npass c: any finding is true, but it is suppressed"},
		{"expired", policy.Options{Clauses: []policy.Clause{policy.Fail("c")}, Waivers: []policy.Waiver{waiver(func(w *policy.Waiver) { w.Expires = now })}}, high,
			"fail c: high sast/x in a.go:1; the clause is: any finding\nwarn waivers: merlon.yaml:9:7, owner ana: expired on 2026-05-01"},
		{"powerless", policy.Options{Clauses: []policy.Clause{policy.Fail("c").NotWaivable()}, Waivers: []policy.Waiver{waiver(func(*policy.Waiver) {})}}, high,
			"fail c: high sast/x in a.go:1; the clause is: any finding\nwarn waivers: merlon.yaml:9:7, owner ana: it has no power over clauses that are not waivable"},
		{"comment", policy.Options{Clauses: []policy.Clause{policy.Fail("c")}}, commented,
			"pass suppressed: inSource, false_positive (a.go): a constant\npass c: any finding is true, but it is suppressed"},
		{"scope", policy.Options{Scope: []policy.Predicate{policy.IsKind(report.KindCode)}}, secret, "pass scope: no clause sees it: not kind code"},
		{"requirement", policy.Options{Clauses: []policy.Clause{policy.Require("r", policy.Ran("t"))}}, high, ""},
	} {
		g := mustNew(t, c.o)
		r := g.Judge(scanned(c.f), now)
		for _, f := range []*report.Finding{c.f, r.Findings[0]} {
			if got := explain(g, r, f); got != c.want {
				t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
			}
		}
	}
}

func TestExplainOfOthers(t *testing.T) {
	f := finding("sast/x", report.High, "a.go", 1)
	g, other := mustNew(t, policy.Options{}), mustNew(t, policy.Options{AllowIncomplete: true})
	judged := g.Judge(scanned(f), now)
	for _, c := range []struct {
		name string
		g    *policy.Gate
		r    *report.Report
		f    *report.Finding
		want string
	}{
		{"nothing", g, nil, f, ""},
		{"no finding", g, judged, nil, ""},
		{"not judged", g, scanned(f), f, "undecided the report was not judged by this gate"},
		{"other gate", other, judged, f, "undecided the report was not judged by this gate"},
		{"other finding", g, judged, finding("sast/x", report.High, "b.go", 1), "undecided the finding is not in the report"},
	} {
		if got := explain(c.g, c.r, c.f); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestInScope(t *testing.T) {
	in := finding("sast/x", report.Low, "web/a.go", 1)
	out := finding("sast/x", report.Low, "a.go", 1)
	waived := finding("sast/waived", report.Low, "web/b.go", 1)
	absent := with(in, func(f *report.Finding) { f.Fingerprint, f.Baseline = "a", report.BaselineAbsent })
	vain := with(in, func(f *report.Finding) {
		f.Fingerprint, f.Kind = "v", report.KindMalware
		f.Suppressions = []report.Suppression{{Kind: report.InSource, Status: report.StatusAccepted}}
	})
	g := mustNew(t, policy.Options{Scope: []policy.Predicate{policy.InPath("web/**")},
		Waivers: []policy.Waiver{waiver(func(w *policy.Waiver) { w.Rule = "sast/waived" })}})
	judged := g.Judge(scanned(in, out, waived, absent, vain), now)
	got := g.InScope(judged)
	if len(got.Findings) != 2 || got.Findings[0] != in || got.Findings[1] != vain || got.Verdict != judged.Verdict || len(judged.Findings) != 5 {
		t.Errorf("got %d findings of %d", len(got.Findings), len(judged.Findings))
	}
	if got := g.InScope(nil); got == nil || len(got.Findings) != 0 {
		t.Errorf("nil: got %+v", got)
	}
}
