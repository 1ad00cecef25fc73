package secrets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/merlonsec/merlon/report"
)

// Scan implements [report.Scanner]. It searches all files of the target's tree,
// with Only those that it names, on as many goroutines as there are processors.
func (s *Scanner) Scan(ctx context.Context, t *report.Target) (*report.Report, error) {
	c := report.NewCollector(s.Name(), t)
	c.Rules(s.Rules()...)
	c.Config(s.hashConfig())
	note := func(path, message string) { c.Note(report.OpSkip, path, message) }
	var want func(string) bool
	if t.Only != nil {
		want = func(path string) bool { _, ok := t.Only[path]; return ok }
	}
	searched, binary := 0, 0
	var fatal error
	for r := range s.tree(ctx, t.FS, note, want) {
		for _, o := range r.out {
			if e, ok := errors.AsType[*report.Error](o.err); ok {
				c.Gap(e)
			} else if o.err != nil {
				fatal = o.err
			} else {
				c.Add(o.finding)
			}
		}
		searched, binary = searched+r.searched, binary+r.binary
		t.Progress(report.Progress{Scanner: s.Name(), Phase: "scan", Path: r.last, Done: int64(searched + binary)})
	}
	if searched > 0 {
		c.Examined("files", searched)
	}
	if binary > 0 {
		c.Note(report.OpSkip, "", fmt.Sprintf("%d binary files not searched", binary))
	}
	rep, err := c.Report()
	if fatal != nil {
		return rep, fatal
	}
	return rep, err
}

// Rules returns the rules of the detectors, in their order.
func (s *Scanner) Rules() []report.Rule {
	var rules []report.Rule
	for _, d := range s.rules().detectors {
		rules = append(rules, d.Rule)
	}
	return rules
}

// Config implements [report.Memo]: a hash of detectors and options. It is empty,
// so that nothing is kept, if a detector that is not ours has a Check, since a
// function tells nothing about itself.
func (s *Scanner) Config() string {
	for _, d := range s.rules().detectors {
		if d.Check != nil && d.shipped != d.Pattern {
			return ""
		}
	}
	return s.hashConfig()
}

func (s *Scanner) hashConfig() string {
	h := sha256.New()
	write := func(parts ...any) { fmt.Fprintf(h, "%q\n", fmt.Sprintln(parts...)) }
	for _, d := range s.rules().detectors {
		write(d.Rule.ID, d.Rule.Severity, d.Rule.Confidence, d.Pattern, d.Near, d.Within, d.Paths, d.Entropy, d.Check != nil)
	}
	for _, a := range s.opts.Allow {
		write("allow", a.Rule, a.Path, s.hash("allow", a.Value), a.Hash, a.Reason)
	}
	write("limit", s.opts.MaxFileSize)
	write("key", s.hash("key", "")) // tells keys apart without showing them
	return hex.EncodeToString(h.Sum(nil)[:16])
}
