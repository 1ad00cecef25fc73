package report_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing/fstest"
	"time"

	"github.com/merlonsec/merlon/report"
)

// owners is a scanner: every tree needs a file that says who owns it.
type owners struct{}

var noOwners = report.Rule{ID: "acme/owners", Title: "Missing owners", Kind: report.KindConfig, Severity: report.Medium}

func (owners) Name() string { return "acme" }

func (o owners) Scan(ctx context.Context, t *report.Target) (*report.Report, error) {
	c := report.NewCollector(o.Name(), t)
	c.Rules(noOwners)
	if _, err := fs.Stat(t.FS, "CODEOWNERS"); errors.Is(err, fs.ErrNotExist) {
		c.Add(&report.Finding{Rule: noOwners.ID, Message: "no one owns this code", Location: report.Location{Path: "CODEOWNERS"}})
	} else if err != nil {
		c.Gap(&report.Error{Op: report.OpRead, Path: "CODEOWNERS", Err: err})
	}
	c.Examined("trees", 1)
	return c.Report()
}

// A scanner of one's own, run over a tree.
func Example() {
	target := report.NewTarget("shop", fstest.MapFS{"main.go": {}})
	rep, err := report.Run(context.Background(), target, owners{})
	if err != nil {
		fmt.Println("not examined:", err)
	}
	report.Write(os.Stdout, rep, report.Text{})
	fmt.Println("complete:", rep.Complete())
	// Output:
	// CODEOWNERS: medium: no one owns this code [acme/owners]
	// 1 finding (1 medium)
	// complete: true
}

// What is new since an earlier report?
func ExampleCompare() {
	target := report.NewTarget("shop", fstest.MapFS{"CODEOWNERS": {}})
	before, _ := report.Run(context.Background(), target, owners{})
	target.FS = fstest.MapFS{}
	after, _ := report.Run(context.Background(), target, owners{})
	for _, ch := range report.Compare(before, after).All() {
		fmt.Println(ch)
	}
	// Output:
	// new medium acme/owners in CODEOWNERS
}

// What does a patch touch, so that only findings there are reported?
func ExampleReadPatch() {
	lines, err := report.ReadPatch(strings.NewReader("--- a/x.go\n+++ b/x.go\n@@ -1,2 +1,3 @@\n package x\n+var y = 1\n \n"))
	if err != nil {
		fmt.Println(err)
	}
	target := report.NewTarget("shop", fstest.MapFS{"x.go": {}})
	target.Only = lines
	fmt.Println(target.Only)
	// Output:
	// map[x.go:[{2 2}]]
}

// Whose word is it that a finding need not count?
func ExampleFinding_Suppressed() {
	f := report.Finding{Suppressions: []report.Suppression{{
		Kind: report.Waived, Status: report.StatusAccepted, Owner: "ana", Expires: time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC),
	}}}
	fmt.Println(f.Suppressed(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)).Owner)
	fmt.Println(f.Suppressed(time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)) == nil)
	// Output:
	// ana
	// true
}
