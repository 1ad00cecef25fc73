package reporttest

import (
	"fmt"
	"strings"

	"github.com/merlonsec/merlon/report"
)

// The texts of a hostile report: what a file name or a line of a scanned tree
// can hold to fool a terminal, a browser, a spreadsheet or a parser.
var hostileTexts = []string{
	"\x1b]0;title\x07\x1b[2J\x9b31m",
	"nul\x00 and del\x7f",
	"invalid \xff\xfe utf-8 \xed\xa0\x80",
	"evil\u202egpj.exe \u2066x\u2069 \ufeff\u2028",
	"two\r\nlines\n::error::workflow command\n##[error]x",
	`<script>alert(1)</script>"'><img src=x onerror=alert(1)>`,
	"]]> <!-- --> <?x ?> & &#0; &lt;",
	"| a | b |\n```\n[x](javascript:alert(1)) ![y](https://example.com/z)",
	`{"a": "\ud800"} %00 %s %n ${x} {{.}} $(id) ; rm`,
	"=cmd|' /C calc'!A0",
	strings.Repeat("long ", 20_000),
}

// hostile returns an incomplete report whose every text is one of the above
// and whose slices are nil or refer to nothing.
func hostile() *report.Report {
	r := &report.Report{
		Subjects: []report.Subject{{Name: hostileTexts[0]}},
		Scans:    []report.Scan{{Subject: hostileTexts[0], Scanner: hostileTexts[1]}},
		Verdict:  &report.Verdict{Outcome: report.Fail, Gate: hostileTexts[0], Reasons: []report.Reason{{Outcome: report.Fail, Message: hostileTexts[4]}}},
	}
	for i, s := range hostileTexts {
		path := s[:min(len(s), 300)]
		r.Rules = append(r.Rules, report.Rule{ID: fmt.Sprintf("x/%d %s", i, path), Scanner: hostileTexts[1], Title: s, Help: s, URL: "javascript:" + path})
		r.Findings = append(r.Findings, &report.Finding{
			Subject: hostileTexts[0], Scanner: hostileTexts[1], Rule: fmt.Sprintf("x/%d %s", i, path), Fingerprint: fmt.Sprintf("merlon/v1:%032x", i+1),
			Message: s, Markdown: s, Severity: report.Severity(i % 6), Component: "missing " + path,
			Location: report.Location{Path: "dir/" + path, URI: path, Region: report.Region{Start: report.Position{Line: i}, Snippet: s}},
			Evidence: []report.Evidence{{Kind: path, Title: path, Text: s}},
			Flows:    []report.Flow{nil, {{Message: s}}},
			Links:    []report.Link{{URL: "javascript:" + path}},
			Tags:     []string{path}, Owners: []string{path}, Group: path, Advisories: []string{path},
			Suppressions: []report.Suppression{{Reason: s}},
		})
		r.Components = append(r.Components, &report.Component{Subject: hostileTexts[0], ID: fmt.Sprint(i), Name: path, Version: path, PURL: path, Licenses: []report.License{{Expression: path}}})
		r.Notices = append(r.Notices, report.Notice{Subject: hostileTexts[0], Scanner: hostileTexts[1], Op: "read", Gap: i%2 == 0, Path: path, Message: s})
	}
	r.Findings = append(r.Findings, &report.Finding{}) // of nothing, by nobody
	return r
}
