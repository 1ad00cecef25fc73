package taint

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// store handles *addr = val.
func (f *function) store(s *ssa.Store) {
	in := f.at(s.Val)
	if len(in) == 0 {
		return
	}
	if fa, ok := s.Addr.(*ssa.FieldAddr); ok {
		if fv := fieldVar(fa); fv != nil {
			f.fieldSink(s, fa, fv)
			in = f.stepped(in, s.Pos(), "stored in "+fv.Name())
		}
	}
	f.write(s.Addr, in, 0)
}

// maxBack bounds how far a write is followed back to what an address was made of.
const maxBack = 12

// write adds marks to what addr points at, and to everything that addr was
// taken from: the struct around a field, the variable a pointer was loaded from.
func (f *function) write(addr ssa.Value, in []entry, depth int) {
	if len(in) == 0 || depth > maxBack {
		return
	}
	if g, ok := addr.(*ssa.Global); ok {
		f.writeGlobal(g, in)
		return
	}
	before := f.news
	f.news = false
	f.put(addr, in)
	news := f.news
	f.news = f.news || before
	switch a := addr.(type) {
	case *ssa.FieldAddr:
		if fv := fieldVar(a); fv != nil {
			f.write(a.X, under(in, fieldElem(fv.Name())), depth+1)
		}
	case *ssa.Field:
		if fv := structField(a.X.Type(), a.Field); fv != nil {
			f.write(a.X, under(in, fieldElem(fv.Name())), depth+1)
		}
	case *ssa.IndexAddr:
		f.write(a.X, under(in, indexOf(a.Index)), depth+1)
	case *ssa.Lookup:
		f.write(a.X, under(in, indexOf(a.Index)), depth+1)
	case *ssa.UnOp:
		if a.Op == token.MUL {
			f.write(a.X, in, depth+1)
		}
	case *ssa.Phi:
		if news {
			for _, edge := range a.Edges {
				f.write(edge, in, depth+1)
			}
		}
	case *ssa.Slice:
		f.write(a.X, loosened(in), depth+1)
	case *ssa.ChangeType:
		f.write(a.X, in, depth+1)
	case *ssa.ChangeInterface:
		f.write(a.X, in, depth+1)
	case *ssa.MakeInterface:
		f.write(a.X, in, depth+1)
	case *ssa.TypeAssert:
		f.write(a.X, in, depth+1)
	case *ssa.Extract:
		if c, ok := a.Tuple.(*ssa.Call); ok {
			f.writeResult(c, a.Index, in, depth+1)
		} else if lookup, ok := a.Tuple.(*ssa.Lookup); ok && a.Index == 0 {
			f.write(lookup, in, depth+1)
		} else if assert, ok := a.Tuple.(*ssa.TypeAssert); ok && a.Index == 0 {
			f.write(assert.X, in, depth+1)
		}
	case *ssa.Call:
		f.writeResult(a, 0, in, depth+1)
	}
}

// writeResult writes to the arguments that result i of a call aliases.
func (f *function) writeResult(c *ssa.Call, i int, in []entry, depth int) {
	args := arguments(&c.Call)
	for _, t := range f.targets(&c.Call) {
		for _, m := range t.sum.Moves {
			if m.Alias && m.To.Result && m.To.Index == i && m.From.Index < len(args) {
				f.write(args[m.From.Index], under(in, path(m.From.At)), depth)
			}
		}
	}
}

// writeGlobal keeps what sources bring into a variable of the package. What
// inputs of f bring there is not followed.
func (f *function) writeGlobal(g *ssa.Global, in []entry) {
	if g.Pkg != f.eng.pkg {
		return
	}
	m := f.eng.globals[g]
	for _, e := range fitted(in, g.Type()) {
		if e.origin.source == nil {
			continue
		}
		if m == nil {
			m = new(marks)
			f.eng.globals[g] = m
		}
		if m.add(e) {
			for _, r := range f.eng.readers[g] {
				r.dirty = true
			}
		}
	}
}

// load returns the marks of *addr. Where the last store to exactly this place
// is known, it is what counts.
func (f *function) load(v *ssa.UnOp) []entry {
	if s, rest := f.memory.lastStore(v); s != nil {
		in := f.atBlock(s.Val, s.Block())
		for rest != "" {
			var elem path
			elem, rest = rest.first()
			in = project(in, elem)
		}
		return only(in, All&^f.guards.cleared(v.X, f.block))
	}
	return f.at(v.X)
}

// memory knows what instructions of a function write to its variables and to
// what its pointers point at.
type memory struct {
	fn    *ssa.Function
	roots map[ssa.Value]*writes // nil: not to be had
	index map[ssa.Instruction]int
	found map[*ssa.UnOp]*ssa.Store
	rests map[*ssa.UnOp]path
}

type writer struct {
	instr ssa.Instruction
	at    path
}

type writes struct{ list []writer }

func newMemory(f *function) *memory {
	return &memory{f.fn, map[ssa.Value]*writes{}, nil, map[*ssa.UnOp]*ssa.Store{}, map[*ssa.UnOp]path{}}
}

// base splits an address into the pointer it was taken from and the path.
func base(addr ssa.Value) (ssa.Value, path) {
	switch a := addr.(type) {
	case *ssa.FieldAddr:
		if fv := fieldVar(a); fv != nil {
			root, p := base(a.X)
			return root, p.join(fieldElem(fv.Name()))
		}
	case *ssa.IndexAddr:
		if e := indexOf(a.Index); e != anyElem {
			if _, ok := a.X.Type().Underlying().(*types.Pointer); ok {
				root, p := base(a.X)
				return root, p.join(e)
			}
		}
	}
	return addr, ""
}

// lastStore returns the store whose value a load sees, if that is certain,
// and the part of the value that is loaded.
func (m *memory) lastStore(load *ssa.UnOp) (*ssa.Store, path) {
	if s, ok := m.found[load]; ok {
		return s, m.rests[load]
	}
	s, rest := m.search(load)
	m.found[load], m.rests[load] = s, rest
	return s, rest
}

func (m *memory) search(load *ssa.UnOp) (*ssa.Store, path) {
	root, p := base(load.X)
	switch root.(type) {
	case *ssa.Alloc, *ssa.Parameter:
	default:
		return nil, ""
	}
	w, ok := m.roots[root]
	if !ok {
		w = m.writersOf(root)
		m.roots[root] = w
	}
	if w == nil {
		return nil, ""
	}
	var best *ssa.Store
	var rest path
	for _, x := range w.list {
		s, ok := x.instr.(*ssa.Store)
		if !ok {
			continue
		}
		if r, ok := p.cut(x.at); ok && m.before(s, load) && (best == nil || m.before(best, s)) {
			best, rest = s, r
		}
	}
	if best == nil {
		return nil, ""
	}
	for _, x := range w.list {
		if x.instr == best {
			continue
		}
		_, above := p.cut(x.at)
		_, below := x.at.cut(p)
		if (above || below) && m.reaches(best, x.instr, nil) && m.reaches(x.instr, load, best) {
			return nil, ""
		}
	}
	return best, rest
}

const maxWriters = 200

// writersOf lists what may write to what root points at, nil if root gets away.
func (m *memory) writersOf(root ssa.Value) *writes {
	w := new(writes)
	var visit func(v ssa.Value, p path, depth int) bool
	visit = func(v ssa.Value, p path, depth int) bool {
		refs := v.Referrers()
		if refs == nil || depth > 6 {
			return false
		}
		for _, r := range *refs {
			if len(w.list) > maxWriters {
				return false
			}
			switch r := r.(type) {
			case *ssa.FieldAddr:
				fv := fieldVar(r)
				if fv == nil || !visit(r, p.join(fieldElem(fv.Name())), depth+1) {
					return false
				}
			case *ssa.IndexAddr:
				if !visit(r, p.join(indexOf(r.Index)), depth+1) {
					return false
				}
			case *ssa.MakeInterface:
				if !visit(r, p, depth+1) {
					return false
				}
			case *ssa.UnOp, *ssa.DebugRef, *ssa.BinOp, *ssa.Return:
			case *ssa.Store:
				if r.Addr != v {
					return false
				}
				w.list = append(w.list, writer{r, p})
			case *ssa.Call:
				w.list = append(w.list, writer{r, p})
			case *ssa.Slice:
				if !visit(r, p, depth+1) {
					return false
				}
			default:
				return false
			}
		}
		return true
	}
	if !visit(root, "", 0) {
		return nil
	}
	return w
}

func (m *memory) at(i ssa.Instruction) int {
	if m.index == nil {
		m.index = map[ssa.Instruction]int{}
		for _, b := range m.fn.Blocks {
			for n, x := range b.Instrs {
				m.index[x] = n
			}
		}
	}
	return m.index[i]
}

// before reports whether a has been executed whenever b is.
func (m *memory) before(a, b ssa.Instruction) bool {
	if a.Block() == b.Block() {
		return m.at(a) < m.at(b)
	}
	return a.Block().Dominates(b.Block())
}

// reaches reports whether b can come after a without kill in between.
func (m *memory) reaches(a, b, kill ssa.Instruction) bool {
	in := func(x ssa.Instruction, bl *ssa.BasicBlock) bool { return x != nil && x.Block() == bl }
	if a.Block() == b.Block() && m.at(a) < m.at(b) {
		if !in(kill, a.Block()) || m.at(kill) < m.at(a) || m.at(kill) > m.at(b) {
			return true
		}
	}
	if in(kill, a.Block()) && m.at(kill) > m.at(a) {
		return false
	}
	seen := make([]bool, len(m.fn.Blocks))
	todo := append([]*ssa.BasicBlock(nil), a.Block().Succs...)
	for len(todo) > 0 {
		bl := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[bl.Index] {
			continue
		}
		seen[bl.Index] = true
		if bl == b.Block() && (!in(kill, bl) || m.at(kill) > m.at(b)) {
			return true
		}
		if in(kill, bl) {
			continue
		}
		todo = append(todo, bl.Succs...)
	}
	return false
}
