package taint

import (
	"cmp"
	"go/types"
	"slices"
	"strconv"

	"golang.org/x/tools/go/analysis"
)

// A Fact is what one package tells those that import it: the summaries of its
// functions, and those of the packages that it imports which read from
// outside or lead to a sink. It is merged onward, since package facts reach
// direct importers only. Functions are sorted by name.
type Fact struct {
	Funcs []FuncSummary
}

// AFact marks Fact as a fact.
func (*Fact) AFact() {}

// String says how much there is.
func (f *Fact) String() string { return "taint(" + strconv.Itoa(len(f.Funcs)) + ")" }

// A FuncSummary is the summary of a function by its full name (types.Func.FullName).
type FuncSummary struct {
	Name    string
	Summary Summary
}

var _ analysis.Fact = (*Fact)(nil)

// maxOnward bounds what is merged onward, in functions.
const maxOnward = 20000

// imported gathers the facts of the packages that pass.Pkg imports, and says
// which of them have one: a function that is not in it does nothing of interest.
func imported(pass *analysis.Pass) (map[string]*Summary, map[*types.Package]bool) {
	table := map[string]*Summary{}
	known := map[*types.Package]bool{}
	imports := slices.Clone(pass.Pkg.Imports())
	slices.SortFunc(imports, func(a, b *types.Package) int { return cmp.Compare(a.Path(), b.Path()) })
	for _, p := range imports {
		var f Fact
		if !pass.ImportPackageFact(p, &f) {
			continue
		}
		known[p] = true
		for i := range f.Funcs {
			fs := &f.Funcs[i]
			if table[fs.Name] == nil {
				table[fs.Name] = &fs.Summary
			}
		}
	}
	return table, known
}

// export makes the fact of this package.
func (e *engine) export() *Fact {
	f := new(Fact)
	own := map[string]bool{}
	for _, fn := range e.order {
		obj, ok := fn.fn.Object().(*types.Func)
		if !ok || fn.fn.Origin() != nil && fn.fn.Origin() != fn.fn || !reachable(obj) || fn.sum.empty() {
			continue
		}
		name := obj.FullName()
		if own[name] {
			continue
		}
		own[name] = true
		fn.sum.sort()
		f.Funcs = append(f.Funcs, FuncSummary{name, fn.sum.away()})
	}
	var onward []FuncSummary
	for name, s := range e.imported {
		if len(s.Reaches)+len(s.Emits) > 0 && !own[name] {
			onward = append(onward, FuncSummary{name, *s})
		}
	}
	byName := func(a, b FuncSummary) int { return cmp.Compare(a.Name, b.Name) }
	slices.SortFunc(onward, byName)
	f.Funcs = append(f.Funcs, onward[:min(len(onward), maxOnward)]...)
	slices.SortFunc(f.Funcs, byName)
	return f
}

// reachable reports whether other packages can call fn: by its name, or as a
// method of a value that they are handed.
func reachable(fn *types.Func) bool { return fn.Exported() }

// away is s without positions of this package and free variables' inputs.
func (s *Summary) away() Summary {
	t := Summary{Moves: s.Moves, Calls: s.Calls, Vouches: s.Vouches}
	for _, m := range s.Emits {
		m.At, m.Steps = m.At.away(), away(m.Steps)
		t.Emits = append(t.Emits, m)
	}
	for _, r := range s.Reaches {
		r.At, r.Steps = r.At.away(), away(r.Steps)
		t.Reaches = append(t.Reaches, r)
	}
	return t
}
