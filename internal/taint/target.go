package taint

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A target is what a call may execute.
type target struct {
	fn    *function // nil outside the package
	sum   *Summary
	bound []ssa.Value // free variables, as values of the caller; nil if not known
	name  string      // as people write it
}

// arguments lists the arguments of a call, the receiver first.
func arguments(c *ssa.CallCommon) []ssa.Value {
	if c.IsInvoke() {
		return append([]ssa.Value{c.Value}, c.Args...)
	}
	return c.Args
}

// callee is the function or interface method that c names, if it names one.
func callee(c *ssa.CallCommon) *types.Func {
	if c.IsInvoke() {
		return c.Method
	}
	if fn := c.StaticCallee(); fn != nil {
		obj, _ := fn.Object().(*types.Func)
		if obj == nil && fn.Origin() != nil {
			obj, _ = fn.Origin().Object().(*types.Func)
		}
		return obj
	}
	return nil
}

// targets are what c may execute, as far as that is known.
func (f *function) targets(c *ssa.CallCommon) []target {
	list, ok := f.calls[c]
	if !ok {
		list = f.findTargets(c)
		f.calls[c] = list
	}
	return list
}

func (f *function) findTargets(c *ssa.CallCommon) []target {
	obj := callee(c)
	if obj != nil {
		if m := f.eng.models[f.eng.modelName(obj)]; m != nil {
			return []target{{sum: f.eng.external(obj, m), name: shortName(obj)}}
		}
	}
	if c.IsInvoke() {
		var list []target
		impls, all := f.eng.implementations(c.Method)
		if !all {
			f.eng.giveUp(f, "it calls "+shortName(c.Method)+", which too many types have")
		}
		for _, g := range impls {
			list = append(list, target{fn: g, sum: g.sum, name: shortName(c.Method)})
		}
		if list == nil {
			list = []target{{sum: f.eng.external(obj, nil), name: shortName(obj)}}
		}
		return list
	}
	return f.resolve(c.Value)
}

// maxTargets bounds the values that are looked at to find the functions that
// one may be.
const maxTargets = 1000

// resolve finds the functions that v may be.
func (f *function) resolve(v ssa.Value) []target {
	seen := map[ssa.Value]bool{}
	list := f.resolveValue(v, seen)
	if len(seen) > maxTargets {
		f.eng.giveUp(f, "a function value in it may be too many functions")
	}
	return list
}

// resolveValue adds v to seen and finds the functions that it may be. A value
// that was seen, as in a loop that replaces a function, adds nothing.
func (f *function) resolveValue(v ssa.Value, seen map[ssa.Value]bool) []target {
	if seen[v] || len(seen) > maxTargets {
		return nil
	}
	seen[v] = true
	switch v := v.(type) {
	case *ssa.Function:
		return f.function(v, nil)
	case *ssa.MakeClosure:
		return f.function(v.Fn.(*ssa.Function), v.Bindings)
	case *ssa.ChangeType:
		return f.resolveValue(v.X, seen)
	case *ssa.MakeInterface:
		return f.resolveValue(v.X, seen)
	case *ssa.Phi:
		var all []target
		for _, e := range v.Edges {
			all = append(all, f.resolveValue(e, seen)...)
		}
		return all
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return f.stored(v.X, seen)
		}
	}
	return nil
}

// stored finds the functions that may be stored at addr.
func (f *function) stored(addr ssa.Value, seen map[ssa.Value]bool) []target {
	var all []target
	switch a := addr.(type) {
	case *ssa.Alloc:
		for _, r := range *a.Referrers() {
			if s, ok := r.(*ssa.Store); ok && s.Addr == addr {
				all = append(all, f.resolveValue(s.Val, seen)...)
			}
		}
	case *ssa.FreeVar:
		// The variable of the function around this one.
		if parent := f.fn.Parent(); parent != nil {
			i := slices.Index(f.fn.FreeVars, a)
			if mc := closureOf(parent, f.fn); mc != nil && i >= 0 && i < len(mc.Bindings) {
				if alloc, ok := mc.Bindings[i].(*ssa.Alloc); ok {
					for _, r := range *alloc.Referrers() {
						if s, ok := r.(*ssa.Store); ok && s.Addr == alloc {
							for _, fn := range staticFuncs(s.Val, 0) {
								all = append(all, f.function(fn, nil)...)
							}
						}
					}
				}
			}
		}
	case *ssa.FieldAddr:
		if fv := fieldVar(a); fv != nil {
			for _, fn := range f.eng.fieldFuncs[fv] {
				all = append(all, f.function(fn, nil)...)
			}
		}
	case *ssa.Global:
		if a.Object() != nil {
			for _, fn := range f.eng.fieldFuncs[a.Object()] {
				all = append(all, f.function(fn, nil)...)
			}
		}
	}
	return all
}

func closureOf(parent, fn *ssa.Function) *ssa.MakeClosure {
	for _, b := range parent.Blocks {
		for _, instr := range b.Instrs {
			if mc, ok := instr.(*ssa.MakeClosure); ok && mc.Fn == fn {
				return mc
			}
		}
	}
	return nil
}

// function is the target for a function.
func (f *function) function(fn *ssa.Function, bound []ssa.Value) []target {
	if g := f.eng.funcs[fn]; g != nil {
		name := fn.Name()
		if fn.Parent() != nil {
			name = "the function literal"
		}
		return []target{{fn: g, sum: g.sum, bound: bound, name: name}}
	}
	obj, _ := fn.Object().(*types.Func)
	if obj == nil && fn.Origin() != nil {
		if g := f.eng.funcs[fn.Origin()]; g != nil {
			return []target{{fn: g, sum: g.sum, bound: bound, name: fn.Name()}}
		}
		obj, _ = fn.Origin().Object().(*types.Func)
	}
	if obj == nil {
		return nil
	}
	m := f.eng.models[f.eng.modelName(obj)]
	return []target{{sum: f.eng.external(obj, m), bound: bound, name: shortName(obj)}}
}

// external is the summary of a function that is not in the package.
func (e *engine) external(fn *types.Func, m *model) *Summary {
	fn = fn.Origin()
	if s := e.externals[fn]; s != nil {
		return s
	}
	sig := fn.Signature()
	var s *Summary
	switch {
	case m != nil:
		s = m.summarise(sig)
	case e.imported[fn.FullName()] != nil:
		s = e.imported[fn.FullName()]
	case fn.Pkg() == nil:
		s = new(Summary)
	case textPackage(stripMajor(fn.Pkg().Path())):
		s = textSummary(sig, false)
	case IsStd(fn.Pkg().Path()) || sig.Recv() != nil && types.IsInterface(sig.Recv().Type()) || cleans(fn.Name()) || e.known[fn.Pkg()]:
		s = new(Summary)
	default:
		s = textSummary(sig, true)
	}
	e.externals[fn] = s
	return s
}

// cleans reports whether the name of a function that nothing else is known
// about says that its result is not what went in.
func cleans(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"escape", "quote", "sanit", "clean", "hash", "encode", "encrypt", "sign", "digest", "valid", "slug", "safe", "lookup", "load", "fetch", "find", "get", "read", "query"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// shortName is how people write a function: "(*sql.DB).Query", "fmt.Sprintf".
func shortName(fn *types.Func) string {
	if fn.Pkg() == nil {
		return fn.Name()
	}
	recv := fn.Signature().Recv()
	if recv == nil {
		return fn.Pkg().Name() + "." + fn.Name()
	}
	name := fn.Pkg().Name() + "." + typeName(recv.Type())
	if _, ok := recv.Type().(*types.Pointer); ok {
		name = "(*" + name + ")"
	}
	return name + "." + fn.Name()
}
