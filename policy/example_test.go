package policy_test

import (
	"fmt"
	"time"

	"github.com/merlonsec/merlon/policy"
	"github.com/merlonsec/merlon/report"
)

// small is a report by hand; scanners make real ones.
func small() *report.Report {
	return &report.Report{
		Scans: []report.Scan{{Subject: "shop", Scanner: "sast"}},
		Findings: []*report.Finding{
			{Subject: "shop", Scanner: "sast", Rule: "sast/sqlinjection", Kind: report.KindCode, Severity: report.High, Fingerprint: "merlon/v1:11",
				Location: report.Location{Path: "legacy/main.go", Region: report.Region{Start: report.Position{Line: 11}}}},
			{Subject: "shop", Scanner: "sast", Rule: "sast/weakhash", Kind: report.KindCode, Severity: report.Medium, Fingerprint: "merlon/v1:22",
				Location: report.Location{Path: "main.go", Region: report.Region{Start: report.Position{Line: 40}}}},
		},
	}
}

func Example() {
	gate, err := policy.New(policy.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	rep := gate.Judge(small(), time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC))
	fmt.Println(rep.Verdict)
	fmt.Println("exit code", rep.Verdict.ExitCode())
	// Output:
	// fail: severity: high sast/sqlinjection in legacy/main.go:11
	// exit code 1
}

// A waiver has an owner, a reason and an end. What it covers stays in the report.
func ExampleWaiver() {
	gate, err := policy.New(policy.Options{Waivers: []policy.Waiver{{
		Rule: "sast/sqlinjection", Path: "legacy/**", Owner: "ana", Reason: "removed in June, see SEC-12",
		Expires: time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC),
	}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, month := range []time.Month{time.May, time.July} {
		rep := gate.Judge(small(), time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC))
		fmt.Println(month, rep.Verdict.Outcome, rep.Verdict.Waivers[0].State)
		for _, r := range rep.Verdict.Reasons {
			fmt.Println(" ", r.Message)
		}
	}
	// Output:
	// May pass used
	// July fail expired
	//   severity: high sast/sqlinjection in legacy/main.go:11
	//   waivers: waiver 1, owner ana (rule sast/sqlinjection, path legacy/**): expired on 2026-06-29; 1 finding counts
}

// Why did this finding count, and that one not?
func ExampleGate_Explain() {
	gate, err := policy.New(policy.Options{Clauses: []policy.Clause{
		policy.Fail("new-high", policy.IsNew(), policy.AtLeast(report.High)),
		policy.Warn("hashes", policy.IsRule("sast/weak*"), policy.Not(policy.InPath("test/**"))),
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	rep := gate.Judge(small(), time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC))
	for _, f := range rep.Findings {
		for _, r := range gate.Explain(rep, f) {
			fmt.Println(r.Outcome, r.Message)
		}
	}
	// Output:
	// warn new-high: high sast/sqlinjection in legacy/main.go:11: not known: baseline; the clause is: new and severity ≥ high
	// pass hashes: not rule sast/weak*
	// warn hashes: medium sast/weakhash in main.go:40; the clause is: rule sast/weak* and not path test/**
	// pass new-high: not severity ≥ high
}

// What a gate asks of the evidence fails where the evidence is missing.
func ExampleRequire() {
	gate, err := policy.New(policy.Options{Clauses: []policy.Clause{
		policy.Require("looked", policy.Ran("sast", "secrets"), policy.DataWithin(48*time.Hour)),
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	rep := gate.Judge(small(), time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC))
	for _, r := range rep.Verdict.Reasons {
		fmt.Println(r.Outcome, r.Message)
	}
	// Output:
	// fail looked: no scan names a database
	// fail looked: secrets did not run
}

// A question of one's own answers Unknown where a fact is missing.
func ExampleFunc() {
	orphan := policy.Func("has no owner", func(in *policy.Input) policy.Truth {
		if in.Finding.Owners == nil {
			return policy.Unknown
		}
		if len(in.Finding.Owners) == 0 {
			return policy.True
		}
		return policy.False
	})
	fmt.Println(policy.Warn("orphan", orphan, policy.AtLeast(report.Medium)))
	// Output: warn orphan: has no owner and severity ≥ medium; unknown warns
}
