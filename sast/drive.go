package sast

import (
	"fmt"
	"go/token"
	"go/types"
	"os"

	"golang.org/x/tools/go/analysis"

	"github.com/merlonsec/merlon/internal/taint"
	"github.com/merlonsec/merlon/internal/work"
)

// A driver runs analyzers on one package.
type driver struct {
	fset    *token.FileSet
	sizes   types.Sizes
	facts   *facts
	p       *loaded
	results map[*analysis.Analyzer]*outcome
}

// outcome is what became of an analyzer.
type outcome struct {
	result      any
	diagnostics []analysis.Diagnostic
	err         error
	panicked    bool
}

// run runs an analyzer, after those that it requires.
func (d *driver) run(a *analysis.Analyzer) *outcome {
	if o := d.results[a]; o != nil {
		return o
	}
	o := new(outcome)
	d.results[a] = o
	inputs := map[*analysis.Analyzer]any{}
	for _, req := range a.Requires {
		r := d.run(req)
		if r.err != nil {
			o.err, o.panicked = r.err, r.panicked
			return o
		}
		inputs[req] = r.result
	}
	pass := &analysis.Pass{
		Analyzer: a, Fset: d.fset, Files: d.p.files, Pkg: d.p.pkg, TypesInfo: d.p.info, TypesSizes: d.sizes, ResultOf: inputs,
		Report:   func(diag analysis.Diagnostic) { o.diagnostics = append(o.diagnostics, diag) },
		ReadFile: d.readFile,
	}
	if m := d.p.Module; m != nil {
		pass.Module = &analysis.Module{Path: m.Path, Version: m.Version, GoVersion: m.GoVersion}
	}
	d.facts.bind(pass)
	if p := work.Contain(func() { o.result, o.err = a.Run(pass) }); p != nil {
		o.err, o.panicked = fmt.Errorf("analyzer %s panicked: %w", a.Name, p), true
	}
	return o
}

func (d *driver) readFile(name string) ([]byte, error) {
	if text, ok := d.p.texts[name]; ok {
		return text, nil
	}
	return os.ReadFile(name)
}

// limits are the functions that the taint engines did not analyse to the end.
func (d *driver) limits() []taint.Limit {
	var all []taint.Limit
	for _, o := range d.results {
		if r, ok := o.result.(*taint.Result); ok && r != nil {
			all = append(all, r.Limits...)
		}
	}
	return all
}
