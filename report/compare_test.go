package report_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/merlonsec/merlon/report"
)

// made is a report about subject x by scanner s.
func made(t *testing.T, findings ...*report.Finding) *report.Report {
	t.Helper()
	return run(t, report.NewTarget("x", fstest.MapFS{}), scanner(findings...))
}

func scanner(findings ...*report.Finding) report.Scanner {
	return scanFuncOf("s", func(c *report.Collector) {
		c.Rules(ruleX)
		for _, f := range findings {
			g := *f
			c.Add(&g)
		}
	})
}

func summary(ch report.Changes) string {
	var parts []string
	for _, c := range ch.All() {
		parts = append(parts, c.String())
	}
	return strings.Join(parts, "\n")
}

func TestCompare(t *testing.T) {
	vuln := func(component string, ids ...string) *report.Finding {
		return &report.Finding{Rule: "s/x", Component: component, Advisories: ids, Location: report.Location{Path: "lock"}}
	}
	worse := at("a", 1, "one")
	worse.Severity = report.Critical
	for _, c := range []struct {
		name          string
		before, after []*report.Finding
		want          string
		same          int
	}{
		{"nothing", nil, nil, "", 0},
		{"lines shift", []*report.Finding{at("a", 1, "one")}, []*report.Finding{at("a", 9, "one")}, "", 1},
		{"new and absent", []*report.Finding{at("a", 1, "one")}, []*report.Finding{at("a", 1, "two")}, "new high s/x in a:1\nabsent high s/x in a:1", 0},
		{"worse", []*report.Finding{at("a", 1, "one")}, []*report.Finding{worse}, "updated critical s/x in a:1 (severity)", 0},
		{"renamed", []*report.Finding{at("a", 1, "one")}, []*report.Finding{at("b", 3, "one")}, "updated high s/x in b:3 (path)", 0},
		{"copied: both could be the old one", []*report.Finding{at("a", 1, "one")}, []*report.Finding{at("b", 3, "one"), at("c", 3, "one")}, "new high s/x in b:3\nnew high s/x in c:3\nabsent high s/x in a:1", 0},
		{"twins that grow are all new", []*report.Finding{at("a", 1, "one"), at("a", 5, "one")}, []*report.Finding{at("a", 1, "one"), at("a", 3, "one"), at("a", 5, "one")}, "new high s/x in a:1\nnew high s/x in a:3\nnew high s/x in a:5", 0},
		{"twins that shrink", []*report.Finding{at("a", 1, "one"), at("a", 5, "one")}, []*report.Finding{at("a", 1, "one")}, "absent high s/x in a:5", 1},
		{"a new alias in front", []*report.Finding{vuln("c", "CVE-1")}, []*report.Finding{vuln("c", "GO-1", "CVE-1")}, "updated high s/x GO-1 in c (advisories)", 0},
		{"another component", []*report.Finding{vuln("c", "CVE-1")}, []*report.Finding{vuln("d", "CVE-1")}, "new high s/x CVE-1 in d\nabsent high s/x CVE-1 in c", 0},
	} {
		ch := report.Compare(made(t, c.before...), made(t, c.after...))
		if got := summary(ch); got != c.want || len(ch.Unchanged) != c.same {
			t.Errorf("%s: got\n%s\nwant\n%s\n(%d unchanged, want %d)", c.name, got, c.want, len(ch.Unchanged), c.same)
		}
	}
}

// What the later run may have missed is not fixed.
func TestAbsenceNeedsALook(t *testing.T) {
	before := made(t, at("dir/a", 1, "one"))
	target := func() *report.Target { return report.NewTarget("x", fstest.MapFS{}) }
	excluding, including, only := target(), target(), target()
	excluding.Exclude, including.Include, only.Only = []string{"dir"}, []string{"other/**"}, report.Lines{"z": nil}
	for name, c := range map[string]struct {
		after   *report.Report
		unknown bool
	}{
		"looked":               {run(t, target(), scanner()), false},
		"another gap":          {run(t, target(), gap("read", "other")), false},
		"gap in the file":      {run(t, target(), gap("read", "dir/a")), true},
		"gap in the directory": {run(t, target(), gap("read", "dir")), true},
		"gap everywhere":       {run(t, target(), gap("timeout", "")), true},
		"did not run":          {run(t, target()), true},
		"excluded":             {run(t, excluding, scanner()), true},
		"not included":         {run(t, including, scanner()), true},
		"some lines only":      {run(t, only, scanner()), true},
		"other rules":          {run(t, target(), scanFuncOf("s", func(c *report.Collector) { c.Rules(report.Rule{ID: "s/y"}) })), true},
		"no report":            {nil, true},
	} {
		ch := report.Compare(before, c.after)
		if got := len(ch.Unknown) == 1; got != c.unknown || len(ch.Absent)+len(ch.Unknown) != 1 {
			t.Errorf("%s: %d unknown, %d absent", name, len(ch.Unknown), len(ch.Absent))
		}
	}
}

func TestMarkBaseline(t *testing.T) {
	before, after := made(t, at("a", 1, "one")), made(t, at("a", 2, "one"), at("a", 3, "two"))
	was := toJSON(t, after)
	got := report.MarkBaseline(before, after)
	if got.Findings[0].Baseline != report.BaselineUnchanged || got.Findings[1].Baseline != report.BaselineNew {
		t.Errorf("got %v and %v", got.Findings[0].Baseline, got.Findings[1].Baseline)
	}
	if seen := got.Findings[0].FirstSeen; !seen.Equal(before.Scans[0].Started) {
		t.Errorf("first seen %v", seen)
	}
	if toJSON(t, after) != was {
		t.Error("MarkBaseline wrote to its input")
	}
}

func scanFuncOf(name string, fill func(*report.Collector)) report.Scanner {
	return collecting{name, fill}
}

func TestMerge(t *testing.T) {
	a := run(t, report.NewTarget("registry/shop", fstest.MapFS{}), find(3, 9))
	b := run(t, report.NewTarget("registry/billing", fstest.MapFS{}), find(3), gap("read", "z"))
	later, err := (&report.Runner{Now: func() time.Time { return time.Unix(2e9, 0) }}).Run(t.Context(), report.NewTarget("registry/shop", fstest.MapFS{}), find(4, 10))
	if err != nil {
		t.Fatal(err)
	}
	later.Findings[0].Suppressions = []report.Suppression{{Kind: report.Waived, Status: report.StatusAccepted}}
	list := []*report.Report{a, b, later, nil, a}
	was := toJSON(t, list)
	m := report.Merge(list...)
	if len(m.Findings) != 3 || len(m.Subjects) != 2 || m.Complete() {
		t.Errorf("%d findings, %d subjects, complete %v", len(m.Findings), len(m.Subjects), m.Complete())
	}
	if f := m.Findings[1]; f.Location.Region.Start.Line != 4 || len(f.Suppressions) != 1 {
		t.Errorf("the later finding with the suppressions of both: %s", toJSON(t, f))
	}
	for range 20 {
		rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		if got := report.Merge(list...); toJSON(t, got) != toJSON(t, m) {
			t.Fatal("the order of the arguments matters")
		}
	}
	list = []*report.Report{a, b, later, nil, a}
	if toJSON(t, list) != was {
		t.Error("Merge wrote to its input")
	}
	v1, v2 := *a, *later
	v1.Subjects, v2.Subjects = []report.Subject{{Name: "registry/shop", Version: "1"}}, []report.Subject{{Name: "registry/shop", Version: "2"}}
	if m := report.Merge(&v1, &v2); len(m.Subjects) != 1 || len(m.Notices) != 1 || m.Notices[0].Gap {
		t.Errorf("two versions: %s", toJSON(t, m.Notices))
	}
}

func TestMergeComponents(t *testing.T) {
	of := func(scope report.Scope, deps ...string) *report.Report {
		return run(t, report.NewTarget("x", fstest.MapFS{}), scanFuncOf("sbom", func(c *report.Collector) {
			c.AddComponents(&report.Component{PURL: "pkg:npm/a@1", Name: "a", Version: "1", Scope: scope, DependsOn: deps, Found: []report.Location{{Path: "lock"}}})
		}))
	}
	a, b := of(report.ScopeDev, "z", "y"), of(report.ScopeRuntime, "y", "x")
	was := toJSON(t, []*report.Report{a, b})
	m := report.Merge(a, b)
	if len(m.Components) != 1 {
		t.Fatalf("%d components", len(m.Components))
	}
	c := m.Components[0]
	if c.ID != "pkg:npm/a@1#lock" || c.Scope != report.ScopeRuntime || !slices.Equal(c.DependsOn, []string{"x", "y", "z"}) {
		t.Errorf("got %s", toJSON(t, c))
	}
	if toJSON(t, []*report.Report{a, b}) != was {
		t.Error("Merge wrote to its input")
	}
}

func TestCorrelate(t *testing.T) {
	by := func(name string, f *report.Finding) *report.Report {
		return run(t, report.NewTarget("x", fstest.MapFS{}), scanFuncOf(name, func(c *report.Collector) { c.Add(f) }))
	}
	sql := func(rule string, conf report.Confidence, cwe int) *report.Finding {
		f := at("a", 7, "q")
		f.Rule, f.Confidence, f.CWEs, f.Kind = rule, conf, []int{cwe}, report.KindCode
		return f
	}
	r := report.Merge(by("sast", sql("sast/sql", report.ConfidenceMedium, 89)), by("CodeQL", sql("go/sql-injection", report.ConfidenceHigh, 89)),
		by("other", sql("other/xss", report.ConfidenceHigh, 79)))
	was := toJSON(t, r)
	got := report.Correlate(r)
	if len(got.Findings) != 2 || toJSON(t, r) != was {
		t.Fatalf("%d findings, input changed: %v", len(got.Findings), toJSON(t, r) != was)
	}
	f := got.Findings[0]
	if f.Scanner != "CodeQL" || len(f.Witnesses) != 1 || f.Witnesses[0].Rule != "sast/sql" {
		t.Errorf("got %s", toJSON(t, f))
	}
	// An alias joins what each scanner calls by another id.
	dep := func(ids ...string) *report.Finding {
		return &report.Finding{Rule: "v", Component: "pkg:npm/a@1#lock", Advisories: ids, Location: report.Location{Path: "lock"}}
	}
	got = report.Correlate(report.Merge(by("sca", dep("GHSA-1", "CVE-1")), by("other", dep("CVE-1"))))
	if len(got.Findings) != 1 {
		t.Errorf("%d findings of one advisory", len(got.Findings))
	}
	// Two findings of one scanner are two.
	two := run(t, report.NewTarget("x", fstest.MapFS{}), scanner(sql("a", 0, 89), sql("b", 0, 89)))
	if got := report.Correlate(two); len(got.Findings) != 2 {
		t.Errorf("%d findings, want both", len(got.Findings))
	}
}
