package reporttest_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/report/reporttest"
)

// owners finds modules without a file that names their owners.
type owners struct{}

func (owners) Name() string { return "owners" }

func (owners) Scan(ctx context.Context, t *report.Target) (*report.Report, error) {
	c := report.NewCollector("owners", t)
	c.Rules(report.Rule{ID: "owners/empty", Title: "nobody owns this", Kind: report.KindConfig, Severity: report.Low})
	text, err := walk.Read(ctx, t.FS, "OWNERS", 1<<20)
	if e, ok := err.(*report.Error); ok && !errors.Is(e, fs.ErrNotExist) {
		c.Gap(e)
	} else if err == nil {
		c.Examined("files", 1)
		if len(text) == 0 {
			c.Add(&report.Finding{Rule: "owners/empty", Location: report.Location{Path: "OWNERS"}})
		}
	} else if !ok {
		return nil, err // the context has ended
	}
	return c.Report()
}

func Example() {
	// In a test of the scanner:
	_ = func(t *testing.T) {
		reporttest.TestScanner(t, owners{}, fstest.MapFS{"OWNERS": {}})
	}
}

func ExampleJudge() {
	// In a test of a gate:
	_ = func(t *testing.T, rep *report.Report) {
		reporttest.Judge(t, rep, func(r *report.Report) *report.Report {
			judged := *r
			judged.Verdict = &report.Verdict{Outcome: report.Pass}
			return &judged
		})
	}
}

func TestExampleScanner(t *testing.T) {
	reporttest.TestScanner(t, owners{}, fstest.MapFS{"OWNERS": {}})
}
