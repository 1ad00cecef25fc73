package report_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/merlonsec/merlon/report"
)

// told is a report with one of everything that the text format shows.
func told() *report.Report {
	now := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	line := func(path string, line, column int) report.Location {
		return report.Location{Path: path, Region: report.Region{Start: report.Position{Line: line, Column: column}}}
	}
	source := line("web/user.go", 9, 4)
	source.Role, source.Message = report.RoleSource, "here it comes in"
	return &report.Report{
		Subjects: []report.Subject{{Name: "shop"}},
		Scans:    []report.Scan{{Subject: "shop", Scanner: "sast"}},
		Rules: []report.Rule{{ID: "sast/sqlinjection", Scanner: "sast", Title: "SQL injection", URL: "https://example.com/sql",
			Help: "# SQL injection\n\nInput becomes\npart of a query.\n\nUse parameters."}},
		Components: []*report.Component{{Subject: "shop", ID: "lodash", Name: "lodash", PURL: "pkg:npm/lodash@4.17.20", Found: []report.Location{line("package-lock.json", 12, 0)}}},
		Findings: []*report.Finding{
			{Subject: "shop", Scanner: "sast", Rule: "sast/sqlinjection", Severity: report.High, Message: "user input\nreaches a query", Location: line("db/user.go", 12, 3), Count: 2,
				Related: []report.Location{source},
				Flows:   []report.Flow{{{Location: source, Message: "r.FormValue"}, {Location: line("db/user.go", 12, 3)}}},
				Fixes:   []report.Fix{{Title: "use a parameter"}, {ID: "x", Command: []string{"go", "get", "x"}}}},
			{Subject: "shop", Scanner: "sca", Rule: "sca/vulnerability", Severity: report.Medium, Message: "prototype pollution", Component: "lodash",
				Advisories: []string{"GHSA-1", "CVE-1"}, Via: []string{"web", "lodash"}},
			{Subject: "shop", Scanner: "container", Rule: "container/user", Message: "runs as root"},
			{Subject: "shop", Scanner: "secrets", Rule: "secrets/jwt", Severity: report.Critical, Message: "a token", Location: line("a.txt", 1, 0),
				Suppressions: []report.Suppression{{Kind: report.Waived, Status: report.StatusAccepted, Reason: "it is a test", Owner: "ana", Ticket: "SEC-1", Expires: now.AddDate(1, 0, 0)}}},
			{Subject: "shop", Scanner: "secrets", Rule: "secrets/jwt", Severity: report.Low, Message: "an old waiver", Location: line("b.txt", 1, 0),
				Suppressions: []report.Suppression{{Kind: report.Waived, Status: report.StatusAccepted, Expires: now.AddDate(-1, 0, 0)}}},
		},
		Notices: []report.Notice{
			{Subject: "shop", Scanner: "sbom", Op: report.OpParse, Gap: true, Path: "web/package-lock.json", Line: 7, Message: "unexpected end: restore the file"},
			{Subject: "shop", Scanner: "sca", Op: report.OpMatch, Gap: true, Message: "no database: pass one"},
			{Subject: "shop", Scanner: "sast", Op: report.OpSkip, Path: "x", Message: "link out of the tree"},
		},
		Verdict: &report.Verdict{Outcome: report.Fail, At: now, Reasons: []report.Reason{{Outcome: report.Fail, Clause: "new-high", Message: "1 finding of high severity"}}},
	}
}

func TestText(t *testing.T) {
	tests := []struct {
		name, golden string
		f            report.Text
		change       func(*report.Report)
	}{
		{name: "plain", golden: "plain.txt"},
		{name: "verbose", golden: "verbose.txt", f: report.Text{Verbose: true}},
		{name: "colour", golden: "color.txt", f: report.Text{Color: true}},
		{name: "several subjects", golden: "subjects.txt", change: func(r *report.Report) { r.Subjects = append(r.Subjects, report.Subject{Name: "web"}) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := told()
			if tt.change != nil {
				tt.change(r)
			}
			text := encode(t, r, tt.f)
			golden(t, "testdata/text/"+tt.golden, text)
			if again := encode(t, r, tt.f); string(again) != string(text) {
				t.Errorf("written twice it differs")
			}
			if !tt.f.Color && strings.ContainsRune(string(text), '\x1b') {
				t.Errorf("an escape without Color: %q", text)
			}
		})
	}
}

func TestTextLastLine(t *testing.T) {
	scans := []report.Scan{{Scanner: "s"}}
	tests := []struct {
		r    report.Report
		want string
	}{
		{report.Report{}, "0 findings, nothing was scanned"},
		{report.Report{Scans: scans}, "0 findings"},
		{report.Report{Scans: scans, Notices: []report.Notice{{Gap: true}}}, "0 findings, incomplete: 1 gap"},
		{report.Report{Scans: scans, Findings: []*report.Finding{{}, {Severity: report.Info}}}, "2 findings (1 info, 1 unrated)"},
		{report.Report{Scans: scans, Verdict: &report.Verdict{Outcome: report.Pass}}, "pass; 0 findings"},
		{report.Report{Scans: scans, Verdict: &report.Verdict{}}, "undecided; 0 findings"},
	}
	for _, tt := range tests {
		lines := strings.Split(strings.TrimSuffix(string(encode(t, &tt.r, report.Text{})), "\n"), "\n")
		if got := lines[len(lines)-1]; got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// Whatever a target says, the text is lines of printable characters.
func TestTextIsTame(t *testing.T) {
	const evil = "\x1b[2J\x9b31m\u202e\u200b\r\n\x00\u0085\u2028x"
	r := full()
	var spoil func(s *string) = func(s *string) { *s = evil }
	for _, f := range r.Findings {
		f.Subject, f.Scanner, f.Rule = evil, evil, evil
		for _, s := range []*string{&f.Message, &f.Component, &f.Location.Path, &f.Fixes[0].Title, &f.Fixes[0].Command[0], &f.Via[0], &f.Advisories[0], &f.Advisories[1],
			&f.Flows[0][0].Message, &f.Flows[0][0].Location.Path, &f.Related[0].Message, &f.Related[0].Path, &f.Suppressions[0].Reason, &f.Suppressions[0].Owner} {
			spoil(s)
		}
	}
	for i := range r.Notices {
		n := &r.Notices[i]
		n.Subject, n.Scanner, n.Path, n.Message = evil, evil, evil, evil
	}
	for i := range r.Rules {
		r.Rules[i].Help, r.Rules[i].URL = evil, evil
	}
	for i := range r.Verdict.Reasons {
		r.Verdict.Reasons[i].Message, r.Verdict.Reasons[i].Clause, r.Verdict.Reasons[i].Subject = evil, evil, evil
	}
	for _, f := range []report.Text{{}, {Verbose: true}, {Group: true}} {
		for _, c := range string(encode(t, r, f)) {
			if c != '\n' && (unicode.IsControl(c) || unicode.Is(unicode.Cf, c)) {
				t.Errorf("%+v: %U got through", f, c)
			}
		}
	}
	long := &report.Report{Findings: []*report.Finding{{Message: strings.Repeat("é", 1_000_000)}}}
	if n := len(encode(t, long, report.Text{})); n > 3000 {
		t.Errorf("a long message has %d bytes", n)
	}
}

func ExampleText() {
	rep := &report.Report{
		Scans: []report.Scan{{Scanner: "sast"}, {Scanner: "sbom"}},
		Findings: []*report.Finding{{
			Rule: "sast/sqlinjection", Severity: report.High, Message: "user input reaches a query",
			Location: report.Location{Path: "db/user.go", Region: report.Region{Start: report.Position{Line: 12, Column: 3}}},
			Fixes:    []report.Fix{{Title: "use a parameter"}},
		}},
		Notices: []report.Notice{{Scanner: "sbom", Op: report.OpParse, Gap: true, Path: "package-lock.json", Line: 3, Message: "unexpected end: restore the file"}},
	}
	if err := report.Write(os.Stdout, rep, report.Text{Verbose: true}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// db/user.go:12:3: high: user input reaches a query [sast/sqlinjection]
	//     fix: use a parameter
	// package-lock.json:3: gap: sbom: unexpected end: restore the file
	// 1 finding (1 high), incomplete: 1 gap
}
