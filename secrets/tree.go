package secrets

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"

	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/internal/work"
	"github.com/merlonsec/merlon/report"
)

// All yields the findings in a tree, file by file in the order of their paths.
// A [*report.Error] is a part that could not be searched.
func (s *Scanner) All(ctx context.Context, fsys fs.FS) iter.Seq2[*report.Finding, error] {
	return func(yield func(*report.Finding, error) bool) {
		for r := range s.tree(ctx, fsys, nil, nil) {
			for _, o := range r.out {
				if !yield(o.finding, o.err) {
					return
				}
			}
		}
	}
}

// A batch is some files that one worker searches, or an error between them.
type batch struct {
	files []string
	err   error
}

// batchSize makes up for what it costs to hand work over, which for small files
// is more than to search them.
const batchSize = 32

// A result is what was found in a batch.
type result struct {
	out      []outcome
	searched int // files
	binary   int // files left out
	last     string
}

// An outcome is a finding, a gap, or an error that ends it all.
type outcome struct {
	finding *report.Finding
	err     error
}

// tree searches the files of a tree that want, which may be nil, wants.
func (s *Scanner) tree(ctx context.Context, fsys fs.FS, note func(path, message string), want func(path string) bool) iter.Seq[result] {
	return work.Map(ctx, 0, batches(ctx, fsys, note, want), func(ctx context.Context, b batch) result {
		var r result
		if b.err != nil {
			r.out = []outcome{{err: b.err}}
		}
		for _, name := range b.files {
			s.file(ctx, fsys, name, &r)
		}
		return r
	})
}

func batches(ctx context.Context, fsys fs.FS, note func(path, message string), want func(path string) bool) iter.Seq[batch] {
	return func(yield func(batch) bool) {
		var b batch
		for name, err := range walk.Files(ctx, fsys, note) {
			if err != nil {
				if len(b.files) > 0 && !yield(b) || !yield(batch{err: err}) {
					return
				}
				b = batch{}
				continue
			}
			if want != nil && !want(name) {
				continue
			}
			if b.files = append(b.files, name); len(b.files) == batchSize {
				if !yield(b) {
					return
				}
				b = batch{}
			}
		}
		if len(b.files) > 0 {
			yield(b)
		}
	}
}

// file searches one file and adds to r what came of it.
func (s *Scanner) file(ctx context.Context, fsys fs.FS, name string, r *result) {
	r.last = name
	before := len(r.out)
	err := s.open(ctx, fsys, name, func(f io.Reader) error {
		_, err := s.read(ctx, name, f, func(f *report.Finding) bool {
			r.out = append(r.out, outcome{finding: f})
			return true
		})
		return err
	})
	switch {
	case err == nil:
		r.searched++
	case errors.Is(err, errBinary):
		r.out = r.out[:before] // of what came before the byte that says so
		r.binary++
	case ctx.Err() != nil:
		r.out = append(r.out, outcome{err: context.Cause(ctx)})
	default:
		e, ok := errors.AsType[*report.Error](err)
		if !ok {
			e = &report.Error{Op: report.OpRead, Path: name, Err: walk.Cause(err)}
		}
		e.Scanner = s.Name()
		r.out = append(r.out, outcome{err: e})
	}
}
