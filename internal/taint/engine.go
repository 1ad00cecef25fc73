package taint

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

// An engine analyses one package.
type engine struct {
	pass     *analysis.Pass
	pkgPath  string
	models   models
	imported map[string]*Summary
	known    map[*types.Package]bool
	pkg      *ssa.Package
	spans    map[token.Pos]span
	places   map[token.Pos]Place

	order   []*function // callees first, as far as there are no cycles
	funcs   map[*ssa.Function]*function
	readers map[*ssa.Global][]*function
	globals map[*ssa.Global]*marks

	fieldFuncs map[types.Object][]*ssa.Function // functions stored in a field or package variable
	types      []*types.Named                   // concrete types of the package, in order of source
	impls      map[*types.Func][]*function
	names      map[*types.Func]string
	externals  map[*types.Func]*Summary
	sources    map[sourceKey]*source
	findings   map[findingKey]*Finding
	given      []Limit
}

type sourceKey struct {
	what  string
	place Place
}

// maxRounds bounds how often a function is looked at anew because one that it
// calls became known better. Summaries only grow, so this is for the worst of cycles.
const maxRounds = 30

// run analyses the package to its fixed point.
func (e *engine) run() {
	e.discover()
	for round := 0; ; round++ {
		busy := false
		for _, f := range e.order {
			if !f.dirty {
				continue
			}
			if round > maxRounds {
				e.giveUp(f, "the fixed point was not reached")
				f.dirty = false
				continue
			}
			f.dirty = false
			busy = true
			if f.run() {
				for _, c := range f.callers {
					c.dirty = true
				}
			}
		}
		if !busy {
			return
		}
	}
}

// giveUp records a function that was not analysed to the end.
func (e *engine) giveUp(f *function, why string) {
	for _, l := range e.given {
		if l.Pos == f.fn.Pos() && l.Why == why {
			return
		}
	}
	e.given = append(e.given, Limit{Pos: f.fn.Pos(), Function: f.name(), Why: why})
}

// discover finds the functions of the package and who calls whom.
func (e *engine) discover() {
	prog := e.pkg.Prog
	var found []*function
	var add func(fn *ssa.Function) *function
	add = func(fn *ssa.Function) *function {
		if f := e.funcs[fn]; f != nil || fn == nil || fn.Blocks == nil {
			return f
		}
		f := newFunction(e, fn)
		e.funcs[fn] = f
		found = append(found, f)
		for _, anon := range fn.AnonFuncs {
			add(anon)
		}
		return f
	}
	add(e.pkg.Func("init"))
	for _, file := range e.pass.Files {
		for _, decl := range file.Decls {
			if d, ok := decl.(*ast.FuncDecl); ok {
				if obj, ok := e.pass.TypesInfo.Defs[d.Name].(*types.Func); ok {
					add(prog.FuncValue(obj))
				}
			}
		}
	}
	for id, obj := range e.pass.TypesInfo.Defs {
		if tn, ok := obj.(*types.TypeName); ok && !tn.IsAlias() && id.Name != "_" {
			if n, ok := tn.Type().(*types.Named); ok && !types.IsInterface(n) && n.TypeParams().Len() == 0 {
				e.types = append(e.types, n)
			}
		}
	}
	slices.SortFunc(e.types, func(a, b *types.Named) int { return cmp.Compare(a.Obj().Pos(), b.Obj().Pos()) })

	for i := 0; i < len(found); i++ { // found grows
		f := found[i]
		for _, b := range f.fn.Blocks {
			for _, instr := range b.Instrs {
				e.note(f, instr)
				for _, op := range instr.Operands(nil) {
					if fn, ok := (*op).(*ssa.Function); ok {
						f.link(add(fn))
					}
				}
			}
		}
	}
	for _, f := range found {
		for _, b := range f.fn.Blocks {
			for _, instr := range b.Instrs {
				if c, ok := instr.(ssa.CallInstruction); ok {
					for _, t := range f.targets(c.Common()) {
						f.link(t.fn)
					}
				}
			}
		}
	}
	e.order = postorder(found)
}

// note records what an instruction says about the package as a whole.
func (e *engine) note(f *function, instr ssa.Instruction) {
	for _, op := range instr.Operands(nil) {
		if g, ok := (*op).(*ssa.Global); ok {
			if r := e.readers[g]; len(r) == 0 || r[len(r)-1] != f {
				e.readers[g] = append(r, f)
			}
		}
	}
	s, ok := instr.(*ssa.Store)
	if !ok {
		return
	}
	var obj types.Object
	switch a := s.Addr.(type) {
	case *ssa.FieldAddr:
		obj = fieldVar(a)
	case *ssa.Global:
		obj = a.Object()
	}
	if obj == nil {
		return
	}
	if _, ok := obj.Type().Underlying().(*types.Signature); ok {
		for _, fn := range staticFuncs(s.Val, 0) {
			if !slices.Contains(e.fieldFuncs[obj], fn) {
				e.fieldFuncs[obj] = append(e.fieldFuncs[obj], fn)
			}
		}
	}
}

// staticFuncs are the functions that a value is, as far as it says so itself.
func staticFuncs(v ssa.Value, depth int) []*ssa.Function {
	if depth > 2 {
		return nil
	}
	switch v := v.(type) {
	case *ssa.Function:
		return []*ssa.Function{v}
	case *ssa.MakeClosure:
		return []*ssa.Function{v.Fn.(*ssa.Function)}
	case *ssa.ChangeType:
		return staticFuncs(v.X, depth+1)
	case *ssa.Phi:
		var all []*ssa.Function
		for _, edge := range v.Edges {
			all = append(all, staticFuncs(edge, depth+1)...)
		}
		return all
	}
	return nil
}

// fieldVar is the field that a points at.
func fieldVar(a *ssa.FieldAddr) *types.Var { return structField(a.X.Type(), a.Field) }

func structField(t types.Type, i int) *types.Var {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if s, ok := coreStruct(t); ok && i < s.NumFields() {
		return s.Field(i)
	}
	return nil
}

// coreStruct is the struct under t, also where t is a type parameter.
func coreStruct(t types.Type) (*types.Struct, bool) {
	s, ok := t.Underlying().(*types.Struct)
	if ok {
		return s, true
	}
	if i, ok := t.Underlying().(*types.Interface); ok {
		for e := range i.EmbeddedTypes() {
			if s, ok := e.Underlying().(*types.Struct); ok {
				return s, true
			}
		}
	}
	return nil, false
}

// postorder lists callees before callers.
func postorder(found []*function) []*function {
	var order []*function
	type frame struct {
		f    *function
		next int
	}
	seen := map[*function]bool{}
	for _, root := range found {
		if seen[root] {
			continue
		}
		seen[root] = true
		stack := []frame{{root, 0}}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.next < len(top.f.callees) {
				c := top.f.callees[top.next]
				top.next++
				if !seen[c] {
					seen[c] = true
					stack = append(stack, frame{c, 0})
				}
				continue
			}
			order = append(order, top.f)
			stack = stack[:len(stack)-1]
		}
	}
	return order
}

// maxImplementations bounds the functions that one call of an interface method may reach.
const maxImplementations = 256

// implementations are the methods of the package's types that a call of an
// interface method may reach. Of the standard library's interfaces everybody
// has implementations, so those say nothing.
//
// all is false if there are more than maxImplementations.
func (e *engine) implementations(method *types.Func) (list []*function, all bool) {
	if method.Pkg() == nil || method.Pkg() != e.pass.Pkg && IsStd(method.Pkg().Path()) {
		return nil, true
	}
	if list, ok := e.impls[method]; ok {
		return list[:min(len(list), maxImplementations)], len(list) <= maxImplementations
	}
	recv := method.Signature().Recv()
	if iface, ok := recv.Type().Underlying().(*types.Interface); ok {
		for _, n := range e.types {
			ptr := types.NewPointer(n)
			if !types.Implements(ptr, iface) {
				continue
			}
			obj, _, _ := types.LookupFieldOrMethod(ptr, false, method.Pkg(), method.Name())
			if m, ok := obj.(*types.Func); ok {
				if f := e.funcs[e.pkg.Prog.FuncValue(m)]; f != nil && !slices.Contains(list, f) {
					list = append(list, f)
				}
			}
		}
	}
	e.impls[method] = list
	return list[:min(len(list), maxImplementations)], len(list) <= maxImplementations
}

// source interns a source.
func (e *engine) source(what string, pos token.Pos) *source { return e.sourceAt(what, e.place(pos)) }

func (e *engine) sourceAt(what string, place Place) *source {
	k := sourceKey{what, place}
	s := e.sources[k]
	if s == nil {
		s = &source{len(e.sources), what, place}
		e.sources[k] = s
	}
	return s
}

// modelName caches [modelName].
func (e *engine) modelName(fn *types.Func) string {
	name, ok := e.names[fn]
	if !ok {
		name = modelName(fn)
		e.names[fn] = name
	}
	return name
}
