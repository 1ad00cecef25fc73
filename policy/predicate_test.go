package policy

import (
	"strings"
	"testing"

	"github.com/merlonsec/merlon/report"
)

func TestPredicates(t *testing.T) {
	type F = report.Finding
	type in struct {
		f    F
		rule report.Rule
		c    *report.Component
		s    *report.Subject
	}
	kev := func(listed bool) report.Intel { return report.Intel{KEV: &report.KEV{Listed: listed}} }
	epss := report.Intel{EPSS: &report.EPSS{Score: 0.5}}
	at := func(path string, line int) report.Location {
		return report.Location{Path: path, Region: report.Region{Start: report.Position{Line: line}}}
	}
	layer := func(base bool) report.Location { return report.Location{Layer: &report.Layer{Base: base}} }
	asvs := report.Control{Framework: "ASVS", Version: "5.0", ID: "V1.2.3"}
	npm := &report.Component{PURL: "pkg:npm/lodash@4.17.20", Scope: report.ScopeDev}
	for _, c := range []struct {
		p    Predicate
		text string
		in   in
		want Truth
	}{
		{AtLeast(report.High), "severity ≥ high", in{f: F{Severity: report.Critical}}, True},
		{AtLeast(report.High), "severity ≥ high", in{f: F{Severity: report.Medium}}, False},
		{AtLeast(report.High), "severity ≥ high", in{}, Unknown},
		{AtLeast(report.Info), "severity ≥ info", in{}, Unknown},
		{AtLeast(report.High), "severity ≥ high", in{rule: report.Rule{Severity: report.High}}, True},
		{AtLeast(report.High), "severity ≥ high", in{f: F{Severity: report.Low}, rule: report.Rule{Severity: report.High}}, False},
		{Sure(report.ConfidenceMedium), "confidence ≥ medium", in{f: F{Confidence: report.ConfidenceHigh}}, True},
		{Sure(report.ConfidenceMedium), "confidence ≥ medium", in{f: F{Confidence: report.ConfidenceLow}}, False},
		{Sure(report.ConfidenceMedium), "confidence ≥ medium", in{}, Unknown},
		{IsNew(), "new", in{f: F{Baseline: report.BaselineNew}}, True},
		{IsNew(), "new", in{f: F{Baseline: report.BaselineUpdated}}, False},
		{IsNew(), "new", in{}, Unknown},
		{OnLines(report.Lines{"a": {{First: 3, Last: 5}}}), "on the lines that changed", in{f: F{Location: at("a", 4)}}, True},
		{OnLines(report.Lines{"a": {{First: 3, Last: 5}}}), "on the lines that changed", in{f: F{Location: at("a", 6)}}, False},
		{OnLines(report.Lines{"a": {{First: 3, Last: 5}}}), "on the lines that changed", in{f: F{Location: at("b", 4), Flows: []report.Flow{{{Location: at("a", 3)}}}}}, True},
		{OnLines(report.Lines{"a": nil}), "on the lines that changed", in{}, Unknown},
		{IsKind(report.KindSecret, report.KindCode), "kind secret|code", in{f: F{Kind: report.KindCode}}, True},
		{IsKind(report.KindSecret), "kind secret", in{f: F{Kind: report.KindCode}}, False},
		{IsKind(report.KindSecret), "kind secret", in{}, Unknown},
		{IsKind(report.KindSecret), "kind secret", in{rule: report.Rule{Kind: report.KindSecret}}, True},
		{IsRule("sast/*", "G101"), "rule sast/*|G101", in{f: F{Rule: "sast/x"}}, True},
		{IsRule("sast/*"), "rule sast/*", in{f: F{Rule: "secrets/x"}}, False},
		{InPath("web/**"), "path web/**", in{f: F{Location: at("web/a.js", 0)}}, True},
		{InPath("web/**"), "path web/**", in{f: F{Location: at("a.js", 0)}}, False},
		{InPath("**"), "path **", in{}, False},
		{InSubject("github.com/acme/**"), "subject github.com/acme/**", in{f: F{Subject: "github.com/acme/shop"}}, True},
		{InSubject("github.com/acme/**"), "subject github.com/acme/**", in{}, False},
		{IsComponent("pkg:npm/lodash"), "component pkg:npm/lodash", in{f: F{Component: "x"}, c: npm}, True},
		{IsComponent("pkg:npm/react"), "component pkg:npm/react", in{f: F{Component: "x"}, c: npm}, False},
		{IsComponent("pkg:npm/react"), "component pkg:npm/react", in{}, False},
		{IsComponent("pkg:npm/react"), "component pkg:npm/react", in{f: F{Component: "x"}}, Unknown},
		{IsComponent("pkg:npm/react"), "component pkg:npm/react", in{f: F{Component: "x"}, c: &report.Component{}}, Unknown},
		{InScopeOf(report.ScopeDev), "scope dev", in{f: F{Component: "x"}, c: npm}, True},
		{InScopeOf(report.ScopeRuntime, report.ScopeOptional), "scope runtime|optional", in{f: F{Component: "x"}, c: npm}, False},
		{InScopeOf(report.ScopeRuntime), "scope runtime", in{f: F{Component: "x"}, c: &report.Component{}}, Unknown},
		{InScopeOf(report.ScopeRuntime), "scope runtime", in{}, False},
		{InBaseImage(), "in the base image", in{f: F{Location: layer(true)}}, True},
		{InBaseImage(), "in the base image", in{f: F{Location: layer(false)}}, False},
		{InBaseImage(), "in the base image", in{f: F{Component: "x"}, c: &report.Component{Found: []report.Location{{}, layer(true)}}}, True},
		{InBaseImage(), "in the base image", in{s: &report.Subject{Kind: "repository"}}, False},
		{InBaseImage(), "in the base image", in{s: &report.Subject{Kind: "image"}}, Unknown},
		{InBaseImage(), "in the base image", in{}, Unknown},
		{HasCWE(89, 79), "CWE-89|CWE-79", in{f: F{CWEs: []int{20, 79}}}, True},
		{HasCWE(89), "CWE-89", in{f: F{CWEs: []int{20}}}, False},
		{HasCWE(89), "CWE-89", in{rule: report.Rule{CWEs: []int{89}}}, True},
		{HasCWE(89), "CWE-89", in{}, Unknown},
		{HasControl(asvs), "control ASVS 5.0 V1.2.3", in{f: F{Controls: []report.Control{asvs}}}, True},
		{HasControl(report.Control{Framework: "ASVS", ID: "V1.2.3"}), "control ASVS V1.2.3", in{rule: report.Rule{Controls: []report.Control{asvs}}}, True},
		{HasControl(report.Control{Framework: "ASVS", Version: "4.0", ID: "V1.2.3"}), "control ASVS 4.0 V1.2.3", in{f: F{Controls: []report.Control{asvs}}}, False},
		{HasControl(asvs), "control ASVS 5.0 V1.2.3", in{}, Unknown},
		{IsExploited(), "exploited", in{f: F{Intel: kev(true)}}, True},
		{IsExploited(), "exploited", in{f: F{Intel: kev(false), Advisories: []string{"CVE-2026-1"}}}, False},
		{IsExploited(), "exploited", in{f: F{Advisories: []string{"CVE-2026-1"}}}, Unknown},
		{IsExploited(), "exploited", in{f: F{Kind: report.KindDependency}}, Unknown},
		{IsExploited(), "exploited", in{f: F{Kind: report.KindSecret}}, False},
		{EPSS(0.5), "EPSS ≥ 0.5", in{f: F{Intel: epss}}, True},
		{EPSS(0.51), "EPSS ≥ 0.51", in{f: F{Intel: epss}}, False},
		{EPSS(0.5), "EPSS ≥ 0.5", in{f: F{Advisories: []string{"CVE-2026-1"}}}, Unknown},
		{EPSS(0.5), "EPSS ≥ 0.5", in{f: F{Kind: report.KindCode}}, False},
		{IsReachable(), "reachable", in{f: F{Reach: report.Reach{State: report.Reachable}}}, True},
		{IsReachable(), "reachable", in{f: F{Reach: report.Reach{State: report.NotReachable}}}, False},
		{IsReachable(), "reachable", in{}, Unknown},
		{IsFixable(), "fixable", in{f: F{FixedIn: []string{"1.2"}}}, True},
		{IsFixable(), "fixable", in{f: F{FixedIn: []string{}}}, False},
		{IsFixable(), "fixable", in{f: F{Kind: report.KindDependency}}, Unknown},
		{IsFixable(), "fixable", in{f: F{Kind: report.KindDependency, Fixes: []report.Fix{{ID: "x"}}}}, True},
		{IsFixable(), "fixable", in{f: F{Kind: report.KindSecret}}, True},
		{Not(IsFixable()), "not fixable", in{f: F{FixedIn: []string{}}}, True},
		{Not(And(IsNew(), IsFixable())), "not (new and fixable)", in{f: F{FixedIn: []string{}}}, True},
		{Or(And(IsNew(), AtLeast(report.Low)), Not(IsFixable())), "(new and severity ≥ low) or not fixable", in{f: F{Kind: report.KindCode}}, Unknown},
	} {
		if err := c.p.Err(); err != nil {
			t.Errorf("%v: %v", c.p, err)
		}
		if got := c.p.String(); got != c.text {
			t.Errorf("got text %q, want %q", got, c.text)
		}
		i := Input{Report: &report.Report{}, Finding: &c.in.f, Rule: &c.in.rule, Component: c.in.c, Subject: c.in.s}
		if got := c.p.eval(&i); got != c.want {
			t.Errorf("%v of %+v: got %v, want %v", c.p, c.in.f, got, c.want)
		}
		if c.want == Unknown && c.p.missing(&i) == "" {
			t.Errorf("%v of %+v: no fact is missing", c.p, c.in.f)
		}
	}
}

func TestMalformedPredicates(t *testing.T) {
	for want, p := range map[string]Predicate{
		"empty predicate":          {},
		"AtLeast":                  AtLeast(report.Unrated),
		"is no severity":           AtLeast(77),
		"Sure":                     Sure(0),
		"OnLines: nil":             OnLines(nil),
		"IsKind: no kind":          IsKind(),
		`IsKind: unknown kind "x`:  IsKind("x"),
		"IsRule: no pattern":       IsRule(),
		`IsRule: pattern "["`:      IsRule("sast/*", "["),
		"InPath: pattern":          InPath(""),
		"InSubject: no":            InSubject(),
		"IsComponent: pattern":     IsComponent("lodash"),
		"InScopeOf: no":            InScopeOf(),
		`InScopeOf: unknown scope`: InScopeOf("x"),
		"HasCWE":                   HasCWE(0),
		"HasCWE: ":                 HasCWE(),
		"HasControl":               HasControl(report.Control{ID: "x"}),
		"EPSS":                     EPSS(1.5),
		"EPSS: ":                   EPSS(0),
		"Func: no name":            Func(" ", func(*Input) Truth { return True }),
		"Func x: no function":      Func("x", nil),
		"not: empty predicate":     Not(Predicate{}),
		"and of nothing":           And(),
		"or of nothing":            Or(),
		"and: or: IsRule":          And(IsNew(), Or(IsNew(), IsRule())),
	} {
		if err := p.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		if _, err := New(Options{Clauses: []Clause{Fail("x", p)}}); err == nil || !strings.Contains(err.Error(), "clause x: ") {
			t.Errorf("%s: New: got %v", want, err)
		}
	}
}

// An answer must not change with what the caller does to its arguments later.
func TestPredicatesKeepNoArguments(t *testing.T) {
	lines := report.Lines{"a": {{First: 1, Last: 2}}}
	kinds := []report.Kind{report.KindCode}
	parts := []Predicate{OnLines(lines), IsKind(kinds...)}
	p := And(parts...)
	parts[0], kinds[0], lines["a"][0] = Predicate{}, report.KindSecret, report.LineRange{First: 9, Last: 9}
	f := report.Finding{Kind: report.KindCode, Location: report.Location{Path: "a", Region: report.Region{Start: report.Position{Line: 1}}}}
	if got := p.eval(&Input{Finding: &f, Rule: &report.Rule{}}); got != True {
		t.Errorf("got %v", got)
	}
}
