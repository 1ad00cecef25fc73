package reporttest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/merlonsec/merlon/report"
)

// checkInputs: the functions that make a report of reports do not write to
// those, which share their findings with others.
func checkInputs(k *kit, ctx context.Context) error {
	other, err := k.again(ctx)
	if err != nil {
		return err
	}
	before, beforeOther := encode(k.want), encode(other)
	for _, f := range []struct {
		name string
		call func()
	}{
		{"Merge", func() { report.Merge(k.want, other, k.want, nil) }},
		{"Filter", func() { k.want.Filter(func(*report.Finding) bool { return false }) }},
		{"About", func() { k.want.About(report.Subject{Name: "other"}) }},
	} {
		f.call()
		if err := errors.Join(differBytes(f.name+" wrote to its input", encode(k.want), before),
			differBytes(f.name+" wrote to its input", encode(other), beforeOther)); err != nil {
			return err
		}
	}
	if err := differ("a report merged with its equal", report.Merge(k.want, other), report.Merge(k.want)); err != nil {
		return err
	}
	return nil
}

// Judge checks a gate's judge: it returns a report with a verdict, keeps all
// findings, components, scans and notices, and writes neither to rep nor to a finding that the two
// reports share. It returns what judge returned.
func Judge(t *testing.T, rep *report.Report, judge func(*report.Report) *report.Report) *report.Report {
	t.Helper()
	out, err := judged(rep, judge)
	if err != nil {
		t.Error(err)
	}
	return out
}

func judged(rep *report.Report, judge func(*report.Report) *report.Report) (*report.Report, error) {
	before := encode(rep)
	out := judge(rep)
	if err := differBytes("Judge wrote to its input", encode(rep), before); err != nil {
		return out, err
	}
	switch {
	case out == nil:
		return nil, errors.New("Judge returned nil")
	case out.Verdict == nil || out.Verdict.Outcome == report.Undecided:
		return out, errors.New("Judge returned a report without a verdict")
	case len(out.Findings) != len(rep.Findings), len(out.Components) != len(rep.Components),
		len(out.Scans) != len(rep.Scans), len(out.Notices) < len(rep.Notices):
		return out, fmt.Errorf("Judge left something out: %d findings of %d, %d components of %d, %d scans of %d, %d notices of %d",
			len(out.Findings), len(rep.Findings), len(out.Components), len(rep.Components),
			len(out.Scans), len(rep.Scans), len(out.Notices), len(rep.Notices))
	}
	again := judge(rep)
	return out, differ("judging the same report again", again, out)
}
