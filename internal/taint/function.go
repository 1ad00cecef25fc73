package taint

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"

	"golang.org/x/tools/go/ssa"
)

// A function is the analysis of one function, kept from one look to the next.
type function struct {
	eng     *engine
	fn      *ssa.Function
	vals    map[ssa.Value]*marks
	sum     *Summary
	callees []*function
	callers []*function
	dirty   bool

	guards *guards
	memory *memory
	dead   map[*ssa.BasicBlock]bool
	calls  map[*ssa.CallCommon][]target
	block  *ssa.BasicBlock // of the instruction that is looked at
	news   bool            // marks changed in this round
	grown  bool            // the summary did
}

// maxInstrs bounds the functions that are analysed at all: what is longer is
// generated, a table or a parser.
const maxInstrs = 60000

// maxPasses bounds how often the instructions of a function are gone through
// for one look at it.
const maxPasses = 100

func newFunction(e *engine, fn *ssa.Function) *function {
	f := &function{eng: e, fn: fn, vals: map[ssa.Value]*marks{}, sum: new(Summary), dirty: true, calls: map[*ssa.CallCommon][]target{}}
	return f
}

func (f *function) name() string { return f.fn.RelString(f.eng.pass.Pkg) }

// link records that f calls or makes g.
func (f *function) link(g *function) {
	if g == nil || slices.Contains(f.callees, g) {
		return
	}
	f.callees = append(f.callees, g)
	g.callers = append(g.callers, f)
}

// run looks at the function until nothing is new and reports whether its
// summary grew.
func (f *function) run() bool {
	if f.guards == nil {
		n := 0
		for _, b := range f.fn.Blocks {
			n += len(b.Instrs)
		}
		if n > maxInstrs {
			if f.fn != f.eng.pkg.Func("init") { // which has tables, and nothing of others
				f.eng.giveUp(f, "it is too long")
			}
			return false
		}
		if f.memory == nil {
			f.memory = newMemory(f)
		}
		f.guards = newGuards(f)
		f.dead = deadBlocks(f.fn)
		for i, v := range f.inputs() {
			if carries(v.Type()) {
				f.put(v, []entry{{mark{origin{input: i}, ""}, All, nil}})
			}
		}
	}
	f.grown = false
	f.news = true
	for range maxPasses {
		if !f.news {
			break
		}
		f.news = false
		f.guards.reset()
		for _, b := range f.fn.Blocks {
			if f.dead[b] {
				continue
			}
			f.block = b
			for _, instr := range b.Instrs {
				f.instr(instr)
			}
		}
	}
	if f.news {
		f.eng.giveUp(f, "it did not settle")
	}
	f.outputs()
	f.guards.vouch()
	if f.sum.full {
		f.eng.giveUp(f, "it has too many flows")
	}
	return f.grown
}

// inputs are the parameters, then the free variables.
func (f *function) inputs() []ssa.Value {
	var in []ssa.Value
	for _, p := range f.fn.Params {
		in = append(in, p)
	}
	for _, v := range f.fn.FreeVars {
		in = append(in, v)
	}
	return in
}

// of returns the marks of v, whatever guards it.
func (f *function) of(v ssa.Value) []entry {
	var m *marks
	if g, ok := v.(*ssa.Global); ok {
		m = f.eng.globals[g]
	} else {
		m = f.vals[v]
	}
	if m == nil {
		return nil
	}
	return m.list
}

// at returns the marks of v in the block under way, less what guards clear.
func (f *function) at(v ssa.Value) []entry { return f.atBlock(v, f.block) }

func (f *function) atBlock(v ssa.Value, b *ssa.BasicBlock) []entry {
	list := f.of(v)
	if len(list) == 0 {
		return nil
	}
	return only(list, All&^f.guards.cleared(v, b))
}

// put adds marks to v.
func (f *function) put(v ssa.Value, in []entry) {
	if len(in) == 0 || v == nil {
		return
	}
	if _, ok := v.(*ssa.Range); !ok { // whose type is no type of the program
		in = fitted(in, v.Type())
	}
	m := f.vals[v]
	for _, e := range in {
		if m == nil {
			m = new(marks)
			f.vals[v] = m
		}
		if m.add(e) {
			f.news = true
		}
	}
}

func (f *function) instr(instr ssa.Instruction) {
	switch v := instr.(type) {
	case *ssa.BinOp:
		if v.Op == token.ADD {
			f.put(v, f.stepped(append(slices.Clone(f.at(v.X)), f.at(v.Y)...), v.Pos(), "joined into a text"))
		}
	case *ssa.UnOp:
		switch v.Op {
		case token.MUL:
			f.put(v, f.load(v))
		case token.ARROW:
			in := project(f.at(v.X), anyElem)
			if v.CommaOk {
				in = under(in, tupleElem(0))
			}
			f.put(v, in)
		}
	case *ssa.FieldAddr:
		f.field(v, v.X, v.Field)
	case *ssa.Field:
		f.field(v, v.X, v.Field)
	case *ssa.IndexAddr:
		f.put(v, project(f.at(v.X), indexOf(v.Index)))
	case *ssa.Index:
		f.put(v, project(f.at(v.X), indexOf(v.Index)))
	case *ssa.Lookup:
		in := project(f.at(v.X), indexOf(v.Index))
		if v.CommaOk {
			in = under(in, tupleElem(0))
		}
		f.put(v, in)
	case *ssa.Slice:
		in := f.at(v.X)
		if v.Low != nil {
			in = loosened(in)
		}
		f.put(v, in)
	case *ssa.Phi:
		for i, edge := range v.Edges {
			pred := v.Block().Preds[i]
			if f.dead[pred] || f.deadEdge(pred, v.Block()) {
				continue
			}
			if list := f.of(edge); len(list) > 0 {
				f.put(v, only(list, All&^f.guards.clearedOnEdge(edge, pred, v.Block())))
			}
		}
	case *ssa.ChangeType:
		f.put(v, f.at(v.X))
	case *ssa.ChangeInterface:
		f.put(v, f.at(v.X))
	case *ssa.Convert:
		f.put(v, f.at(v.X))
	case *ssa.MultiConvert:
		f.put(v, f.at(v.X))
	case *ssa.SliceToArrayPointer:
		f.put(v, f.at(v.X))
	case *ssa.MakeInterface:
		f.put(v, f.at(v.X))
	case *ssa.TypeAssert:
		in := f.at(v.X)
		if v.CommaOk {
			in = under(in, tupleElem(0))
		}
		f.put(v, in)
	case *ssa.Range:
		f.put(v, f.at(v.X))
	case *ssa.Next:
		f.next(v)
	case *ssa.Extract:
		f.put(v, project(f.at(v.Tuple), tupleElem(v.Index)))
	case *ssa.Store:
		f.store(v)
	case *ssa.MapUpdate:
		f.write(v.Map, under(f.at(v.Value), indexOf(v.Key)), 0)
		f.write(v.Map, under(f.at(v.Key), mapKey), 0)
	case *ssa.Send:
		f.write(v.Chan, under(f.at(v.X), anyElem), 0)
	case *ssa.Select:
		recv := 0
		for _, s := range v.States {
			if s.Dir == types.RecvOnly {
				f.put(v, under(project(f.at(s.Chan), anyElem), tupleElem(2+recv)))
				recv++
			} else {
				f.write(s.Chan, under(f.at(s.Send), anyElem), 0)
			}
		}
	case *ssa.MakeClosure:
		f.makeClosure(v)
	case ssa.CallInstruction:
		f.call(v)
	}
}

// field handles x.name, as a value or an address.
func (f *function) field(v ssa.Value, x ssa.Value, i int) {
	fv := structField(x.Type(), i)
	if fv == nil {
		f.put(v, f.at(x))
		return
	}
	if remoteField(fullTypeName(x.Type()), fv.Name()) && !f.ownRequest(x) {
		what := "(*http.Request)." + fv.Name()
		src := f.eng.source(what, v.Pos())
		f.put(v, []entry{{mark{origin{source: src}, ""}, All, (*trail)(nil).add(Step{src.place, what + " holds what the client sent"})}})
	}
	f.put(v, project(f.at(x), fieldElem(fv.Name())))
}

// ownRequest reports whether x is a request that the program makes itself:
// the result of http.NewRequest, or what a RoundTripper is handed.
func (f *function) ownRequest(x ssa.Value) bool {
	if f.fn.Name() == "RoundTrip" {
		return true
	}
	for range 8 {
		switch y := x.(type) {
		case *ssa.Extract:
			x = y.Tuple
		case *ssa.Alloc:
			// &http.Request{…}, unless it is the copy of one.
			for _, r := range *y.Referrers() {
				if s, ok := r.(*ssa.Store); ok && s.Addr == y {
					return false
				}
			}
			return true
		case *ssa.Call:
			fn := y.Call.StaticCallee()
			if fn == nil {
				return false
			}
			switch fn.RelString(nil) {
			case "net/http.NewRequest", "net/http.NewRequestWithContext", "net/http/httptest.NewRequest":
				return true
			case "(*net/http.Request).WithContext", "(*net/http.Request).Clone":
				x = y.Call.Args[0]
				continue
			}
			return false
		case *ssa.UnOp:
			fa, ok := y.X.(*ssa.FieldAddr)
			// resp.Request is the request that was sent.
			return ok && fullTypeName(fa.X.Type()) == "net/http.Response"
		default:
			return false
		}
	}
	return false
}

// next handles range over a map or a text.
func (f *function) next(v *ssa.Next) {
	in := f.at(v.Iter)
	if v.IsString {
		f.put(v, under(in, tupleElem(2)))
		return
	}
	f.put(v, under(project(in, mapKey), tupleElem(1)))
	f.put(v, under(project(in, anyElem), tupleElem(2)))
}

// indexOf is the path element of an index or key.
func indexOf(v ssa.Value) path {
	c, ok := v.(*ssa.Const)
	if !ok || c.Value == nil {
		if m, ok := v.(*ssa.MakeInterface); ok {
			return indexOf(m.X)
		}
		return anyElem
	}
	switch c.Value.Kind() {
	case constant.Int:
		if n, exact := constant.Int64Val(c.Value); exact {
			return indexElem(n)
		}
	case constant.String:
		return keyElem(strconv.Quote(constant.StringVal(c.Value)))
	}
	return anyElem
}

// stepped adds a step to the trails of marks.
func (f *function) stepped(in []entry, pos token.Pos, text string) []entry {
	if len(in) == 0 {
		return nil
	}
	s := Step{f.eng.place(pos), text}
	out := make([]entry, len(in))
	for i, e := range in {
		e.trail = e.trail.add(s)
		out[i] = e
	}
	return out
}

// outputs writes what reaches results and parameters into the summary.
func (f *function) outputs() {
	for _, b := range f.fn.Blocks {
		ret, ok := last(b).(*ssa.Return)
		if !ok || f.dead[b] {
			continue
		}
		f.block = b
		for j, v := range ret.Results {
			for _, e := range f.at(v) {
				f.output(Output{true, j, string(e.at)}, e, f.aliases(v, e))
			}
		}
	}
	for k, v := range f.inputs() {
		for _, e := range f.of(v) {
			if e.origin.source == nil && e.origin.input == k && e.origin.at == e.at {
				continue // itself
			}
			if !shared(v.Type(), e.at) {
				continue
			}
			f.output(Output{false, k, string(e.at)}, e, false)
		}
	}
}

func (f *function) output(to Output, e entry, alias bool) {
	var news bool
	if src := e.origin.source; src != nil {
		news = f.sum.emit(Emit{src.what, src.place, to, e.class, e.trail.steps()})
	} else {
		news = f.sum.move(Move{From: Input{e.origin.input, string(e.origin.at)}, To: to, Keep: e.class, Alias: alias})
	}
	f.grown = f.grown || news
}

// aliases reports whether v is the input that e is from, so that writing to
// it writes to the input.
func (f *function) aliases(v ssa.Value, e entry) bool {
	if e.origin.source != nil || e.at != "" || !shared(v.Type(), "") {
		return false
	}
	in := f.inputs()
	for range 8 {
		if e.origin.input < len(in) && v == in[e.origin.input] {
			return true
		}
		switch x := v.(type) {
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.ChangeType:
			v = x.X
		case *ssa.ChangeInterface:
			v = x.X
		case *ssa.FieldAddr:
			v = x.X
		case *ssa.UnOp:
			v = x.X
		case *ssa.Call:
			return true // a chain of calls that return their receiver
		default:
			return false
		}
	}
	return false
}

// shared reports whether a caller sees what is written to the part at p of a
// value of type t.
func shared(t types.Type, p path) bool {
	for {
		switch u := t.Underlying().(type) {
		case *types.Pointer, *types.Map, *types.Chan, *types.Slice, *types.Interface:
			return true
		case *types.Struct, *types.Array:
			if p == "" {
				return false
			}
			var elem path
			elem, p = p.first()
			if t = component(u, elem); t == nil {
				return false
			}
		default:
			return false
		}
	}
}

// last is the instruction that ends a block.
func last(b *ssa.BasicBlock) ssa.Instruction {
	if len(b.Instrs) == 0 {
		return nil
	}
	return b.Instrs[len(b.Instrs)-1]
}
