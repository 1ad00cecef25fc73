package policy_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/merlonsec/merlon/policy"
	"github.com/merlonsec/merlon/report"
)

var now = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

func finding(rule string, s report.Severity, path string, line int) *report.Finding {
	return &report.Finding{Subject: "shop", Scanner: "t", Rule: rule, Severity: s, Kind: report.KindCode,
		Fingerprint: fmt.Sprintf("merlon/v1:%s/%s/%d", rule, path, line),
		Location:    report.Location{Path: path, Region: report.Region{Start: report.Position{Line: line}}}}
}

func scanned(findings ...*report.Finding) *report.Report {
	return &report.Report{Subjects: []report.Subject{{Name: "shop"}}, Scans: []report.Scan{{Subject: "shop", Scanner: "t"}}, Findings: findings}
}

func mustNew(t testing.TB, o policy.Options) *policy.Gate {
	t.Helper()
	g, err := policy.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func text(v *report.Verdict) string {
	lines := []string{v.Outcome.String()}
	for _, r := range v.Reasons {
		lines = append(lines, r.Outcome.String()+" "+r.Message)
	}
	return strings.Join(lines, "\n")
}

// with changes a copy of f.
func with(f *report.Finding, change func(*report.Finding)) *report.Finding {
	g := *f
	change(&g)
	return &g
}

func TestVerdicts(t *testing.T) {
	sql := finding("sast/sqlinjection", report.High, "main.go", 11)
	vuln := &report.Finding{Subject: "shop", Scanner: "t", Rule: "sca/vulnerability", Severity: report.Medium, Kind: report.KindDependency,
		Fingerprint: "f", Component: "c", Advisories: []string{"CVE-2026-1"}, Location: report.Location{Path: "package-lock.json"}}
	withVuln := func(f *report.Finding) *report.Report {
		r := scanned(f)
		r.Components = []*report.Component{{Subject: "shop", ID: "c", PURL: "pkg:npm/lodash@4.17.20"}}
		return r
	}
	gaps := func(n int) *report.Report {
		r := scanned()
		for i := range n {
			r.Notices = append(r.Notices, report.Notice{Subject: "shop", Scanner: "t", Op: report.OpRead, Path: fmt.Sprintf("f%02d", i), Gap: true, Message: "permission denied"})
		}
		r.Notices = append(r.Notices, report.Notice{Subject: "shop", Scanner: "t", Op: report.OpSkip, Message: "a note"})
		return r
	}
	high := []policy.Clause{policy.Fail("high", policy.AtLeast(report.High))}
	for _, c := range []struct {
		name string
		o    policy.Options
		r    *report.Report
		want string
	}{
		{"clean", policy.Options{}, scanned(), "pass"},
		{"nothing scanned", policy.Options{}, &report.Report{}, "fail\nfail complete: nothing was scanned"},
		{"no report", policy.Options{AllowIncomplete: true}, nil, "fail\nfail complete: nothing was scanned"},
		{"high", policy.Options{}, scanned(sql), "fail\nfail severity: high sast/sqlinjection in main.go:11"},
		{"medium", policy.Options{}, scanned(finding("sast/x", report.Medium, "a", 1)), "pass"},
		{"unrated", policy.Options{}, scanned(finding("sast/x", 0, "a", 1)), "warn\nwarn severity: unrated sast/x in a:1: not known: severity"},
		{"worst first", policy.Options{}, scanned(finding("x", report.High, "a", 1), finding("x", report.Critical, "z", 1), finding("x", report.High, "a", 0)),
			"fail\nfail severity: critical x in z:1\nfail severity: high x in a\nfail severity: high x in a:1"},
		{"KEV not looked up", policy.Options{}, withVuln(vuln),
			"warn\nwarn exploited: medium CVE-2026-1 in pkg:npm/lodash@4.17.20 (package-lock.json): not known: catalogue of exploited flaws (KEV)"},
		{"exploited", policy.Options{}, withVuln(with(vuln, func(f *report.Finding) { f.Intel.KEV = &report.KEV{Listed: true} })),
			"fail\nfail exploited: medium CVE-2026-1 in pkg:npm/lodash@4.17.20 (package-lock.json)"},
		{"not exploited", policy.Options{}, withVuln(with(vuln, func(f *report.Finding) { f.Intel.KEV = &report.KEV{} })), "pass"},
		{"malware", policy.Options{}, scanned(with(sql, func(f *report.Finding) { f.Kind, f.Severity = report.KindMalware, report.Low })),
			"fail\nfail malware: low sast/sqlinjection in main.go:11"},
		{"gap", policy.Options{}, gaps(1), "fail\nfail complete: t: read f00: permission denied"},
		{"gap allowed", policy.Options{AllowIncomplete: true}, gaps(1), "warn\nwarn complete: t: read f00: permission denied"},
		{"gap waived", policy.Options{Waivers: []policy.Waiver{{Gap: "read", Path: "f*", Owner: "ana", Reason: "x", Expires: now.Add(day)}}}, gaps(3), "pass"},
		{"other gap waived", policy.Options{Waivers: []policy.Waiver{{Gap: "limit", Owner: "ana", Reason: "x", Expires: now.Add(day)}}}, gaps(1),
			"fail\nfail complete: t: read f00: permission denied"},
		{"no clauses", policy.Options{Clauses: []policy.Clause{}}, scanned(sql), "pass"},
		{"no clauses, but a gap", policy.Options{Clauses: []policy.Clause{}}, gaps(1), "fail\nfail complete: t: read f00: permission denied"},
		{"unknown fails", policy.Options{Clauses: []policy.Clause{high[0].OnUnknown(report.Fail)}}, scanned(finding("x", 0, "a", 1), finding("x", 0, "b", 1)),
			"fail\nfail high: unrated x in a:1: not known: severity\nfail high: unrated x in b:1: not known: severity"},
		{"unknown passes", policy.Options{Clauses: []policy.Clause{high[0].OnUnknown(report.Pass)}}, scanned(finding("x", 0, "a", 1)), "pass"},
		{"unknown is folded", policy.Options{Clauses: high}, scanned(finding("x", 0, "b", 1), finding("x", 0, "a", 1), finding("x", report.High, "c", 1)),
			"fail\nfail high: high x in c:1\nwarn high: not known for 2 findings: severity; first unrated x in a:1"},
		{"new is unknown without a baseline", policy.Options{Clauses: []policy.Clause{policy.Fail("new", policy.IsNew(), policy.AtLeast(report.High))}}, scanned(sql),
			"warn\nwarn new: high sast/sqlinjection in main.go:11: not known: baseline"},
		{"new", policy.Options{Clauses: []policy.Clause{policy.Fail("new", policy.IsNew())}, Baseline: scanned(finding("x", report.High, "a", 1))},
			scanned(finding("x", report.High, "a", 1), finding("x", report.High, "b", 1)), "fail\nfail new: high x in b:1"},
		{"no longer there", policy.Options{}, scanned(with(sql, func(f *report.Finding) { f.Baseline = report.BaselineAbsent })), "pass"},
		{"out of scope", policy.Options{Scope: []policy.Predicate{policy.InPath("web/**")}}, scanned(sql), "pass"},
		{"may be in scope", policy.Options{Scope: []policy.Predicate{policy.IsNew()}}, scanned(sql), "fail\nfail severity: high sast/sqlinjection in main.go:11"},
		{"suppressed in the source", policy.Options{}, scanned(with(sql, func(f *report.Finding) {
			f.Suppressions = []report.Suppression{{Kind: report.InSource, Status: report.StatusAccepted}}
		})), "pass"},
		{"suppressed in the source, not waivable", policy.Options{Clauses: []policy.Clause{high[0].NotWaivable()}}, scanned(with(sql, func(f *report.Finding) {
			f.Suppressions = []report.Suppression{{Kind: report.InSource, Status: report.StatusAccepted}}
		})), "fail\nfail high: high sast/sqlinjection in main.go:11 (suppressed, but the clause is not waivable)"},
		{"waiver of an earlier judgement", policy.Options{}, scanned(with(sql, func(f *report.Finding) {
			f.Suppressions = []report.Suppression{{Kind: report.Waived, Status: report.StatusAccepted}}
		})), "fail\nfail severity: high sast/sqlinjection in main.go:11"},
		{"secret of the baseline", policy.Options{Clauses: []policy.Clause{policy.Fail("new-high", policy.IsNew(), policy.AtLeast(report.High))}},
			scanned(with(sql, func(f *report.Finding) { f.Kind, f.Baseline = report.KindSecret, report.BaselineUnchanged })),
			"warn\nwarn baseline: 1 finding of secrets or malware not counted for not being new; first high sast/sqlinjection in main.go:11"},
		{"low secret of the baseline", policy.Options{Clauses: []policy.Clause{policy.Fail("new-high", policy.IsNew(), policy.AtLeast(report.High))}},
			scanned(with(sql, func(f *report.Finding) {
				f.Kind, f.Severity, f.Baseline = report.KindSecret, report.Low, report.BaselineUnchanged
			})), "pass"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := mustNew(t, c.o).Judge(c.r, now).Verdict
			if got := text(v); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if !v.At.Equal(now) || v.Gate == "" || v.Source == "" {
				t.Errorf("got %+v", v)
			}
			if got := v.ExitCode() == 1; got != strings.HasPrefix(c.want, "fail") {
				t.Errorf("exit code %d", v.ExitCode())
			}
		})
	}
	v := mustNew(t, policy.Options{}).Judge(gaps(14), now).Verdict
	if n := len(v.Reasons); n != 11 || v.Reasons[10].Message != "complete: and 4 more gaps (t 4)" || v.Reasons[9].Message != "complete: t: read f09: permission denied" {
		t.Errorf("many gaps:\n%s", text(v))
	}
}

func TestRequirements(t *testing.T) {
	r := scanned()
	r.Scans = []report.Scan{
		{Subject: "shop", Scanner: "sast", Examined: map[string]int{"packages": 3}},
		{Subject: "shop", Scanner: "sca", Data: []report.Data{{Name: "osv", Modified: now.Add(-3 * day)}}},
		{Subject: "image", Scanner: "secrets", Examined: map[string]int{"files": 0}, Data: []report.Data{{Name: "words"}}},
	}
	r.Notices = []report.Notice{{Subject: "image", Scanner: "secrets", Op: "read", Path: "a", Gap: true, Message: "no"}}
	for _, c := range []struct {
		q    policy.Requirement
		want []string
	}{
		{policy.Ran("sast", "sca"), nil},
		{policy.Ran("sast", "container"), []string{"q: container did not run"}},
		{policy.Ran("secrets"), []string{"q: secrets left 1 gap: secrets: read a: no"}},
		{policy.Examined("sast"), nil},
		{policy.Examined("sca", "secrets", "x"), []string{"q: sca examined nothing", "q: secrets examined nothing", "q: x examined nothing"}},
		{policy.DataWithin(7 * day), []string{"q: the age of database words is not known"}},
		{policy.DataWithin(2 * day), []string{"q: database osv is of 2026-04-28, older than 2 days", "q: the age of database words is not known"}},
	} {
		v := mustNew(t, policy.Options{Clauses: []policy.Clause{policy.Require("q", c.q)}, AllowIncomplete: true}).Judge(r, now).Verdict
		var got []string
		for _, reason := range v.Reasons {
			if reason.Outcome == report.Fail {
				got = append(got, reason.Message)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: got %q, want %q", c.q, got, c.want)
		}
	}
	o := policy.Options{Clauses: []policy.Clause{policy.Require("q", policy.DataWithin(day))}}
	if got, want := text(mustNew(t, o).Judge(scanned(), now).Verdict), "fail\nfail q: no scan names a database"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	o = policy.Options{Clauses: []policy.Clause{policy.Require("q", policy.Ran("secrets"))}, Waivers: []policy.Waiver{
		{Gap: "read", Subject: "image", Owner: "ana", Reason: "x", Expires: now.Add(day)}}}
	if got := text(mustNew(t, o).Judge(r, now).Verdict); got != "pass" {
		t.Errorf("a gap that is accepted: got %s", got)
	}
}

// Judge must not write to its input, nor to what it shares with it.
func TestJudgeDoesNotWrite(t *testing.T) {
	r := scanned(finding("a", report.High, "x", 1), finding("b", report.Critical, "y", 2))
	r.Findings[1].Suppressions = make([]report.Suppression, 1, 8) // room that an append could write to
	r.Findings[1].Suppressions[0] = report.Suppression{Kind: report.Waived, Status: report.StatusAccepted, Owner: "old"}
	r.Notices = []report.Notice{{Subject: "shop", Scanner: "t", Op: "read", Gap: true, Suppressions: make([]report.Suppression, 0, 8)}}
	r.Verdict = &report.Verdict{Outcome: report.Pass}
	r.Scans[0].Exclude = []string{"z", "a"}
	base := scanned(finding("a", report.High, "x", 1))
	o := policy.Options{Baseline: base, Waivers: []policy.Waiver{
		{Rule: "a", Owner: "ana", Reason: "x", Expires: now.Add(day)},
		{Rule: "b", Owner: "ana", Reason: "x", Expires: now.Add(day)},
		{Gap: "read", Owner: "ana", Reason: "x", Expires: now.Add(day)},
	}}
	before := mustJSON(t, []any{r, base})
	g := mustNew(t, o)
	first := g.Judge(r, now)
	if got := mustJSON(t, []any{r, base}); !bytes.Equal(got, before) {
		t.Errorf("the input changed:\n%s\n%s", before, got)
	}
	if room := r.Findings[1].Suppressions[:2][1]; room.Owner != "" {
		t.Error("it wrote behind the end of a slice")
	}
	if first == r || first.Verdict.Outcome != report.Pass || len(first.Findings[1].Suppressions) != 1 || first.Findings[1].Suppressions[0].Owner != "ana" {
		t.Errorf("got %+v", first.Verdict)
	}
	if got := first.Verdict.Exclude; !slices.Equal(got, []string{"a", "z"}) {
		t.Errorf("excluded: got %v", got)
	}
	if again := g.Judge(first, now); !bytes.Equal(mustJSON(t, again), mustJSON(t, first)) {
		t.Errorf("judging twice differs:\n%s\n%s", mustJSON(t, first), mustJSON(t, again))
	}
}

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// busy is a report with something for every kind of reason.
func busy(n int) (*report.Report, policy.Options) {
	r := scanned()
	r.Subjects = append(r.Subjects, report.Subject{Name: "image", Kind: "image"})
	for i := range n {
		f := finding(fmt.Sprintf("sast/r%d", i%7), report.Severity(i%6), fmt.Sprintf("d%d/f%d.go", i%5, i%11), i)
		switch i % 4 {
		case 1:
			f.Subject, f.Kind, f.Advisories = "image", report.KindDependency, []string{fmt.Sprintf("CVE-2026-%d", i)}
		case 2:
			f.Kind, f.Baseline = report.KindSecret, report.BaselineUnchanged
		case 3:
			f.Baseline = report.BaselineNew
		}
		r.Findings = append(r.Findings, f)
	}
	for i := range 15 {
		r.Notices = append(r.Notices, report.Notice{Subject: []string{"shop", "image"}[i%2], Scanner: "t", Op: "read", Path: fmt.Sprint(i), Gap: true, Message: "no"})
	}
	return r, policy.Options{
		Clauses: append(policy.DefaultClauses(), policy.Warn("new", policy.IsNew(), policy.InPath("d1/**", "**/f3.go")), policy.Require("looked", policy.Ran("t", "u"))),
		Waivers: []policy.Waiver{
			{Rule: "sast/r1", Owner: "ana", Reason: "x", Expires: now.Add(30 * day)},
			{Path: "d2/**", Owner: "ana", Reason: "x", Expires: now.Add(-day)},
			{Rule: "sast/r3", Owner: "ana", Reason: "x", Expires: now.Add(300 * day)},
		},
	}
}

func TestVerdictDoesNotDependOnOrder(t *testing.T) {
	r, o := busy(400)
	g := mustNew(t, o)
	want := mustJSON(t, g.Judge(r, now).Verdict)
	var wg sync.WaitGroup
	for i := range uint64(4) { // at once, for -race: a gate is safe for concurrent use
		rnd := rand.New(rand.NewPCG(i, 1))
		s := *r
		s.Findings, s.Notices = slices.Clone(r.Findings), slices.Clone(r.Notices)
		rnd.Shuffle(len(s.Findings), func(a, b int) { s.Findings[a], s.Findings[b] = s.Findings[b], s.Findings[a] })
		rnd.Shuffle(len(s.Notices), func(a, b int) { s.Notices[a], s.Notices[b] = s.Notices[b], s.Notices[a] })
		wg.Go(func() {
			if got, err := json.Marshal(g.Judge(&s, now).Verdict); err != nil || !bytes.Equal(got, want) {
				t.Errorf("got %s\nwant %s", got, want)
			}
		})
	}
	wg.Wait()
}

func TestManySubjectsAreNamed(t *testing.T) {
	r := scanned(finding("x", report.High, "a", 1))
	r.Subjects = append(r.Subjects, report.Subject{Name: "image"})
	r.Findings = append(r.Findings, &report.Finding{Subject: "image", Rule: "container/root", Severity: report.High})
	got := text(mustNew(t, policy.Options{}).Judge(r, now).Verdict)
	if want := "fail\nfail severity: high container/root of image\nfail severity: high x in a:1 of shop"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
