package reporttest

import (
	"bytes"
	"context"
	"errors"
	"testing/fstest"

	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/report"
)

// A fake finds the word "flaw". Its fields are mistakes that a scanner can make.
type fake struct {
	maxSize   int64 // of a file; zero: 1 MiB
	noContext bool
	gap       func(c *report.Collector, e *report.Error)                                  // nil: Collector.Gap
	file      func(t *report.Target, name string, text []byte)                            // on each file that was read
	change    func(t *report.Target, r *report.Report, err error) (*report.Report, error) // the result
	finding   func(t *report.Target, f *report.Finding)
	walk      func(ctx context.Context, t *report.Target) []string // nil: walk.Files
}

func (s *fake) Name() string { return "fake" }

var flaw = report.Rule{ID: "fake/flaw", Title: "a flaw", Kind: report.KindCode, Severity: report.Low}

func (s *fake) Scan(ctx context.Context, t *report.Target) (*report.Report, error) {
	c := report.NewCollector("fake", t)
	c.Rules(flaw)
	var fatal error
	max := s.maxSize
	if max == 0 {
		max = 1 << 20
	}
	if s.noContext {
		ctx = context.WithoutCancel(ctx)
	}
	gap := func(err error) {
		e, ok := errors.AsType[*report.Error](err)
		switch {
		case !ok:
			fatal = err
		case s.gap != nil:
			s.gap(c, e)
		default:
			c.Gap(e)
		}
	}
	one := func(name string) {
		text, err := walk.Read(ctx, t.FS, name, max)
		if err != nil {
			gap(err)
			return
		}
		if s.file != nil {
			s.file(t, name, text)
		}
		c.Examined("files", 1)
		for at := 0; ; {
			i := bytes.Index(text[at:], []byte("flaw"))
			if i < 0 {
				return
			}
			f := &report.Finding{Rule: flaw.ID, Location: report.Location{Path: name, Region: report.RegionOf(text, at+i, at+i+4)}}
			if s.finding != nil {
				s.finding(t, f)
			}
			c.Add(f)
			at += i + 4
		}
	}
	if s.walk != nil {
		for _, name := range s.walk(ctx, t) {
			one(name)
		}
	} else {
		for name, err := range walk.Files(ctx, t.FS, func(path, message string) { c.Note(report.OpSkip, path, message) }) {
			if err != nil {
				gap(err)
				continue
			}
			one(name)
		}
	}
	rep, err := c.Report()
	if fatal != nil {
		err = fatal
	}
	if s.change != nil {
		return s.change(t, rep, err)
	}
	return rep, err
}

func fakeTree() fstest.MapFS {
	return fstest.MapFS{
		"a.txt":       {Data: []byte("one\na flaw here\nand a flaw there\nthree\n")},
		"dir/b.txt":   {Data: []byte("flaw\n")},
		"dir/c.txt":   {Data: []byte("nothing to see\n")},
		"dir/sub/d.x": {Data: []byte("more of\nthe same flaw\nthe same flaw\n")},
	}
}
