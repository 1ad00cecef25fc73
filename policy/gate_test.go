package policy

import (
	"strings"
	"testing"
	"time"

	"github.com/merlonsec/merlon/report"
)

func TestNewNamesEveryFault(t *testing.T) {
	at := func(line int) report.Location {
		return report.Location{Path: "merlon.yaml", Region: report.Region{Start: report.Position{Line: line, Column: 7}}}
	}
	_, err := New(Options{
		Clauses: []Clause{{}, Fail("a", AtLeast(0)), Fail("b"), Warn("b"), Require("c"), Require("d", Ran()), Require("e", Requirement{}),
			Require("f", DataWithin(-1)), Fail("complete"), Fail("g").OnUnknown(0), Fail("")},
		Scope:         []Predicate{IsRule("[")},
		LongestWaiver: -1,
		Waivers: []Waiver{
			{},
			{Rule: "[", Owner: "ana", Reason: "x", Expires: time.Unix(0, 0), Source: at(9)},
			{Rule: "x", Reason: "x", Expires: time.Unix(0, 0), Source: at(10)},
			{Gap: "limit", Advisory: "CVE-1", Owner: "ana", Reason: "x", Expires: time.Unix(0, 0), Source: at(11)},
			{Rule: "x", Owner: "ana", Reason: " ", Expires: time.Unix(0, 0), Status: report.StatusAffected, Source: at(12)},
		},
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"clause 1: no name", "clause a: AtLeast", "clause b: another one has the same name", "clause c: no requirement", "clause d: Ran: no scanner",
		"clause e: empty requirement", "clause f: DataWithin", `clause complete: the name "complete" is taken`, "clause g: OnUnknown", "clause 11: no name",
		`scope: IsRule: pattern "["`, "LongestWaiver", "waiver 1: lacks what it covers", "owner, reason, expires",
		`merlon.yaml:9:7: waiver: rule: pattern "["`, "merlon.yaml:10:7: waiver: lacks owner", "merlon.yaml:11:7: waiver: advisory: a gap has none",
		"merlon.yaml:12:7: waiver: lacks reason", `status "affected" does not suppress`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(err)
	}
}

func TestHash(t *testing.T) {
	expires := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	base := func() Options {
		return Options{
			Clauses: []Clause{Fail("a", IsRule("x", "y"), OnLines(report.Lines{"a": {{First: 1, Last: 2}}, "b": nil})), Require("r", Ran("sast"))},
			Scope:   []Predicate{IsNew()},
			Waivers: []Waiver{{Rule: "x", Owner: "ana", Reason: "y", Expires: expires}},
		}
	}
	hash := func(change func(*Options)) string {
		o := base()
		change(&o)
		g, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		return g.hash
	}
	want := hash(func(*Options) {})
	for name, change := range map[string]func(*Options){
		"again":          func(*Options) {},
		"place":          func(o *Options) { o.Waivers[0].Source.Path = "merlon.yaml" },
		"time zone":      func(o *Options) { o.Waivers[0].Expires = expires.In(time.FixedZone("x", 3600)) },
		"baseline":       func(o *Options) { o.Baseline = &report.Report{} },
		"source":         func(o *Options) { o.Source = "x" },
		"default status": func(o *Options) { o.Waivers[0].Status = report.StatusAccepted },
		"default life":   func(o *Options) { o.LongestWaiver = 180 * 24 * time.Hour },
	} {
		if got := hash(change); got != want {
			t.Errorf("%s: the hash changes", name)
		}
	}
	seen := map[string]string{want: "the gate itself"}
	for name, change := range map[string]func(*Options){
		"name": func(o *Options) { o.Clauses[1] = Require("s", Ran("sast")) },
		"glob": func(o *Options) {
			o.Clauses[0] = Fail("a", IsRule("x|y"), OnLines(report.Lines{"a": {{First: 1, Last: 2}}, "b": nil}))
		},
		"lines": func(o *Options) {
			o.Clauses[0] = Fail("a", IsRule("x", "y"), OnLines(report.Lines{"a": {{First: 1, Last: 3}}, "b": nil}))
		},
		"outcome": func(o *Options) {
			o.Clauses[0] = Warn("a", IsRule("x", "y"), OnLines(report.Lines{"a": {{First: 1, Last: 2}}, "b": nil}))
		},
		"unknown":    func(o *Options) { o.Clauses[0] = o.Clauses[0].OnUnknown(report.Fail) },
		"waivable":   func(o *Options) { o.Clauses[0] = o.Clauses[0].NotWaivable() },
		"demand":     func(o *Options) { o.Clauses[1] = Require("r", Examined("sast")) },
		"scope":      func(o *Options) { o.Scope = nil },
		"expires":    func(o *Options) { o.Waivers[0].Expires = expires.Add(1) },
		"incomplete": func(o *Options) { o.AllowIncomplete = true },
		"life":       func(o *Options) { o.LongestWaiver = time.Hour },
		"default":    func(o *Options) { o.Clauses = nil },
		"none":       func(o *Options) { o.Clauses = []Clause{} },
	} {
		h := hash(change)
		if was, dup := seen[h]; dup {
			t.Errorf("%s: the same hash as %s", name, was)
		}
		seen[h] = name
	}
}

func TestClauseString(t *testing.T) {
	for _, c := range []struct {
		c    Clause
		want string
	}{
		{Fail("a", IsNew(), AtLeast(report.High)), "fail a: new and severity ≥ high; unknown warns"},
		{Warn("b").OnUnknown(report.Pass).NotWaivable(), "warn b: any finding; unknown passes; not waivable"},
		{Require("c", Ran("sast", "sca"), DataWithin(48*time.Hour)), "fail c: require ran sast, sca and data within 2 days; unknown fails"},
	} {
		if got := c.c.String(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
