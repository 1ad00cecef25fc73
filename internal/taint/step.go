package taint

import (
	"go/ast"
	"go/token"
	"path/filepath"
)

// A Place is a range in this package, or in another one by name.
type Place struct {
	Pos, End        token.Pos // in this package; zero elsewhere
	Package         string    // import path
	File            string    // base name
	Line, Column    int       // in bytes, from one
	EndLine, EndCol int
}

// A Step is one stop of a flow. The first step of a flow is its source, the last its sink.
type Step struct {
	Place Place
	Text  string // "passed to find"
}

// A trail leads back from a mark to where its data came from.
type trail struct {
	prev *trail
	step Step
	n    int
}

// maxSteps bounds the steps of a flow; of a longer one the middle is left out.
const maxSteps = 24

func (t *trail) add(s Step) *trail {
	if t != nil && t.step.Place == s.Place && t.step.Text == s.Text {
		return t
	}
	n := 1
	if t != nil {
		n = t.n + 1
	}
	return &trail{t, s, n}
}

func (t *trail) addAll(steps []Step) *trail {
	for _, s := range steps {
		t = t.add(s)
	}
	return t
}

// steps lists a trail from its start.
func (t *trail) steps() []Step {
	if t == nil {
		return nil
	}
	list := make([]Step, t.n)
	for u := t; u != nil; u = u.prev {
		list[u.n-1] = u.step
	}
	if len(list) > maxSteps {
		list = append(list[:maxSteps/2:maxSteps/2], list[len(list)-maxSteps/2:]...)
	}
	return list
}

// A span is the range of a call in the source.
type span struct{ pos, end token.Pos }

// spans finds the calls by the positions that package ssa gives them: that of
// the parenthesis, or of the go or defer statement. A call at the end of a
// chain over several lines starts at its own name.
func spans(fset *token.FileSet, files []*ast.File) map[token.Pos]span {
	m := map[token.Pos]span{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				start := n.Pos()
				if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && fset.Position(start).Line != fset.Position(sel.Sel.Pos()).Line {
					start = sel.Sel.Pos()
				}
				m[n.Lparen] = span{start, n.End()}
			case *ast.GoStmt:
				m[n.Go] = span{n.Call.Pos(), n.End()}
			case *ast.DeferStmt:
				m[n.Defer] = span{n.Call.Pos(), n.End()}
			}
			return true
		})
	}
	return m
}

// place is where pos is.
func (e *engine) place(pos token.Pos) Place {
	if !pos.IsValid() {
		return Place{Package: e.pkgPath}
	}
	if p, ok := e.places[pos]; ok {
		return p
	}
	s, ok := e.spans[pos]
	if !ok {
		s = span{pos, pos}
	}
	p, q := e.pass.Fset.PositionFor(s.pos, false), e.pass.Fset.PositionFor(s.end, false)
	at := Place{s.pos, s.end, e.pkgPath, filepath.Base(p.Filename), p.Line, p.Column, q.Line, q.Column}
	e.places[pos] = at
	return at
}

// away is a place or steps as other packages see them.
func (p Place) away() Place { p.Pos, p.End = token.NoPos, token.NoPos; return p }

func away(steps []Step) []Step {
	out := make([]Step, len(steps))
	for i, s := range steps {
		s.Place = s.Place.away()
		out[i] = s
	}
	return out
}
