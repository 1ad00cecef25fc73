package taint

import (
	"go/constant"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// sinks tests the arguments of a call that are dangerous.
func (f *function) sinks(c ssa.CallInstruction, obj *types.Func, name string, m *model, args []ssa.Value) {
	what := shortName(obj)
	switch {
	case m != nil:
		for _, s := range m.sinks {
			if s.arg >= len(args) {
				continue
			}
			if s.variadic {
				f.sinkElems(c, args[s.arg], s.class, what)
				continue
			}
			f.sink(c, args[s.arg], s.class, what)
		}
	case queryName(obj.Name()) && queries(obj.Signature()) && f.opaque(c, obj):
		// A wrapper of database/sql that is known by its results only.
		shift := 0
		if obj.Signature().Recv() != nil {
			shift = 1
		}
		for i := range obj.Signature().Params().Len() {
			if b, ok := obj.Signature().Params().At(i).Type().Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
				if i+shift < len(args) {
					f.sink(c, args[i+shift], SQL, what)
				}
				break
			}
		}
	}
	f.shell(c, name, what, args)
}

// opaque reports whether nothing but its signature is known of a callee.
func (f *function) opaque(c ssa.CallInstruction, obj *types.Func) bool {
	for _, t := range f.targets(c.Common()) {
		if t.fn != nil {
			return false
		}
	}
	return f.eng.imported[obj.FullName()] == nil
}

// queries reports whether a function returns what database/sql returns for a query.
func queries(sig *types.Signature) bool {
	if sig.Results().Len() == 0 {
		return false
	}
	switch fullTypeName(sig.Results().At(0).Type()) {
	case "database/sql.Rows", "database/sql.Row", "database/sql.Result", "database/sql.Stmt":
		return true
	}
	return false
}

// sink tests one argument.
func (f *function) sink(c ssa.Instruction, v ssa.Value, class Class, what string) {
	if mi, ok := v.(*ssa.MakeInterface); ok {
		if !isText(mi.X.Type()) {
			return // a struct or map of conditions: its values become parameters
		}
	}
	f.sinkMarks(c, f.at(v), class, what)
}

// sinkElems tests the elements of a variadic argument.
func (f *function) sinkElems(c ssa.Instruction, v ssa.Value, class Class, what string) {
	if elems := elements(v); elems != nil {
		f.sink(c, elems[0], class, what) // the first is the condition, the others its parameters
	}
}

func (f *function) sinkMarks(c ssa.Instruction, in []entry, class Class, what string) {
	place := f.eng.place(c.Pos())
	for _, e := range in {
		if e.at == "" && e.class&class != 0 {
			f.arrived(e, class, what, place, e.trail.add(Step{place, what + sinkText(class)}), c.Pos())
		}
	}
}

func sinkText(class Class) string {
	if class == SQL {
		return " runs it as SQL"
	}
	return " runs it as a command"
}

// elements lists the values of a variadic argument that is written out, nil
// if it is not.
func elements(v ssa.Value) []ssa.Value {
	s, ok := v.(*ssa.Slice)
	if !ok || s.Low != nil {
		return nil
	}
	alloc, ok := s.X.(*ssa.Alloc)
	if !ok {
		return nil
	}
	p, ok := alloc.Type().Underlying().(*types.Pointer)
	if !ok {
		return nil
	}
	arr, ok := p.Elem().Underlying().(*types.Array)
	if !ok || arr.Len() > 1000 || arr.Len() == 0 {
		return nil
	}
	elems := make([]ssa.Value, arr.Len())
	for _, r := range *alloc.Referrers() {
		ia, ok := r.(*ssa.IndexAddr)
		if !ok {
			continue
		}
		i, ok := constInt(ia.Index)
		if !ok || i < 0 || i >= arr.Len() {
			return nil
		}
		for _, r := range *ia.Referrers() {
			if s, ok := r.(*ssa.Store); ok && s.Addr == ia {
				elems[i] = s.Val
			}
		}
	}
	for _, e := range elems {
		if e == nil {
			return nil
		}
	}
	return elems
}

// shell tests what an interpreter that is started takes as code.
func (f *function) shell(c ssa.CallInstruction, name, what string, args []ssa.Value) {
	prog, argv, own, ok := argvModel(name)
	if !ok || argv >= len(args) {
		return
	}
	program, ok := constString(args[prog])
	if !ok {
		return
	}
	f.code(c, program, args[argv], own, what)
}

func (f *function) code(c ssa.Instruction, program string, argv ssa.Value, own bool, what string) {
	what += " with " + program
	elems := elements(argv)
	if elems == nil {
		// Put together somewhere else: some element is tainted, and the
		// program takes code if it is a shell.
		if interprets(program, "-c") || interprets(program, "/c") {
			f.sinkMarks(c, f.dashC(argv), Command, what)
		}
		return
	}
	if own {
		elems = elems[1:]
	}
	for i, e := range elems {
		flag, ok := constString(e)
		if ok && interprets(program, flag) && i+1 < len(elems) {
			f.sink(c, elems[i+1], Command, what)
			return
		}
		if program == "env" || program == "sudo" || program == "/usr/bin/env" || program == "nohup" || program == "timeout" {
			if ok && (interprets(flag, "-c") || interprets(flag, "/c")) {
				program = flag
			}
		}
	}
}

// dashC returns the marks of elements in an argument list that is built step
// by step, if a "-c" was put into it before them.
func (f *function) dashC(argv ssa.Value) []entry {
	seen := map[ssa.Value]bool{}
	var hasFlag func(v ssa.Value, depth int) bool
	hasFlag = func(v ssa.Value, depth int) bool {
		if depth > 8 || seen[v] {
			return false
		}
		seen[v] = true
		switch v := v.(type) {
		case *ssa.Call:
			if b, ok := v.Call.Value.(*ssa.Builtin); ok && b.Name() == "append" {
				return hasFlag(v.Call.Args[0], depth+1) || hasFlag(v.Call.Args[1], depth+1)
			}
		case *ssa.Phi:
			for _, e := range v.Edges {
				if hasFlag(e, depth+1) {
					return true
				}
			}
		case *ssa.Slice:
			for _, e := range elements(v) {
				if s, ok := constString(e); ok && len(s) > 1 && (s[0] == '-' && s[len(s)-1] == 'c' || s == "/c" || s == "/C") {
					return true
				}
			}
		}
		return false
	}
	if !hasFlag(argv, 0) {
		return nil
	}
	return project(f.at(argv), anyElem)
}

// fieldSink tests what is stored in a field that is as dangerous as an argument.
func (f *function) fieldSink(s *ssa.Store, fa *ssa.FieldAddr, fv *types.Var) {
	if fv.Name() == "Path" && fullTypeName(fa.X.Type()) == "os/exec.Cmd" {
		f.sink(s, s.Val, Command, "exec.Cmd.Path")
	}
}

func constString(v ssa.Value) (string, bool) {
	for {
		switch x := v.(type) {
		case *ssa.MakeInterface:
			v = x.X
			continue
		case *ssa.ChangeType:
			v = x.X
			continue
		case *ssa.Const:
			if x.Value != nil && x.Value.Kind() == constant.String {
				return constant.StringVal(x.Value), true
			}
		}
		return "", false
	}
}

func constInt(v ssa.Value) (int64, bool) {
	if c, ok := v.(*ssa.Const); ok && c.Value != nil && c.Value.Kind() == constant.Int {
		return constant.Int64Val(c.Value)
	}
	return 0, false
}
