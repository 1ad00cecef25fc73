package container

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/merlonsec/merlon/internal/errlist"
	"github.com/merlonsec/merlon/internal/work"
	"github.com/merlonsec/merlon/report"
)

// Options configure a [Scanner]. The zero value is ready.
type Options struct {
	Checks []Check // nil means DefaultChecks()

	// Hidden scanners run over Image.Hidden too: the files that a later layer
	// removed or replaced. It is for what is a problem even there, such as
	// secrets; components and findings about components are left out, since
	// what was removed is not installed. Nil means none.
	Hidden []report.Scanner
}

// A Scanner checks how an image is built, and reports what is missing from
// it. It is safe for concurrent use if its Hidden scanners are.
type Scanner struct {
	checks []Check
	hidden []report.Scanner
	config string
}

// New returns a scanner. Its error names the check that is wrong.
func New(o Options) (*Scanner, error) {
	s := &Scanner{checks: o.Checks, hidden: o.Hidden}
	if s.checks == nil {
		s.checks = DefaultChecks()
	}
	var bad errlist.List
	seen := map[string]bool{}
	h := sha256.New()
	for n, c := range s.checks {
		switch {
		case !strings.HasPrefix(c.Rule.ID, "container/"):
			bad.Addf("Options.Checks[%d]: rule id %q does not begin with container/", n, c.Rule.ID)
		case c.Run == nil:
			bad.Addf("Options.Checks[%d]: %s has no Run", n, c.Rule.ID)
		case seen[c.Rule.ID]:
			bad.Addf("Options.Checks[%d]: %s is there twice", n, c.Rule.ID)
		}
		seen[c.Rule.ID] = true
		if err := json.NewEncoder(h).Encode(c.Rule); err != nil {
			bad.Addf("Options.Checks[%d]: %w", n, err)
		}
	}
	for n, sc := range s.hidden {
		if sc == nil {
			bad.Addf("Options.Hidden[%d]: nil", n)
			continue
		}
		fmt.Fprintf(h, "%q", sc.Name())
	}
	s.config = fmt.Sprintf("%x", h.Sum(nil)[:16])
	if err := bad.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

// Name implements [report.Scanner].
func (s *Scanner) Name() string { return "container" }

// Scan implements [report.Scanner]. A target whose Origin is no *[Image] has
// nothing to examine.
func (s *Scanner) Scan(ctx context.Context, t *report.Target) (*report.Report, error) {
	c := report.NewCollector(s.Name(), t)
	c.Config(s.config)
	img, ok := t.Origin.(*Image)
	if !ok {
		return c.Report()
	}
	for _, ch := range s.checks {
		c.Rules(ch.Rule)
	}
	c.Examined("images", 1)
	c.Examined("layers", len(img.layers))
	tell(c, img.problems)
	for _, ch := range s.checks {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err := c.Drain(ch.Run(ctx, img)); err != nil && ctx.Err() == nil {
			c.Gap(&report.Error{Op: report.OpScan, Rule: ch.Rule.ID, Err: fmt.Errorf("%s: %w", ch.Rule.ID, err)})
		}
	}
	rep, err := c.Report()
	if len(s.hidden) == 0 {
		return rep, err
	}
	reports := []*report.Report{rep}
	for _, sc := range s.hidden {
		reports = append(reports, scanHidden(ctx, t, img, sc))
	}
	rep = report.Merge(reports...)
	if ctx.Err() != nil {
		return rep, context.Cause(ctx)
	}
	return rep, rep.Err()
}

// scanHidden runs one scanner over the hidden files of img. Whatever goes
// wrong is a gap.
func scanHidden(ctx context.Context, t *report.Target, img *Image, sc report.Scanner) *report.Report {
	var keep func(string) bool
	if len(t.Include)+len(t.Exclude) > 0 {
		keep = t.Covers
	}
	h := img.hiddenTarget(keep)
	u := t.With(h.FS)
	u.Origin, u.Subject = h.Origin, h.Subject
	u.Subject.Name = t.Subject.Name // a program may call it something else
	var rep *report.Report
	var err error
	if p := work.Contain(func() { rep, err = sc.Scan(ctx, u) }); p != nil {
		rep, err = nil, fmt.Errorf("panic: %w", p)
	}
	if err == nil && rep == nil {
		err = errors.New("neither report nor error")
	}
	out := new(report.Report)
	if rep != nil {
		*out = *rep
		out.Components, out.Findings, out.Notices = nil, nil, nil
		for _, f := range rep.Findings {
			if f.Component == "" {
				out.Findings = append(out.Findings, f)
			}
		}
		for _, n := range rep.Notices {
			if own, layer := (hiddenFiles{img}).own(n.Path); layer != nil {
				n.Path, n.Message = own, fmt.Sprintf("in layer %d, hidden by a later one: %s", layer.Index, n.Message)
			}
			out.Notices = append(out.Notices, n)
		}
	}
	if err != nil && (rep == nil || !errors.Is(err, report.ErrIncomplete)) {
		c := report.NewCollector(sc.Name(), u)
		c.Gap(&report.Error{Op: report.OpScan, Err: fmt.Errorf("hidden files: %w", err)})
		gap, _ := c.Report()
		return report.Merge(out, gap)
	}
	return out
}
