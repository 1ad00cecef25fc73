package report_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/report/reporttest"
)

func TestFormatsAreAccepted(t *testing.T) {
	for name, f := range map[string]report.Format{
		"JSON": report.JSON{}, "compact JSON": report.JSON{Compact: true}, "SARIF": report.SARIF{},
		"Text": report.Text{}, "verbose Text": report.Text{Verbose: true}, "grouped Text": report.Text{Group: true, Color: true},
	} {
		t.Run(name, func(t *testing.T) { reporttest.TestFormat(t, f) })
	}
}

func TestTextGroup(t *testing.T) {
	rep := run(t, report.NewTarget("x", fstest.MapFS{}), scanFuncOf("s", func(c *report.Collector) {
		c.Rules(ruleX, report.Rule{ID: "s/key", Title: "Key", Kind: report.KindSecret, Severity: report.High})
		c.Add(at("b", 3, "two"), at("a", 1, "one"), &report.Finding{Rule: "s/key", Location: report.Location{Path: "z"}})
		low := at("a", 9, "three")
		low.Severity = report.Low
		c.Add(low)
	}))
	rep.Verdict = &report.Verdict{Outcome: report.Fail, Reasons: []report.Reason{{Outcome: report.Fail, Clause: "high", Message: "high: z",
		Subject: "x", Fingerprint: rep.Findings[3].Fingerprint}}}
	want := `
Secrets (1)
z: high: Key [s/key]

Code (3)
a:1:1: high: X [s/x]
b:3:1: high: X [s/x]
a:9:1: low: X [s/x]

fail; 4 findings (3 high, 1 low)
  fail: high: z
First: revoke the credential in z, then take it out of there: whoever has a copy has it
`
	var b strings.Builder
	if err := report.Write(&b, rep, report.Text{Group: true}); err != nil || b.String() != want {
		t.Errorf("%v, got\n%s\nwant\n%s", err, &b, want)
	}
}

// A lock file that is broken is one gap to a reader, whoever needs it.
func TestTextFoldsGaps(t *testing.T) {
	broken := func(name string) report.Scanner {
		return scanFuncOf(name, func(c *report.Collector) {
			c.Gap(&report.Error{Op: report.OpParse, Path: "lock", Line: 3, Err: errors.New("cut off")})
		})
	}
	rep := run(t, report.NewTarget("x", fstest.MapFS{}), broken("sbom"), broken("sca"))
	var b strings.Builder
	want := "lock:3: gap: sbom, sca: cut off\n0 findings, incomplete: 1 gap\n"
	if err := report.Write(&b, rep, report.Text{}); err != nil || b.String() != want {
		t.Errorf("%v, got %q, want %q", err, b.String(), want)
	}
}
