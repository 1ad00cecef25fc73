package taint

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

// New returns an engine as an analyzer, with models added to the shipped
// ones. Analyzers that require it find its [*Result] in ResultOf, nil for a
// package of the standard library. Two engines share nothing.
func New(more ...Model) (*analysis.Analyzer, error) {
	rows := append(append(append(append(stdModels(), remoteModels()...), sqlModels()...), commandModels()...), more...)
	table, err := parseModels(rows)
	if err != nil {
		return nil, err
	}
	build := NewSSA()
	a := &analysis.Analyzer{
		Name:       "merlontaint",
		Doc:        "follow data of others to where it is dangerous",
		URL:        "https://pkg.go.dev/github.com/merlonsec/merlon/sast",
		Requires:   []*analysis.Analyzer{build},
		ResultType: reflect.TypeFor[*Result](),
		FactTypes:  []analysis.Fact{new(Fact)},
	}
	a.Run = func(pass *analysis.Pass) (any, error) {
		if standard(pass) {
			return (*Result)(nil), nil
		}
		pkg, err := pass.ResultOf[build].(*SSA).Package()
		if err != nil {
			return nil, err
		}
		return analyse(pass, pkg, table)
	}
	return a, nil
}

// standard reports whether the package is of the standard library, over all
// of which go vet runs its tool.
func standard(pass *analysis.Pass) bool {
	if m := pass.Module; m != nil && m.Path != "" && m.Path != "std" && m.Path != "cmd" {
		return false
	}
	return IsStd(pass.Pkg.Path())
}

func analyse(pass *analysis.Pass, pkg *ssa.Package, table models) (r *Result, err error) {
	defer func() {
		if v := recover(); v != nil {
			r, err = nil, fmt.Errorf("following data through %s: %v", pass.Pkg.Path(), v)
		}
	}()
	e := &engine{
		pass: pass, pkgPath: pass.Pkg.Path(), models: table, pkg: pkg, spans: spans(pass.Fset, pass.Files), places: map[token.Pos]Place{},
		funcs: map[*ssa.Function]*function{}, readers: map[*ssa.Global][]*function{}, globals: map[*ssa.Global]*marks{},
		fieldFuncs: map[types.Object][]*ssa.Function{}, impls: map[*types.Func][]*function{}, names: map[*types.Func]string{},
		externals: map[*types.Func]*Summary{}, sources: map[sourceKey]*source{}, findings: map[findingKey]*Finding{},
	}
	e.imported, e.known = imported(pass)
	e.run()
	if f := e.export(); len(f.Funcs) > 0 || len(e.known) > 0 {
		pass.ExportPackageFact(f)
	}
	return e.result(), nil
}
