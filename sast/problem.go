package sast

import (
	"go/ast"
	"go/token"
	"reflect"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/merlonsec/merlon/internal/taint"
)

// problems is the result of an analyzer of this package: its diagnostics with
// what go/analysis has no field for, and those that a comment ignores, which
// it does not report. Scan reads it; other drivers see the diagnostics.
type problems struct {
	rule string
	pass *analysis.Pass
	list []*problem
}

var problemsType = reflect.TypeFor[*problems]()

type problem struct {
	analysis.Diagnostic
	flows   []taint.Flow
	at      taint.Place // the sink, where it is in another package
	ignored *directive
}

// add reports a problem unless a comment ignores it.
func (ps *problems) add(p *problem) {
	p.Category = analyzerName(ps.rule)
	p.URL = home + p.Category
	d := ignoring(ps.pass, p.Pos, p.End, ps.rule)
	if d != nil && d.reasonless {
		p.Message += " (the merlon:ignore here does not count: it names no reason)"
		d = nil
	}
	p.ignored = d
	ps.list = append(ps.list, p)
	if d == nil {
		ps.pass.Report(p.Diagnostic)
	}
}

// flow turns a finding of the taint engine into a problem.
func (ps *problems) flow(f *taint.Finding, message string) {
	p := &problem{Diagnostic: analysis.Diagnostic{Pos: f.Here.Pos, End: f.Here.End, Message: message}, flows: f.Flows}
	if !f.At.Pos.IsValid() {
		p.at = f.At
	}
	if len(f.Flows) > 0 {
		for _, s := range f.Flows[0].Steps {
			r := analysis.RelatedInformation{Pos: s.Place.Pos, End: s.Place.End, Message: s.Text}
			if !r.Pos.IsValid() {
				r.Pos, r.End = f.Here.Pos, f.Here.End
				r.Message += " (" + s.Place.Package + ", " + position(s.Place) + ")"
			}
			p.Related = append(p.Related, r)
		}
	}
	ps.add(p)
}

// inTest reports whether pos is in a file of tests, or one that helps them.
func inTest(pass *analysis.Pass, pos token.Pos) bool {
	f := fileOf(pass, pos)
	if f == nil || isTestFile(pass.Fset.File(pos).Name()) {
		return true
	}
	for _, spec := range f.Imports {
		if p := spec.Path.Value; p == `"testing"` || p == `"net/http/httptest"` || strings.HasPrefix(p, `"github.com/stretchr/testify/`) {
			return true
		}
	}
	return false
}

// fileOf is the file that pos is in, nil if it is none of the package's.
func fileOf(pass *analysis.Pass, pos token.Pos) *ast.File {
	for _, f := range pass.Files {
		if f.FileStart <= pos && pos < f.FileEnd {
			return f
		}
	}
	return nil
}
