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
		for _, g := range f.eng.implementations(c.Method) {
			list = append(list, target{fn: g, sum: g.sum, name: shortName(c.Method)})
		}
		if list == nil {
			list = []target{{sum: f.eng.external(obj, nil), name: shortName(obj)}}
		}
		return list
	}
	return f.resolve(c.Value)
}

// maxTargets bounds the functions that one value may be, and the steps to find them.
const maxTargets = 100

// resolve finds the functions that v may be.
func (f *function) resolve(v ssa.Value) []target {
	fuel := maxTargets
	return f.resolveValue(v, &fuel)
}

func (f *function) resolveValue(v ssa.Value, fuel *int) []target {
	if *fuel--; *fuel < 0 {
		return nil
	}
	switch v := v.(type) {
	case *ssa.Function:
		return f.function(v, nil)
	case *ssa.MakeClosure:
		return f.function(v.Fn.(*ssa.Function), v.Bindings)
	case *ssa.ChangeType:
		return f.resolveValue(v.X, fuel)
	case *ssa.MakeInterface:
		return f.resolveValue(v.X, fuel)
	case *ssa.Phi:
		var all []target
		for _, e := range v.Edges {
			all = append(all, f.resolveValue(e, fuel)...)
		}
		return all
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return f.stored(v.X, fuel)
		}
	}
	return nil
}

// stored finds the functions that may be stored at addr.
func (f *function) stored(addr ssa.Value, fuel *int) []target {
	var all []target
	switch a := addr.(type) {
	case *ssa.Alloc:
		for _, r := range *a.Referrers() {
			if s, ok := r.(*ssa.Store); ok && s.Addr == addr {
				all = append(all, f.resolveValue(s.Val, fuel)...)
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

// call handles a call, go or defer statement.
func (f *function) call(c ssa.CallInstruction) {
	common := c.Common()
	if b, ok := common.Value.(*ssa.Builtin); ok {
		f.builtin(c, b)
		return
	}
	args := arguments(common)
	obj := callee(common)
	var m *model
	if obj != nil {
		name := f.eng.modelName(obj)
		m = f.eng.models[name]
		f.sinks(c, obj, name, m, args)
		if m != nil {
			f.modelSources(c, obj, m, args)
		}
		if f.special(c, name, args) {
			return
		}
	}
	targets := f.targets(common)
	for _, t := range targets {
		f.apply(c, t, args, func(i int) []entry {
			if i < len(args) {
				return f.at(args[i])
			}
			if j := i - len(args); j < len(t.bound) {
				return f.at(t.bound[j])
			}
			return nil
		})
	}
	if len(targets) == 0 {
		f.unknown(c, args)
	}
}

// modelSources handles a call that brings in data of others.
func (f *function) modelSources(c ssa.CallInstruction, obj *types.Func, m *model, args []ssa.Value) {
	for _, p := range m.sources {
		out, ok := output(p, obj.Signature())
		if !ok {
			continue
		}
		what := shortName(obj)
		src := f.eng.source(what, c.Pos())
		in := []entry{{mark{origin{source: src}, ""}, All, (*trail)(nil).add(Step{src.place, what + " returns what the client sent"})}}
		f.deliver(c, out, in, args)
	}
}

// deliver puts marks into an output of a call.
func (f *function) deliver(c ssa.CallInstruction, out Output, in []entry, args []ssa.Value) {
	if !out.Result {
		if out.Index < len(args) {
			f.write(args[out.Index], in, 0)
		}
		return
	}
	v := c.Value()
	if v == nil {
		return
	}
	if t, ok := v.Type().(*types.Tuple); ok {
		if out.Index < t.Len() {
			f.put(v, under(in, tupleElem(out.Index)))
		}
		return
	}
	f.put(v, in)
}

// apply does what the summary of a target says. marksOf returns the marks of
// an input of the target.
func (f *function) apply(c ssa.CallInstruction, t target, args []ssa.Value, marksOf func(int) []entry) {
	place := f.eng.place(c.Pos())
	all := args
	if t.bound != nil {
		all = append(slices.Clone(args), t.bound...)
	}
	for _, m := range t.sum.Moves {
		var in []entry
		for _, e := range marksOf(m.From.Index) {
			e, ok := e.take(path(m.From.At))
			if e.class &= m.Keep; !ok || e.class == 0 {
				continue
			}
			e.at = path(m.To.At).join(e.at)
			e.trail = e.trail.add(Step{place, "through " + t.name})
			in = append(in, e)
		}
		if in != nil {
			f.deliver(c, m.To, in, all)
		}
	}
	for _, m := range t.sum.Emits {
		src := f.eng.sourceAt(m.What, m.At)
		tr := (*trail)(nil).addAll(m.Steps).add(Step{place, "out of " + t.name})
		f.deliver(c, m.To, []entry{{mark{origin{source: src}, path(m.To.At)}, m.Keep, tr}}, all)
	}
	for _, r := range t.sum.Reaches {
		for _, e := range marksOf(r.From.Index) {
			e, ok := e.take(path(r.From.At))
			if !ok || e.class&r.Class == 0 {
				continue
			}
			tr := e.trail.add(Step{place, "passed to " + t.name}).addAll(r.Steps)
			f.arrived(e, r.Class, r.What, r.At, tr, c.Pos())
		}
	}
	for _, cb := range t.sum.Calls {
		f.callback(c, cb, args, marksOf)
	}
}

// arrived handles data of e at a sink.
func (f *function) arrived(e entry, class Class, what string, at Place, tr *trail, pos token.Pos) {
	if e.origin.source != nil {
		f.eng.found(f, e.origin.source, class, what, at, tr, pos)
		return
	}
	news := f.sum.reach(Reach{Input{e.origin.input, string(e.origin.at)}, class, what, at, tr.steps()})
	f.grown = f.grown || news
}

// callback handles data that a callee hands to a function which it was handed.
func (f *function) callback(c ssa.CallInstruction, cb Callback, args []ssa.Value, marksOf func(int) []entry) {
	if cb.Func.Index >= len(args) {
		return
	}
	var in []entry
	for _, e := range marksOf(cb.From.Index) {
		e, ok := e.take(path(cb.From.At))
		if e.class &= cb.Keep; !ok || e.class == 0 {
			continue
		}
		e.at = path(cb.At).join(e.at)
		in = append(in, e)
	}
	if in == nil {
		return
	}
	fv := args[cb.Func.Index]
	var targets []target
	if cb.Func.At == "" {
		targets = f.resolve(fv)
	}
	for _, t := range targets {
		params := len(t.paramTypes())
		f.apply(c, target{fn: t.fn, sum: &Summary{Reaches: t.sum.Reaches}, name: t.name}, nil, func(i int) []entry {
			switch {
			case i == cb.Arg:
				return in
			case i >= params && i-params < len(t.bound):
				return f.at(t.bound[i-params])
			}
			return nil
		})
	}
	if len(targets) == 0 {
		f.handOn(fv, cb.Func.At, cb.Arg, in)
	}
}

// paramTypes are the parameters of a target in the package.
func (t target) paramTypes() []*ssa.Parameter {
	if t.fn == nil {
		return nil
	}
	return t.fn.fn.Params
}

// handOn records that data goes to a function which is an input of f.
func (f *function) handOn(fv ssa.Value, at string, arg int, in []entry) {
	for _, fe := range f.of(fv) {
		if fe.origin.source != nil || fe.at != "" {
			continue
		}
		fn := Input{fe.origin.input, string(fe.origin.at.join(path(at)))}
		for _, e := range in {
			if e.origin.source == nil {
				news := f.sum.call(Callback{fn, arg, string(e.at), Input{e.origin.input, string(e.origin.at)}, e.class})
				f.grown = f.grown || news
			}
		}
	}
}

// unknown handles a call of a function value that could be any function:
// text in, text out.
func (f *function) unknown(c ssa.CallInstruction, args []ssa.Value) {
	for i, a := range args {
		in := f.at(a)
		if len(in) == 0 {
			continue
		}
		f.handOn(c.Common().Value, "", i, in)
		if v := c.Value(); v != nil && isText(a.Type()) && isText(v.Type()) {
			f.put(v, in)
		}
	}
}

// makeClosure handles the making of a function literal: whoever calls it,
// what it has of this function's variables gets where it sends them.
func (f *function) makeClosure(mc *ssa.MakeClosure) {
	g := f.eng.funcs[mc.Fn.(*ssa.Function)]
	if g == nil {
		return
	}
	n := len(g.fn.Params)
	bound := func(i int) ssa.Value {
		if i >= n && i-n < len(mc.Bindings) {
			return mc.Bindings[i-n]
		}
		return nil
	}
	for _, r := range g.sum.Reaches {
		if v := bound(r.From.Index); v != nil {
			for _, e := range f.at(v) {
				if e, ok := e.take(path(r.From.At)); ok && e.class&r.Class != 0 {
					tr := e.trail.add(Step{f.eng.place(mc.Pos()), "used in the function literal"}).addAll(r.Steps)
					f.arrived(e, r.Class, r.What, r.At, tr, mc.Pos())
				}
			}
		}
	}
	for _, m := range g.sum.Moves {
		from, to := bound(m.From.Index), bound(m.To.Index)
		if m.To.Result || from == nil || to == nil {
			continue
		}
		var in []entry
		for _, e := range f.at(from) {
			if e, ok := e.take(path(m.From.At)); ok && e.class&m.Keep != 0 {
				e.class &= m.Keep
				e.at = path(m.To.At).join(e.at)
				in = append(in, e)
			}
		}
		f.write(to, in, 0)
	}
	for _, m := range g.sum.Emits {
		if to := bound(m.To.Index); !m.To.Result && to != nil {
			src := f.eng.sourceAt(m.What, m.At)
			f.write(to, []entry{{mark{origin{source: src}, path(m.To.At)}, m.Keep, (*trail)(nil).addAll(m.Steps)}}, 0)
		}
	}
}

// builtin handles calls of append, copy, min and max.
func (f *function) builtin(c ssa.CallInstruction, b *ssa.Builtin) {
	args := c.Common().Args
	switch b.Name() {
	case "append":
		f.put(c.Value(), f.at(args[0]))
		if len(args) > 1 {
			f.put(c.Value(), loosened(f.at(args[1])))
		}
	case "copy":
		f.write(args[0], loosened(f.at(args[1])), 0)
	case "min", "max":
		for _, a := range args {
			f.put(c.Value(), f.at(a))
		}
	}
}
