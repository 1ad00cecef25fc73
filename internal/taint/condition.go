package taint

import (
	"go/constant"
	"go/token"

	"golang.org/x/tools/go/ssa"
)

const maxCond = 8 // depth of conditions that are looked into

// implies returns the classes that are cleared for key if cond is want.
func (g *guards) implies(cond ssa.Value, want bool, key string, depth int) Class {
	if g.fuel--; depth > maxCond || g.fuel < 0 {
		return 0
	}
	switch c := cond.(type) {
	case *ssa.Const:
		if c.Value != nil && c.Value.Kind() == constant.Bool && constant.BoolVal(c.Value) != want {
			return All // never so
		}
	case *ssa.UnOp:
		if c.Op == token.NOT {
			return g.implies(c.X, !want, key, depth+1)
		}
		if s, rest := g.f.memory.lastStore(c); s != nil && rest == "" {
			return g.implies(s.Val, want, key, depth+1)
		}
	case *ssa.BinOp:
		return g.compare(c, want, key, depth)
	case *ssa.Phi:
		class := All
		for i, e := range c.Edges {
			p := c.Block().Preds[i]
			if g.f.dead[p] {
				continue
			}
			class &= g.implies(e, want, key, depth+1) | g.edge(p, c.Block(), key, depth+1) | g.chain(p, key, depth+1)
			if class == 0 {
				break
			}
		}
		return class
	case *ssa.Lookup: // allowed[x]
		if want && !c.CommaOk && g.covers(c.Index, key, 0) {
			return All
		}
	case *ssa.Extract:
		switch t := c.Tuple.(type) {
		case *ssa.Lookup: // _, ok := allowed[x]
			if want && c.Index == 1 && g.covers(t.Index, key, 0) {
				return All
			}
		case *ssa.Call:
			return g.says(t, c.Index, when(want), key)
		case *ssa.Next:
			if it, ok := t.Iter.(*ssa.Range); ok && !want && c.Index == 0 && g.covers(it.X, key, 0) && g.rejects(c.Block()) {
				return All
			}
		}
	case *ssa.Call:
		return g.says(c, 0, when(want), key)
	}
	return 0
}

func when(b bool) guardKind {
	if b {
		return whenTrue
	}
	return whenFalse
}

// compare handles conditions with an operator.
func (g *guards) compare(c *ssa.BinOp, want bool, key string, depth int) Class {
	switch c.Op {
	case token.EQL, token.NEQ:
		equal := (c.Op == token.EQL) == want
		if class := g.equal(c.X, c.Y, equal, key, depth); class != 0 {
			return class
		}
		return g.equal(c.Y, c.X, equal, key, depth)
	case token.LSS: // i < len(x) over: all of it was looked at
		if !want && g.covers(lenOf(c.Y), key, 0) && g.rejects(c.Block()) {
			return All
		}
		// strings.IndexAny(x, bad) < 0
		if n, ok := constInt(c.Y); want && ok && n == 0 {
			return g.says2(c.X, key)
		}
	case token.GEQ, token.GTR:
		if n, ok := constInt(c.Y); !want && ok && (n == 0 && c.Op == token.GEQ || n == -1 && c.Op == token.GTR) {
			return g.says2(c.X, key)
		}
		if n, ok := constInt(c.Y); want && ok && (n == 0 && c.Op == token.GEQ || n == -1 && c.Op == token.GTR) {
			return g.indexOf(c.X, key)
		}
	}
	return 0
}

// says2 handles strings.IndexAny(x, bad) and the like where they found nothing.
func (g *guards) says2(v ssa.Value, key string) Class {
	c, ok := v.(*ssa.Call)
	if !ok {
		return 0
	}
	return g.says(c, 0, whenFalse, key)
}

// indexOf handles slices.Index(list, x) >= 0.
func (g *guards) indexOf(v ssa.Value, key string) Class {
	if c, ok := v.(*ssa.Call); ok {
		if obj := callee(&c.Call); obj != nil && g.f.eng.modelName(obj) == "slices.Index" && g.covers(c.Call.Args[1], key, 0) {
			return All
		}
	}
	return 0
}

// equal returns what is cleared if x and y are equal, or are not.
func (g *guards) equal(x, y ssa.Value, equal bool, key string, depth int) Class {
	k, isConst := y.(*ssa.Const)
	switch {
	case isConst && k.Value == nil: // nil
		if equal {
			return g.impliesNil(x, key, depth+1)
		}
		if c, ok := x.(*ssa.Call); ok {
			return g.says(c, 0, whenFalse, key) // "false": not nil
		}
	case isConst && k.Value.Kind() == constant.Bool:
		return g.implies(x, constant.BoolVal(k.Value) == equal, key, depth+1)
	case isConst && k.Value.Kind() == constant.String:
		if equal && g.covers(x, key, 0) {
			return All
		}
	case isConst && k.Value.Kind() == constant.Int:
		n, _ := constant.Int64Val(k.Value)
		if equal && n == 0 && g.covers(lenOf(x), key, 0) {
			return All
		}
		if n == -1 {
			if equal {
				return g.says2(x, key)
			}
			return g.indexOf(x, key)
		}
	case !isConst && equal && g.covers(x, key, 0):
		if g.trusted(x, y) {
			return All
		}
	}
	return 0
}

// trusted reports whether y, which x is compared with, is not what others
// sent, nor made of x.
func (g *guards) trusted(x, y ssa.Value) bool {
	mine := map[int]bool{}
	for _, e := range g.f.of(x) {
		if e.origin.source == nil {
			mine[e.origin.input] = true
		}
	}
	for _, e := range g.f.of(y) {
		if e.origin.source != nil || mine[e.origin.input] {
			return false
		}
	}
	return true
}

// impliesNil returns the classes that are cleared for key if the error v is nil.
func (g *guards) impliesNil(v ssa.Value, key string, depth int) Class {
	if g.fuel--; depth > maxCond || g.fuel < 0 {
		return 0
	}
	switch x := v.(type) {
	case *ssa.MakeInterface:
		return All // never nil
	case *ssa.UnOp:
		if s, rest := g.f.memory.lastStore(x); s != nil && rest == "" {
			return g.impliesNil(s.Val, key, depth+1)
		}
		if _, ok := x.X.(*ssa.Global); ok {
			return All // var ErrX = errors.New(…)
		}
	case *ssa.Extract:
		if c, ok := x.Tuple.(*ssa.Call); ok {
			return g.says(c, x.Index, whenNil, key)
		}
	case *ssa.Call:
		if obj := callee(&x.Call); obj != nil {
			switch g.f.eng.modelName(obj) {
			case "errors.New", "fmt.Errorf":
				return All
			}
		}
		return g.says(x, 0, whenNil, key)
	case *ssa.Phi:
		class := All
		for i, e := range x.Edges {
			p := x.Block().Preds[i]
			if g.f.dead[p] {
				continue
			}
			if class &= g.impliesNil(e, key, depth+1) | g.edge(p, x.Block(), key, depth+1) | g.chain(p, key, depth+1); class == 0 {
				break
			}
		}
		return class
	}
	return 0
}

// says returns the classes that are cleared for key if result i of a call is so.
func (g *guards) says(c *ssa.Call, i int, kind guardKind, key string) Class {
	args := arguments(&c.Call)
	covers := func(n int) bool { return n < len(args) && g.covers(args[n], key, 0) }
	if obj := callee(&c.Call); obj != nil {
		name := g.f.eng.modelName(obj)
		switch name {
		case "regexp.Regexp.MatchString", "regexp.Regexp.Match":
			if pattern, ok := g.f.pattern(args[0]); ok && kind == whenTrue && covers(1) {
				return fullMatch(pattern)
			}
		case "regexp.MatchString":
			if pattern, ok := constString(args[0]); ok && kind == whenTrue && i == 0 && covers(1) {
				return fullMatch(pattern)
			}
		case "strings.EqualFold":
			if kind == whenTrue && (covers(0) && g.trusted(args[0], args[1]) || covers(1) && g.trusted(args[1], args[0])) {
				return All
			}
		case "strings.ContainsAny", "strings.IndexAny":
			if bad, ok := constString(args[1]); ok && kind == whenFalse && covers(0) {
				return excludes(bad)
			}
		case "strings.ContainsFunc", "strings.IndexFunc":
			if kind == whenFalse && covers(0) {
				return All
			}
		case "strings.Contains":
			if _, ok := constString(args[0]); ok && kind == whenTrue && covers(1) {
				return All // a part of a constant
			}
		}
		if m := g.f.eng.models[name]; m != nil {
			for _, ga := range m.guards {
				if ga.when == kind && covers(ga.arg) {
					return ga.class
				}
			}
		}
	}
	var class Class
	for n, t := range g.f.targets(&c.Call) {
		var here Class
		for _, v := range t.sum.Vouches {
			if v.Result == i && guardKind(v.When) == kind && v.In.Index < len(args) && g.coversPart(args[v.In.Index], v.In.At, key) {
				here |= v.Class
			}
		}
		if n == 0 {
			class = here
		} else {
			class &= here
		}
	}
	return class
}

// covers reports whether v is the value of key, or it but for case and blanks.
func (g *guards) covers(v ssa.Value, key string, depth int) bool {
	if v == nil || depth > 4 {
		return false
	}
	if g.key(v) == key {
		return true
	}
	switch x := v.(type) {
	case *ssa.MakeInterface:
		return g.covers(x.X, key, depth+1)
	case *ssa.ChangeType:
		return g.covers(x.X, key, depth+1)
	case *ssa.Convert:
		return isText(x.X.Type()) && g.covers(x.X, key, depth+1)
	case *ssa.UnOp:
		if s, rest := g.f.memory.lastStore(x); s != nil && rest == "" {
			return g.covers(s.Val, key, depth+1)
		}
	case *ssa.Call:
		if obj := callee(&x.Call); obj != nil && len(x.Call.Args) > 0 {
			switch g.f.eng.modelName(obj) {
			case "strings.ToLower", "strings.ToUpper", "strings.TrimSpace":
				return g.covers(x.Call.Args[0], key, depth+1)
			}
		}
	}
	return false
}

func (g *guards) coversPart(v ssa.Value, at, key string) bool {
	if at == "" {
		return g.covers(v, key, 0)
	}
	return g.key(v)+at == key
}

// lenOf is x of len(x), or nil.
func lenOf(v ssa.Value) ssa.Value {
	if c, ok := v.(*ssa.Call); ok {
		if b, ok := c.Call.Value.(*ssa.Builtin); ok && b.Name() == "len" {
			return c.Call.Args[0]
		}
	}
	return nil
}

// rejects reports whether the loop with this head leaves early on some characters.
func (g *guards) rejects(head *ssa.BasicBlock) bool {
	if len(head.Succs) != 2 {
		return false
	}
	body := head.Succs[0]
	inLoop := map[*ssa.BasicBlock]bool{head: true}
	for _, p := range head.Preds {
		if !head.Dominates(p) {
			continue
		}
		todo := []*ssa.BasicBlock{p}
		for len(todo) > 0 {
			b := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if !inLoop[b] {
				inLoop[b] = true
				todo = append(todo, b.Preds...)
			}
		}
	}
	for b := range inLoop {
		if b == head || !body.Dominates(b) {
			continue
		}
		fuel := 100
		if cond, ok := last(b).(*ssa.If); ok && (!inLoop[b.Succs[0]] || !inLoop[b.Succs[1]]) && dependsOnChar(cond.Cond, &fuel) {
			return true
		}
	}
	return false
}

// dependsOnChar reports whether a condition is about one character of a text.
func dependsOnChar(v ssa.Value, fuel *int) bool {
	if *fuel--; *fuel < 0 || v == nil {
		return false
	}
	switch x := v.(type) {
	case *ssa.Extract:
		n, ok := x.Tuple.(*ssa.Next)
		return ok && n.IsString && x.Index == 2
	case *ssa.Index, *ssa.Lookup:
		if l, ok := v.(*ssa.Lookup); ok && !isText(l.X.Type()) {
			return dependsOnChar(l.Index, fuel)
		}
		return true
	case *ssa.UnOp:
		if ia, ok := x.X.(*ssa.IndexAddr); ok {
			return isText(ia.X.Type())
		}
		return dependsOnChar(x.X, fuel)
	case *ssa.BinOp:
		return dependsOnChar(x.X, fuel) || dependsOnChar(x.Y, fuel)
	case *ssa.Convert:
		return dependsOnChar(x.X, fuel)
	case *ssa.ChangeType:
		return dependsOnChar(x.X, fuel)
	case *ssa.Phi:
		for _, e := range x.Edges {
			if dependsOnChar(e, fuel) {
				return true
			}
		}
	case *ssa.Call:
		for _, a := range x.Call.Args {
			if dependsOnChar(a, fuel) {
				return true
			}
		}
	}
	return false
}
