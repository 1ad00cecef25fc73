package taint

import (
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// guards knows where in a function a value is harmless because of a test
// that all ways to that place have passed. A value is known by a key that two
// loads of one variable or field share, or two calls of one accessor.
type guards struct {
	f      *function
	ids    map[ssa.Value]int
	keys   map[ssa.Value]string
	tested map[string]bool            // keys that occur in conditions
	roots  map[string]bool            // keys of arguments of tests, whose parts may be what is tested
	def    map[string]*ssa.BasicBlock // where the value of a key is made, if at one place
	memo   map[string][]Class         // by key and number of block
	seen   map[ssa.Value]bool         // collected
	fuel   int                        // what is left for one question
}

// maxFuel bounds the work for one question about a condition; when it is used
// up, nothing is cleared.
const maxFuel = 1000

func newGuards(f *function) *guards {
	g := &guards{f: f, ids: map[ssa.Value]int{}, keys: map[ssa.Value]string{}, tested: map[string]bool{}, roots: map[string]bool{}, def: map[string]*ssa.BasicBlock{}, seen: map[ssa.Value]bool{}}
	for _, b := range f.fn.Blocks {
		switch x := last(b).(type) {
		case *ssa.If:
			g.collect(x.Cond, 0)
		case *ssa.Return:
			for _, r := range x.Results {
				if vouches(r.Type()) != 0 {
					g.collect(r, 0)
				}
			}
		}
	}
	return g
}

// reset forgets what depends on marks and on the summaries of others.
func (g *guards) reset() { clear(g.memo) }

// collect notes the keys of what a condition is made of.
func (g *guards) collect(v ssa.Value, depth int) {
	if depth > 8 || v == nil || g.seen[v] {
		return
	}
	g.seen[v] = true
	if _, ok := v.(*ssa.Const); ok {
		return
	}
	if carries(v.Type()) {
		g.tested[g.key(v)] = true
	}
	instr, ok := v.(ssa.Instruction)
	if !ok {
		return
	}
	switch v := v.(type) {
	case *ssa.Alloc, *ssa.MakeClosure, *ssa.FieldAddr:
		return
	case *ssa.UnOp:
		if s, _ := g.f.memory.lastStore(v); s != nil {
			g.collect(s.Val, depth+1)
		}
	}
	_, call := v.(*ssa.Call)
	for _, op := range instr.Operands(nil) {
		if *op != nil {
			g.collect(*op, depth+1)
			if call && carries((*op).Type()) && !isText((*op).Type()) {
				g.roots[g.key(*op)] = true
			}
		}
	}
}

// key names a value.
func (g *guards) key(v ssa.Value) string {
	if k, ok := g.keys[v]; ok {
		return k
	}
	g.keys[v] = "" // a cycle
	k := g.makeKey(v)
	g.keys[v] = k
	return k
}

func (g *guards) makeKey(v ssa.Value) string {
	switch x := v.(type) {
	case *ssa.ChangeType:
		return g.key(x.X)
	case *ssa.MakeInterface:
		return g.key(x.X)
	case *ssa.ChangeInterface:
		return g.key(x.X)
	case *ssa.Convert:
		if isText(x.X.Type()) && isText(x.Type()) && carries(x.X.Type()) {
			return g.key(x.X)
		}
	case *ssa.UnOp:
		if s, rest := g.f.memory.lastStore(x); s != nil {
			return g.key(s.Val) + string(rest)
		}
		if x.Op.String() == "*" {
			return g.key(x.X)
		}
	case *ssa.FieldAddr:
		if fv := fieldVar(x); fv != nil {
			return g.key(x.X) + string(fieldElem(fv.Name()))
		}
	case *ssa.Field:
		if fv := structField(x.X.Type(), x.Field); fv != nil {
			return g.key(x.X) + string(fieldElem(fv.Name()))
		}
	case *ssa.IndexAddr:
		if e := indexOf(x.Index); e != anyElem {
			return g.key(x.X) + string(e)
		}
	case *ssa.Lookup:
		if e := indexOf(x.Index); e != anyElem && !x.CommaOk {
			return g.key(x.X) + string(e)
		}
	case *ssa.Alloc:
		if s := onlyStore(x); s != nil {
			if _, ok := s.Val.(*ssa.Parameter); ok {
				return g.key(s.Val)
			}
		}
	case *ssa.Call:
		if k := g.accessor(x); k != "" {
			return k
		}
	}
	id, ok := g.ids[v]
	if !ok {
		id = len(g.ids) + 1
		g.ids[v] = id
	}
	k := "v" + strconv.Itoa(id) + "\x00"
	if instr, ok := v.(ssa.Instruction); ok {
		if _, ok := v.(*ssa.Alloc); !ok {
			g.def[k] = instr.Block()
		}
	}
	return k
}

// onlyStore is the one store to the variable as a whole, nil if there are others.
func onlyStore(a *ssa.Alloc) *ssa.Store {
	var only *ssa.Store
	for _, r := range *a.Referrers() {
		if s, ok := r.(*ssa.Store); ok && s.Addr == a {
			if only != nil {
				return nil
			}
			only = s
		}
	}
	return only
}

// accessor is the key of a call that returns the same each time: a source
// with constant arguments, or a getter of the request.
func (g *guards) accessor(c *ssa.Call) string {
	obj := callee(&c.Call)
	if obj == nil {
		return ""
	}
	name := g.f.eng.modelName(obj)
	switch name {
	case "net/url.URL.Query", "net/url.Values.Get", "net/http.Header.Get":
	default:
		if m := g.f.eng.models[name]; m == nil || len(m.sources) != 1 || m.sources[0] < resultPlace {
			return ""
		}
	}
	args := arguments(&c.Call)
	if len(args) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(name + "(" + g.key(args[0]))
	for _, a := range args[1:] {
		s, ok := constString(a)
		if !ok {
			return ""
		}
		b.WriteString(strconv.Quote(s))
	}
	return b.String() + ")"
}

// cleared returns the classes for which v is harmless in b.
func (g *guards) cleared(v ssa.Value, b *ssa.BasicBlock) Class {
	if k, ok := g.test(v); ok {
		return g.blocks(k)[b.Index]
	}
	return 0
}

// test returns the key of v, if there may be a test of it.
func (g *guards) test(v ssa.Value) (string, bool) {
	if len(g.tested) == 0 {
		return "", false
	}
	k := g.key(v)
	if g.tested[k] {
		return k, true
	}
	root, _, ok := strings.Cut(k, "\x00")
	return k, ok && g.roots[root+"\x00"]
}

// clearedOnEdge is cleared for a value that is used on the way from p to b.
func (g *guards) clearedOnEdge(v ssa.Value, p, b *ssa.BasicBlock) Class {
	if k, ok := g.test(v); ok {
		return g.blocks(k)[p.Index] | g.edgeOf(p, b, k)
	}
	return 0
}

// blocks computes, for each block, the classes that are cleared on all ways
// to it: the greatest solution.
func (g *guards) blocks(key string) []Class {
	if c, ok := g.memo[key]; ok {
		return c
	}
	if g.memo == nil {
		g.memo = map[string][]Class{}
	}
	blocks := g.f.fn.Blocks
	in := make([]Class, len(blocks))
	g.memo[key] = in // what is asked for meanwhile is not known yet
	out := make([]Class, len(blocks))
	for i := range out {
		out[i] = All
	}
	def := g.def[key]
	for changed := true; changed; {
		changed = false
		for _, b := range blocks {
			c := All
			if len(b.Preds) == 0 || b == def {
				c = 0
			}
			for _, p := range b.Preds {
				if c == 0 {
					break
				}
				if g.f.dead[p] || g.f.deadEdge(p, b) {
					continue
				}
				c &= out[p.Index] | g.edgeOf(p, b, key)
			}
			if c != out[b.Index] {
				out[b.Index] = c
				changed = true
			}
		}
	}
	g.memo[key] = out
	return out
}

// edgeOf returns the classes that the test between p and b clears.
func (g *guards) edgeOf(p, b *ssa.BasicBlock, key string) Class {
	g.fuel = maxFuel
	return g.edge(p, b, key, 0)
}

func (g *guards) edge(p, b *ssa.BasicBlock, key string, depth int) Class {
	cond, ok := last(p).(*ssa.If)
	if !ok || p.Succs[0] == p.Succs[1] {
		return 0
	}
	return g.implies(cond.Cond, p.Succs[0] == b, key, depth)
}

// chain returns what is cleared at the end of b by tests on the one way to it.
func (g *guards) chain(b *ssa.BasicBlock, key string, depth int) Class {
	var c Class
	for range 8 {
		if len(b.Preds) != 1 {
			break
		}
		c |= g.edge(b.Preds[0], b, key, depth)
		b = b.Preds[0]
	}
	return c
}

// vouch writes into the summary which inputs the results vouch for.
func (g *guards) vouch() {
	f := g.f
	results := f.fn.Signature.Results()
	if len(g.tested) == 0 || results.Len() == 0 {
		return
	}
	tested := slices.Sorted(maps.Keys(g.tested))
	for j := range results.Len() {
		kinds := vouches(results.At(j).Type())
		for when := whenTrue; when <= whenNil; when++ {
			if kinds&(1<<when) == 0 {
				continue
			}
			for i, p := range f.inputs() {
				root := g.key(p)
				for _, key := range tested {
					at, ok := strings.CutPrefix(key, root)
					if !ok || !carries(p.Type()) || strings.HasPrefix(at, "[") {
						continue
					}
					if c := g.vouched(j, when, key); c != 0 {
						g.add(Vouch{Input{i, at}, j, uint8(when), c})
					}
				}
			}
		}
	}
}

func (g *guards) add(v Vouch) {
	for i := range g.f.sum.Vouches {
		if x := &g.f.sum.Vouches[i]; x.In == v.In && x.Result == v.Result && x.When == v.When {
			if x.Class != v.Class {
				x.Class = v.Class
				g.f.grown = true
			}
			return
		}
	}
	g.f.sum.Vouches = append(g.f.sum.Vouches, v)
	g.f.grown = true
}

// vouches is the set of guardKinds that a result of type t can state.
func vouches(t types.Type) int {
	if b, ok := t.Underlying().(*types.Basic); ok && b.Kind() == types.Bool {
		return 1<<whenTrue | 1<<whenFalse
	}
	if types.Identical(t, types.Universe.Lookup("error").Type()) {
		return 1 << whenNil
	}
	return 0
}

// vouched returns the classes that are cleared for key wherever result j is so.
func (g *guards) vouched(j int, when guardKind, key string) Class {
	c, any := All, false
	for _, b := range g.f.fn.Blocks {
		ret, ok := last(b).(*ssa.Return)
		if !ok || g.f.dead[b] || b == g.f.fn.Recover {
			continue
		}
		any = true
		v := ret.Results[j]
		here := g.blocks(key)[b.Index]
		g.fuel = maxFuel
		switch when {
		case whenTrue:
			here |= g.implies(v, true, key, 0)
		case whenFalse:
			here |= g.implies(v, false, key, 0)
		case whenNil:
			here |= g.impliesNil(v, key, 0)
		}
		if c &= here; c == 0 {
			return 0
		}
	}
	if !any {
		return 0
	}
	return c
}
