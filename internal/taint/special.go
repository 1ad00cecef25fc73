package taint

import (
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// special handles functions whose flows depend on constants among their
// arguments; it reports whether the call is dealt with.
func (f *function) special(c ssa.CallInstruction, name string, args []ssa.Value) bool {
	switch name {
	case "fmt.Sprintf", "fmt.Errorf":
		return f.format(c, args[0], args[1], Output{Result: true})
	case "fmt.Fprintf":
		return f.format(c, args[1], args[2], Output{})
	case "fmt.Appendf":
		f.through(c, args[0], All, Output{Result: true})
		return f.format(c, args[1], args[2], Output{Result: true})
	case "strings.ReplaceAll", "strings.Replace", "bytes.ReplaceAll":
		keep := All
		if from, ok := constString(args[1]); ok && from == "'" {
			keep &^= SQL // quotes are doubled, escaped or taken out
		}
		f.through(c, args[0], keep, Output{Result: true})
		f.through(c, args[2], All, Output{Result: true})
		return true
	case "regexp.Regexp.ReplaceAllString", "regexp.Regexp.ReplaceAllLiteralString":
		keep := All
		if pattern, ok := f.pattern(args[0]); ok {
			keep &^= removes(pattern)
		}
		f.through(c, args[1], keep, Output{Result: true})
		f.through(c, args[2], All, Output{Result: true})
		return true
	case "regexp.Regexp.FindString", "regexp.Regexp.FindStringSubmatch", "regexp.Regexp.FindAllString":
		keep := All
		if pattern, ok := f.pattern(args[0]); ok {
			keep &^= matchesOnly(pattern)
		}
		f.through(c, args[1], keep, Output{Result: true})
		return true
	case "context.WithValue":
		f.through(c, args[0], All, Output{Result: true})
		f.deliver(c, Output{Result: true}, under(f.at(args[2]), contextKey(args[1])), args)
		return true
	case "context.Context.Value":
		f.put(c.Value(), project(f.at(args[0]), contextKey(args[1])))
		return true
	}
	return false
}

// through moves what an argument has to an output.
func (f *function) through(c ssa.CallInstruction, arg ssa.Value, keep Class, to Output) {
	in := only(f.at(arg), keep)
	if len(in) > 0 {
		f.deliver(c, to, f.stepped(in, c.Pos(), "through "+shortName(callee(c.Common()))), arguments(c.Common()))
	}
}

// contextKey is the path element of a key of context.WithValue: the type of
// the key, and its value where it is constant.
func contextKey(key ssa.Value) path {
	if mi, ok := key.(*ssa.MakeInterface); ok {
		key = mi.X
	}
	s := types.TypeString(key.Type(), nil)
	switch k := key.(type) {
	case *ssa.Const:
		s += " " + k.Name()
	case *ssa.UnOp:
		if g, ok := k.X.(*ssa.Global); ok {
			s += " " + g.RelString(nil)
		}
	}
	return path("{" + strings.ReplaceAll(s, "\x00", "") + "}\x00")
}

// format handles Printf-like calls. With a constant format, what is printed as
// a number or in hexadecimal is harmless.
func (f *function) format(c ssa.CallInstruction, format, list ssa.Value, to Output) bool {
	f.through(c, format, All, to)
	text, ok := constString(format)
	elems := elements(list)
	if !ok || elems == nil {
		f.through(c, list, All, to)
		return true
	}
	harmless := harmlessVerbs(text, len(elems))
	for i, e := range elems {
		if !harmless[i] {
			f.through(c, e, All, to)
		}
	}
	return true
}

// harmlessVerbs says which of n arguments a format prints without their text
// (fmt, "Printing").
func harmlessVerbs(format string, n int) []bool {
	text := make([]bool, n)
	used := make([]bool, n)
	arg := 0
	mark := func(isText bool) {
		if arg >= 0 && arg < n {
			used[arg] = true
			text[arg] = text[arg] || isText
		}
		arg++
	}
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		i++
		for i < len(format) && strings.IndexByte("+-# 0123456789.*[]", format[i]) >= 0 {
			switch format[i] {
			case '*':
				mark(false)
			case '[':
				if end := strings.IndexByte(format[i:], ']'); end > 0 {
					if k, err := strconv.Atoi(format[i+1 : i+end]); err == nil {
						arg = k - 1
					}
					i += end
				}
			}
			i++
		}
		if i >= len(format) {
			break
		}
		switch format[i] {
		case '%':
		case 'd', 'x', 'X', 'b', 'o', 'O', 'e', 'E', 'f', 'F', 'g', 'G', 't', 'p', 'T', 'U':
			mark(false)
		default:
			mark(true)
		}
	}
	out := make([]bool, n)
	for i := range out {
		out[i] = used[i] && !text[i]
	}
	return out
}
