package taint

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

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
			if m.Wide {
				e.at = ""
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
	if cb.Func >= len(args) {
		return
	}
	var in []entry
	for _, e := range marksOf(cb.From.Index) {
		e, ok := e.take(path(cb.From.At))
		if e.class &= cb.Keep; !ok || e.class == 0 {
			continue
		}
		if cb.Wide {
			e.at = ""
		}
		e.at = path(cb.At).join(e.at)
		in = append(in, e)
	}
	if in == nil {
		return
	}
	fv := args[cb.Func]
	targets := f.resolve(fv)
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
		f.handOn(fv, cb.Arg, in)
	}
}

// paramTypes are the parameters of a target in the package.
func (t target) paramTypes() []*ssa.Parameter {
	if t.fn == nil {
		return nil
	}
	return t.fn.fn.Params
}

// handOn records that data goes to a function which is an input of f. One
// that is a part of an input is not recorded: what may stand in a field is
// known from where fields are written, and who calls f has no other answer.
func (f *function) handOn(fv ssa.Value, arg int, in []entry) {
	for _, fe := range f.of(fv) {
		if fe.origin.source != nil || fe.at != "" || fe.origin.at != "" {
			continue
		}
		fn := fe.origin.input
		for _, e := range in {
			if e.origin.source == nil {
				news := f.sum.call(Callback{Func: fn, Arg: arg, At: string(e.at), From: Input{e.origin.input, string(e.origin.at)}, Keep: e.class})
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
		f.handOn(c.Common().Value, i, in)
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
				if m.Wide {
					e.at = ""
				}
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
