package taint

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// deadBlocks are the blocks that no way leads to, since a condition is constant.
func deadBlocks(fn *ssa.Function) map[*ssa.BasicBlock]bool {
	alive := map[*ssa.BasicBlock]bool{}
	var todo []*ssa.BasicBlock
	if len(fn.Blocks) > 0 {
		todo = append(todo, fn.Blocks[0])
	}
	if fn.Recover != nil {
		todo = append(todo, fn.Recover)
	}
	for len(todo) > 0 {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if alive[b] {
			continue
		}
		alive[b] = true
		for _, s := range b.Succs {
			if !constantlyNot(b, s) {
				todo = append(todo, s)
			}
		}
	}
	dead := map[*ssa.BasicBlock]bool{}
	for _, b := range fn.Blocks {
		if !alive[b] {
			dead[b] = true
		}
	}
	return dead
}

// deadEdge reports whether control never goes from p to b.
func (f *function) deadEdge(p, b *ssa.BasicBlock) bool { return constantlyNot(p, b) }

func constantlyNot(p, b *ssa.BasicBlock) bool {
	cond, ok := last(p).(*ssa.If)
	if !ok || p.Succs[0] == p.Succs[1] {
		return false
	}
	v := fold(cond.Cond, 0)
	return v != nil && v.Kind() == constant.Bool && constant.BoolVal(v) != (p.Succs[0] == b)
}

// fold computes a value that is made of constants, nil if it is not.
func fold(v ssa.Value, depth int) constant.Value {
	if depth > 8 {
		return nil
	}
	switch x := v.(type) {
	case *ssa.Const:
		if x.Value != nil {
			switch x.Value.Kind() {
			case constant.Bool, constant.String, constant.Int:
				return x.Value
			}
		}
	case *ssa.UnOp:
		if x.Op == token.NOT {
			if a := fold(x.X, depth+1); a != nil && a.Kind() == constant.Bool {
				return constant.MakeBool(!constant.BoolVal(a))
			}
		}
	case *ssa.Call:
		if s := lenOf(x); s != nil {
			if text, ok := constString(s); ok {
				return constant.MakeInt64(int64(len(text)))
			}
		}
	case *ssa.BinOp:
		a := fold(x.X, depth+1)
		if a == nil {
			return nil
		}
		b := fold(x.Y, depth+1)
		if b == nil || a.Kind() != b.Kind() {
			return nil
		}
		return foldOp(x, a, b)
	}
	return nil
}

func foldOp(x *ssa.BinOp, a, b constant.Value) constant.Value {
	switch x.Op {
	case token.EQL, token.NEQ:
		return constant.MakeBool(constant.Compare(a, x.Op, b))
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		if a.Kind() != constant.Bool {
			return constant.MakeBool(constant.Compare(a, x.Op, b))
		}
	case token.ADD, token.SUB, token.MUL:
		if a.Kind() == constant.Int && fits(x.Type()) {
			if r := constant.BinaryOp(a, x.Op, b); small(r) {
				return r
			}
		}
	case token.REM, token.QUO:
		if a.Kind() == constant.Int && fits(x.Type()) && constant.Sign(b) != 0 {
			op := x.Op
			if op == token.QUO {
				op = token.QUO_ASSIGN // of integers
			}
			return constant.BinaryOp(a, op, b)
		}
	}
	return nil
}

// fits and small see to it that nothing wraps around.
func fits(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && (b.Kind() == types.Int || b.Kind() == types.Int64)
}

func small(v constant.Value) bool {
	n, exact := constant.Int64Val(v)
	return exact && n > -1<<31 && n < 1<<31
}
