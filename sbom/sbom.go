package sbom

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"iter"

	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/internal/work"
	"github.com/merlonsec/merlon/report"
)

// Options configure a Scanner. The zero value is ready.
type Options struct {
	Catalogers []Cataloger // nil means DefaultCatalogers()
}

// A Scanner makes inventories. It is immutable and safe for concurrent use.
type Scanner struct {
	catalogers []cataloger
	config     string
	custom     bool
}

// New returns a scanner. Its error names the catalogers that are wrong.
func New(o Options) (*Scanner, error) {
	list := o.Catalogers
	if list == nil {
		list = DefaultCatalogers()
	}
	compiled, err := compile(list)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	for _, c := range list {
		fmt.Fprintf(h, "%q %q %q\n", c.Name, c.Names, c.Magic)
	}
	return &Scanner{compiled, fmt.Sprintf("%x", h.Sum(nil)[:16]), o.Catalogers != nil}, nil
}

// Name implements [report.Scanner].
func (s *Scanner) Name() string { return "sbom" }

// Config implements [report.Memo]. It is empty with catalogers of the caller's
// own, whose code may change without a sign.
func (s *Scanner) Config() string {
	if s.custom {
		return ""
	}
	return s.config
}

// All yields the components of a tree, file by file in the order of a walk. An
// error that is a *report.Error concerns one file and the sequence goes on.
// Components of one ID are not yet one, as they are in a report.
func (s *Scanner) All(ctx context.Context, fsys fs.FS) iter.Seq2[*report.Component, error] {
	return func(yield func(*report.Component, error) bool) {
		for f := range s.files(ctx, report.NewTarget("", fsys), nil) {
			for _, c := range f.components {
				if !yield(c, nil) {
					return
				}
			}
			for _, err := range f.errs {
				if !yield(nil, err) {
					return
				}
			}
		}
	}
}

// Scan implements [report.Scanner]: a report of components. Within a run it is
// made once, so that sca and sbom side by side cost one inventory; who gets
// the report must not change it. If t was made from a document
// ([Document.Target]), that is the inventory.
func (s *Scanner) Scan(ctx context.Context, t *report.Target) (*report.Report, error) {
	type key struct{ config string }
	return report.Share(ctx, t, key{s.config}, func(ctx context.Context) (*report.Report, error) { return s.scan(ctx, t) })
}

func (s *Scanner) scan(ctx context.Context, t *report.Target) (*report.Report, error) {
	c := report.NewCollector(s.Name(), t)
	c.Config(s.config)
	if d, ok := t.Origin.(*Document); ok && d != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return d.inventory(c)
	}
	var fatal error
	n := int64(0)
	for f := range s.files(ctx, t, func(name, message string) { c.Note(report.OpSkip, name, message) }) {
		c.AddComponents(f.components...)
		for _, err := range f.errs {
			if e, ok := errors.AsType[*report.Error](err); ok {
				c.Gap(e)
			} else {
				fatal = err
			}
		}
		if f.name != "" {
			n++
			c.Examined("files", 1)
			t.Progress(report.Progress{Scanner: s.Name(), Phase: "scan", Path: f.name, Done: n})
		}
	}
	if ctx.Err() != nil {
		fatal = context.Cause(ctx)
	}
	rep, err := c.Report()
	return rep, cmp.Or(fatal, err)
}

// file is what catalogers made of one file.
type file struct {
	name       string // empty if no cataloger wanted it
	components []*report.Component
	errs       []error
}

// files walks the tree once and parses side by side what catalogers want, in
// the order of the walk. note is called on one goroutine, for what some
// cataloger would have read were it not a link or a device.
func (s *Scanner) files(ctx context.Context, t *report.Target, note func(name, message string)) iter.Seq[file] {
	type job struct {
		name string
		err  error
	}
	jobs := func(yield func(job) bool) {
		for name, err := range walk.Files(ctx, t.FS, func(name, message string) {
			if note != nil && len(s.byName(name)) > 0 {
				note(name, message)
			}
		}) {
			if err == nil && !s.wants(name) {
				continue
			}
			if !yield(job{name, err}) {
				return
			}
		}
	}
	return work.Map(ctx, 0, jobs, func(ctx context.Context, j job) file {
		if j.err != nil {
			return file{errs: []error{j.err}}
		}
		return s.parse(ctx, t, j.name)
	})
}
