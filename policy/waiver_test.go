package policy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/merlonsec/merlon/policy"
	"github.com/merlonsec/merlon/report"
)

func waiver(change func(*policy.Waiver)) policy.Waiver {
	w := policy.Waiver{Rule: "sast/*", Owner: "ana", Reason: "SEC-12", Expires: now.Add(60 * day),
		Source: report.Location{Path: "merlon.yaml", Region: report.Region{Start: report.Position{Line: 9, Column: 7}}}}
	change(&w)
	return w
}

func TestWaiverMatches(t *testing.T) {
	f := finding("sast/sqlinjection", report.High, "legacy/a.go", 3)
	f.Component, f.Advisories = "c", []string{"GO-2026-1", "CVE-2026-1"}
	r := scanned(f)
	r.Components = []*report.Component{{Subject: "shop", ID: "c", PURL: "pkg:golang/a/b@v1.0.0"}}
	for _, c := range []struct {
		name string
		w    policy.Waiver
		want bool
	}{
		{"rule", policy.Waiver{Rule: "sast/sqlinjection"}, true},
		{"rule glob", policy.Waiver{Rule: "sast/*"}, true},
		{"other rule", policy.Waiver{Rule: "secrets/*"}, false},
		{"rule and path", policy.Waiver{Rule: "sast/*", Path: "legacy/**"}, true},
		{"rule and other path", policy.Waiver{Rule: "sast/*", Path: "web/**"}, false},
		{"advisory", policy.Waiver{Advisory: "CVE-2026-1"}, true},
		{"advisory in other case", policy.Waiver{Advisory: "cve-2026-*"}, true},
		{"other advisory", policy.Waiver{Advisory: "CVE-2026-10"}, false},
		{"purl", policy.Waiver{PURL: "pkg:golang/a/b"}, true},
		{"other purl", policy.Waiver{PURL: "pkg:golang/a/b@v2*"}, false},
		{"fingerprint", policy.Waiver{Fingerprint: f.Fingerprint}, true},
		{"subject", policy.Waiver{Subject: "shop", Rule: "**"}, true},
		{"other subject", policy.Waiver{Subject: "image", Rule: "**"}, false},
		{"gap", policy.Waiver{Gap: "read", Path: "legacy/**"}, false},
	} {
		c.w.Owner, c.w.Reason, c.w.Expires = "ana", "x", now.Add(60*day)
		out := mustNew(t, policy.Options{Waivers: []policy.Waiver{c.w}}).Judge(r, now)
		got := out.Findings[0].Suppressed(now) != nil
		if got != c.want || out.Verdict.Waivers[0].Used != map[bool]int{true: 1}[c.want] {
			t.Errorf("%s: got %v, %+v", c.name, got, out.Verdict.Waivers[0])
		}
	}
	none := scanned(&report.Finding{Subject: "shop", Rule: "x", Severity: report.High})
	for _, w := range []policy.Waiver{{Path: "**"}, {PURL: "pkg:**/**"}, {Fingerprint: "**"}, {Advisory: "**"}} {
		w.Owner, w.Reason, w.Expires = "ana", "x", now.Add(60*day)
		if out := mustNew(t, policy.Options{Waivers: []policy.Waiver{w}}).Judge(none, now); out.Verdict.Allowed() {
			t.Errorf("%+v covers a finding that has no such thing", w)
		}
	}
}

func TestWaiverStates(t *testing.T) {
	hit := finding("sast/x", report.High, "a.go", 1)
	const finds = "fail severity: high sast/x in a.go:1"
	for _, c := range []struct {
		name    string
		w       policy.Waiver
		clauses []policy.Clause
		longest time.Duration
		state   string
		used    int
		want    string
	}{
		{"used", waiver(func(w *policy.Waiver) {}), nil, 0, "used", 1, "pass"},
		{"expiring", waiver(func(w *policy.Waiver) { w.Expires = now.Add(14 * day) }), nil, 0, "expiring", 1, "pass"},
		{"last moment", waiver(func(w *policy.Waiver) { w.Expires = now.Add(1) }), nil, 0, "expiring", 1, "pass"},
		{"expired", waiver(func(w *policy.Waiver) { w.Expires = now }), nil, 0, "expired", 0,
			"fail\n" + finds + "\nwarn waivers: merlon.yaml:9:7, owner ana (rule sast/*): expired on 2026-05-01; 1 finding counts"},
		{"expired at the end of a day", waiver(func(w *policy.Waiver) { w.Expires = time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC) }), nil, 0, "expired", 0,
			"fail\n" + finds + "\nwarn waivers: merlon.yaml:9:7, owner ana (rule sast/*): expired on 2026-01-31; 1 finding counts"},
		{"expired and of no use", waiver(func(w *policy.Waiver) { w.Rule, w.Expires = "sast/y", now }), nil, 0, "expired", 0,
			"fail\n" + finds + "\nwarn waivers: merlon.yaml:9:7, owner ana (rule sast/y): expired on 2026-05-01"},
		{"unused", waiver(func(w *policy.Waiver) { w.Rule = "sast/y" }), nil, 0, "unused", 0, "fail\n" + finds},
		{"as long as allowed", waiver(func(w *policy.Waiver) { w.Expires = now.Add(180 * day) }), nil, 0, "used", 1, "pass"},
		{"too long", waiver(func(w *policy.Waiver) { w.Expires = now.Add(180*day + 1) }), nil, 0, "refused", 0,
			"fail\n" + finds + "\nwarn waivers: merlon.yaml:9:7, owner ana (rule sast/*): refused: it ends on 2026-10-28, more than 180 days away; 1 finding counts"},
		{"longer allowed", waiver(func(w *policy.Waiver) { w.Expires = now.Add(300 * day) }), nil, 365 * day, "used", 1, "pass"},
		{"not waivable", waiver(func(w *policy.Waiver) {}), []policy.Clause{policy.Fail("x", policy.IsKind(report.KindCode)).NotWaivable()}, 0, "refused", 0,
			"fail\nfail x: high sast/x in a.go:1\nwarn waivers: merlon.yaml:9:7, owner ana (rule sast/*): it has no power over clauses that are not waivable; 1 finding counts"},
		{"not waivable, but not concerned", waiver(func(w *policy.Waiver) {}), []policy.Clause{policy.Fail("x", policy.IsKind(report.KindSecret)).NotWaivable()}, 0, "used", 1, "pass"},
		{"not waivable, and unknown fails", waiver(func(w *policy.Waiver) {}),
			[]policy.Clause{policy.Fail("x", policy.IsReachable()).NotWaivable().OnUnknown(report.Fail)}, 0, "refused", 0,
			"fail\nfail x: high sast/x in a.go:1: not known: reachability\nwarn waivers: merlon.yaml:9:7, owner ana (rule sast/*): it has no power over clauses that are not waivable; 1 finding counts"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := mustNew(t, policy.Options{Waivers: []policy.Waiver{c.w}, Clauses: c.clauses, LongestWaiver: c.longest}).Judge(scanned(hit), now)
			use := out.Verdict.Waivers[0]
			if use.State != c.state || use.Used != c.used || use.Owner != "ana" || !strings.HasPrefix(use.Match, "rule ") || use.Kind != report.Waived {
				t.Errorf("got %+v, want %s, %d", use, c.state, c.used)
			}
			if got := text(out.Verdict); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if got := out.Findings[0].Suppressed(now) != nil; got != (c.used > 0) {
				t.Errorf("suppressed: got %v", got)
			}
		})
	}
}

func TestExpiredGapWaiver(t *testing.T) {
	r := scanned()
	r.Notices = []report.Notice{{Subject: "shop", Scanner: "t", Op: "limit", Path: "big.bin", Gap: true, Message: "larger than 5 bytes"}}
	w := waiver(func(w *policy.Waiver) { w.Rule, w.Gap, w.Path, w.Expires = "", "limit", "*.bin", now.Add(-day) })
	got := text(mustNew(t, policy.Options{Waivers: []policy.Waiver{w}}).Judge(r, now).Verdict)
	want := "fail\nfail complete: t: limit big.bin: larger than 5 bytes\nwarn waivers: merlon.yaml:9:7, owner ana (path *.bin, gap limit): expired on 2026-04-30; 1 gap counts"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	w.Expires = now.Add(day)
	out := mustNew(t, policy.Options{Waivers: []policy.Waiver{w}}).Judge(r, now)
	if !out.Verdict.Allowed() || out.Complete() || len(out.Notices[0].Suppressions) != 1 {
		t.Errorf("an accepted gap stays a gap: got %s, %+v", text(out.Verdict), out.Notices)
	}
}
