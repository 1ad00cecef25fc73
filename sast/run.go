package sast

import (
	"context"
	"errors"
	"fmt"
	"go/build"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/tools/go/analysis"

	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/internal/work"
	"github.com/merlonsec/merlon/report"
)

// A run examines one module.
type run struct {
	*Scanner
	t   *report.Target
	c   *report.Collector
	m   *module
	dir string // of the module, absolute
}

// module loads and analyses the packages of a module. Its error is the end of
// the context; everything else is a gap.
func (r *run) module(ctx context.Context) error {
	r.t.Progress(report.Progress{Scanner: r.Name(), Phase: "load", Path: r.m.dir})
	pkgs, err := r.golist(ctx, r.t.Dir, r.dir)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		r.gap(path.Join(r.m.dir, "go.mod"), 0, err.Error())
		return nil
	}
	l := &loader{root: realPath(r.t.Dir), fset: token.NewFileSet(), sizes: types.SizesFor("gc", goarch(r.env())), byID: map[string]*listed{}, imported: map[string]*types.Package{}}
	for _, p := range pkgs {
		l.byID[p.ImportPath] = p
	}
	return r.packages(ctx, l, pkgs)
}

// goarch is the architecture that packages are compiled for.
func goarch(env []string) string {
	arch := build.Default.GOARCH
	for _, e := range env {
		if v, ok := strings.CutPrefix(e, "GOARCH="); ok && v != "" {
			arch = v
		}
	}
	if types.SizesFor("gc", arch) == nil {
		return "amd64"
	}
	return arch
}

// job is one package to analyse.
type job struct {
	p        *listed
	report   bool // else for its facts only
	problems []*found
	gaps     []*report.Error
}

// packages analyses the packages of the module, and those of other modules in
// the target that it uses, for what they tell about their functions.
func (r *run) packages(ctx context.Context, l *loader, pkgs []*listed) error {
	var jobs []*job
	seen := map[string]bool{}
	for _, p := range pkgs {
		if p.Standard || !within(r.t.Dir, p.Dir) && !within(l.root, p.Dir) || strings.Contains(filepath.ToSlash(p.Dir), "/vendor/") {
			if !p.DepOnly && p.Error != nil && !nothingToBuild(p.Error.Err) {
				r.gap(r.m.dir, 0, p.ImportPath+": "+firstLine(p.Error.Err)) // a pattern that matches nothing
			}
			continue
		}
		for _, name := range p.GoFiles {
			seen[filepath.Join(p.Dir, name)] = true
		}
		for _, name := range p.CompiledGoFiles {
			if !filepath.IsAbs(name) {
				seen[filepath.Join(p.Dir, name)] = true
			}
		}
		if len(p.GoFiles)+len(p.CompiledGoFiles) == 0 && (p.Error == nil || nothingToBuild(p.Error.Err)) {
			continue // tests only, or for other platforms
		}
		jobs = append(jobs, &job{p: p, report: !p.DepOnly && r.covered(l, p)})
	}
	if !slices.ContainsFunc(jobs, func(j *job) bool { return j.report }) {
		return nil
	}
	r.notBuilt(l, seen)
	facts := newFacts()
	var done atomic.Int64
	for _, level := range levels(jobs) {
		work.Each(len(level), 0, func(i int) {
			if ctx.Err() != nil {
				return
			}
			r.one(ctx, l, facts, level[i])
			r.t.Progress(report.Progress{Scanner: r.Name(), Phase: "scan", Path: level[i].p.ImportPath, Done: done.Add(1), Total: int64(len(jobs))})
		})
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	var all []*found
	for _, j := range jobs {
		if !j.report {
			continue
		}
		all = append(all, j.problems...)
		for _, g := range j.gaps {
			r.c.Gap(g)
		}
		if len(j.gaps) == 0 {
			r.c.Examined("packages", 1)
		}
	}
	r.add(all)
	return nil
}

// covered reports whether the target's Include and Exclude let some file of a
// package be examined.
func (r *run) covered(l *loader, p *listed) bool {
	loc := &locator{root: r.t.Dir, real: l.root}
	names := append(slices.Clone(p.GoFiles), p.CompiledGoFiles...)
	if len(names) == 0 {
		return r.t.Covers(loc.rel(p.Dir))
	}
	return slices.ContainsFunc(names, func(name string) bool {
		if !filepath.IsAbs(name) {
			name = filepath.Join(p.Dir, name)
		}
		rel := loc.rel(name)
		return rel != "" && r.t.Covers(rel)
	})
}

// notBuilt notes the files that are not part of the build.
func (r *run) notBuilt(l *loader, seen map[string]bool) {
	if len(r.o.Patterns) > 0 {
		return
	}
	var names []string
	for _, name := range r.m.files {
		abs := filepath.FromSlash(name)
		if !seen[filepath.Join(r.t.Dir, abs)] && !seen[filepath.Join(l.root, abs)] {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return
	}
	const most = 5
	list := strings.Join(names[:min(most, len(names))], ", ")
	if len(names) > most {
		list += ", …"
	}
	r.c.Note(report.OpSkip, r.m.dir, fmt.Sprintf("not analysed, since build constraints leave them out on this platform: %d files (%s)", len(names), list))
}

// nothingToBuild reports whether an error says that a package has no files
// for this platform, or only tests.
func nothingToBuild(msg string) bool {
	return strings.Contains(msg, "build constraints exclude all Go files") || strings.Contains(msg, "no non-test Go files") || strings.Contains(msg, "no Go files in")
}

// levels sorts jobs so that each comes after those that it imports: packages
// of one level do not import one another.
func levels(jobs []*job) [][]*job {
	byPath := map[string]*job{}
	for _, j := range jobs {
		byPath[j.p.ImportPath] = j
	}
	depth := map[*job]int{}
	var visit func(j *job) int
	visit = func(j *job) int {
		if d, ok := depth[j]; ok {
			return d
		}
		depth[j] = 0 // the go command refuses cycles
		d := 0
		for _, path := range j.p.Imports {
			if to, ok := j.p.ImportMap[path]; ok {
				path = to
			}
			if dep := byPath[path]; dep != nil {
				d = max(d, visit(dep)+1)
			}
		}
		depth[j] = d
		return d
	}
	var out [][]*job
	for _, j := range jobs { // go list puts dependencies first
		d := visit(j)
		for len(out) <= d {
			out = append(out, nil)
		}
		out[d] = append(out[d], j)
	}
	return out
}

// one analyses a package.
func (r *run) one(ctx context.Context, l *loader, facts *facts, j *job) {
	defer func() {
		if ctx.Err() != nil {
			j.gaps = nil // the end of the context is the gap
		}
	}()
	var p *loaded
	var err error
	if panicked := work.Contain(func() { p, err = l.load(ctx, j.p) }); panicked != nil {
		j.gaps = append(j.gaps, &report.Error{Op: report.OpPanic, Path: r.where(l, j.p), Err: fmt.Errorf("loading %s panicked: %w", j.p.ImportPath, panicked)})
		return
	}
	if p != nil {
		defer l.release(p)
	}
	if err != nil {
		j.gaps = append(j.gaps, r.loadError(l, j.p, err))
		return
	}
	loc := &locator{root: r.t.Dir, real: l.root, loader: l, p: p}
	d := &driver{fset: l.fset, sizes: l.sizes, facts: facts, p: p, results: map[*analysis.Analyzer]*outcome{}}
	failed := map[string]bool{}
	for _, a := range r.o.Analyzers {
		if ctx.Err() != nil {
			return
		}
		o := d.run(a)
		if o.err != nil {
			op := report.OpScan
			if o.panicked {
				op = report.OpPanic
			}
			if msg := o.err.Error(); !failed[msg] {
				failed[msg] = true
				j.gaps = append(j.gaps, &report.Error{Op: op, Path: r.where(l, j.p), Err: fmt.Errorf("%s was not analysed by %s: %w; please report this", j.p.ImportPath, a.Name, o.err)})
			}
			continue
		}
		if j.report {
			j.problems = append(j.problems, r.found(loc, a, o, d)...)
		}
	}
	for _, lim := range d.limits() {
		at := loc.at(lim.Pos, lim.Pos)
		j.gaps = append(j.gaps, &report.Error{Op: report.OpLimit, Path: at.Path, Line: at.Region.Start.Line, Err: fmt.Errorf("%s was not followed to the end: %s; split it, or exclude the file if it is generated", lim.Function, lim.Why)})
	}
}

// where is the directory of a package in the target.
func (r *run) where(l *loader, p *listed) string {
	loc := &locator{root: r.t.Dir, real: l.root}
	return loc.rel(p.Dir)
}

// loadError is the gap for a package that does not load. What the go command
// says counts more than what follows from it.
func (r *run) loadError(l *loader, p *listed, err error) *report.Error {
	loc := &locator{root: r.t.Dir, real: l.root}
	msg := walk.Cause(err).Error()
	where, line := r.where(l, p), 0
	if pl, ok := errors.AsType[*placed](err); ok {
		if rel := loc.rel(pl.file); rel != "" {
			where, line = rel, pl.line
		}
	} else if p.Error != nil {
		msg = firstLine(p.Error.Err)
	}
	if strings.HasPrefix(msg, "could not import ") {
		// "could not import x (x was not compiled)"
		if e := p.Error; e != nil && !strings.Contains(msg, "does not load") {
			msg += ": " + firstLine(e.Err)
		}
	}
	if hint := advice(msg); hint != "" {
		msg += "; " + hint
	} else {
		msg += "; the package must compile to be analysed"
	}
	return &report.Error{Op: report.OpLoad, Path: where, Line: line, Err: errors.New(p.ImportPath + ": " + msg)}
}

// gap records what the go command said about the module.
func (r *run) gap(path string, line int, msg string) {
	if hint := advice(msg); hint != "" && !strings.Contains(msg, hint) {
		msg += "; " + hint
	}
	r.c.Gap(&report.Error{Op: report.OpLoad, Path: path, Line: line, Err: errors.New(msg)})
}
