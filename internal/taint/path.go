package taint

import (
	"go/types"
	"strconv"
	"strings"
)

// A path leads from a value to a part of it. It is a sequence of elements,
// each one ended by a NUL:
//
//	.Name   a field
//	[3]     an element with a constant index
//	["a"]   a map element with a constant key
//	[]      any element
//	#       a key of a map
//	{k}     the value of a key in a context.Context
//	$1      a component of a tuple
//
// Pointers and what they point at have the same path. The empty path is the
// value as a whole.
type path string

const (
	anyElem path = "[]\x00"
	mapKey  path = "#\x00"

	maxElems = 5  // elements of a path; longer ones lose their end
	maxKey   = 40 // bytes of a constant key; longer ones are any element
)

func fieldElem(name string) path { return path("." + name + "\x00") }
func indexElem(i int64) path     { return path("[" + strconv.FormatInt(i, 10) + "]\x00") }
func tupleElem(i int) path       { return path("$" + strconv.Itoa(i) + "\x00") }

func keyElem(key string) path {
	if len(key) > maxKey || strings.ContainsRune(key, 0) {
		return anyElem
	}
	return path("[" + key + "]\x00")
}

// first splits off the first element. The path is not empty.
func (p path) first() (elem, rest path) {
	i := strings.IndexByte(string(p), 0) + 1
	return p[:i], p[i:]
}

// head is the first element of p, if it has one.
func (p path) head() path {
	if p == "" {
		return ""
	}
	elem, _ := p.first()
	return elem
}

// join is p followed by q, cut to maxElems.
func (p path) join(q path) path {
	if q == "" {
		return p
	}
	if p == "" {
		return q
	}
	p += q
	n := 0
	for i := range len(p) {
		if p[i] == 0 {
			if n++; n > maxElems {
				return p[:strings.LastIndexByte(string(p[:i]), 0)+1]
			}
		}
	}
	return p
}

// full reports whether p cannot get longer.
func (p path) full() bool { return strings.Count(string(p), "\x00") >= maxElems }

// cut removes prefix from p. An element "[]" matches every element.
func (p path) cut(prefix path) (rest path, ok bool) {
	for prefix != "" {
		if p == "" {
			return "", false
		}
		var a, b path
		a, p = p.first()
		b, prefix = prefix.first()
		if a != b && !(a[0] == '[' && b[0] == '[' && (a == anyElem || b == anyElem)) {
			return "", false
		}
	}
	return p, true
}

// loosen makes a leading constant index any element, for values whose elements moved.
func (p path) loosen() path {
	if p == "" || p[0] != '[' {
		return p
	}
	_, rest := p.first()
	return anyElem + rest
}

// fit trims p to what a value of type t can hold: the path ends where text
// begins. It reports false if there can be none at p, as in a number.
func fit(t types.Type, p path) (path, bool) {
	rest := p
	for {
		if !carries(t) {
			return "", false
		}
		if isText(t) {
			return p[:len(p)-len(rest)], true
		}
		if rest == "" {
			return p, true
		}
		if ptr, ok := t.Underlying().(*types.Pointer); ok {
			t = ptr.Elem()
			continue
		}
		var elem path
		elem, rest = rest.first()
		next := component(t, elem)
		if next == nil {
			return p, true
		}
		t = next
	}
}

// component returns the type at elem of a value of type t, nil if it is not known.
func component(t types.Type, elem path) types.Type {
	switch u := t.Underlying().(type) {
	case *types.Tuple:
		if i, err := strconv.Atoi(string(elem[1 : len(elem)-1])); err == nil && elem[0] == '$' && i < u.Len() {
			return u.At(i).Type()
		}
	case *types.Struct:
		if elem[0] == '.' {
			for f := range u.Fields() {
				if f.Name() == string(elem[1:len(elem)-1]) {
					return f.Type()
				}
			}
		}
	case *types.Slice:
		return u.Elem()
	case *types.Array:
		return u.Elem()
	case *types.Chan:
		return u.Elem()
	case *types.Map:
		if elem == mapKey {
			return u.Key()
		}
		return u.Elem()
	}
	return nil
}

// isText reports whether a value of type t has no parts of interest: a
// string, or a slice of bytes or runes.
func isText(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return true
	case *types.Slice:
		b, ok := u.Elem().Underlying().(*types.Basic)
		return ok && (b.Kind() == types.Uint8 || b.Kind() == types.Int32)
	case *types.Array:
		b, ok := u.Elem().Underlying().(*types.Basic)
		return ok && b.Kind() == types.Uint8
	}
	return false
}

// harmless types hold what was parsed: no text of the sender survives in them.
func harmless(obj *types.TypeName) bool {
	pkg := ""
	switch obj.Name() {
	case "Time", "Location":
		pkg = "time"
	case "Int", "Float", "Rat":
		pkg = "math/big"
	case "IP", "IPNet":
		pkg = "net"
	case "Addr", "Prefix", "AddrPort":
		pkg = "net/netip"
	case "Type":
		pkg = "reflect"
	case "Mutex", "RWMutex", "WaitGroup":
		pkg = "sync"
	case "DB", "Tx", "Conn", "Stmt", "Row", "Rows", "Result":
		pkg = "database/sql"
	case "UUID":
		return obj.Pkg() != nil && (obj.Pkg().Path() == "github.com/google/uuid" || stripMajor(obj.Pkg().Path()) == "github.com/gofrs/uuid")
	case "Logger":
		return obj.Pkg() != nil && (obj.Pkg().Path() == "log" || obj.Pkg().Path() == "log/slog")
	default:
		return false
	}
	return obj.Pkg() != nil && obj.Pkg().Path() == pkg
}

// carries reports whether a value of type t can hold somebody's text. Numbers
// and bools cannot; bytes and runes can if the program calls them so.
func carries(t types.Type) bool { return carriesIn(t, 0) }

func carriesIn(t types.Type, depth int) bool {
	if depth > 4 {
		return true
	}
	t = types.Unalias(t)
	if n, ok := t.(*types.Named); ok {
		if harmless(n.Obj()) {
			return false
		}
		if b, ok := n.Underlying().(*types.Basic); ok {
			return b.Info()&types.IsString != 0
		}
	}
	if _, ok := t.(*types.TypeParam); ok {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0 || u.Name() == "byte" || u.Name() == "rune"
	case *types.Pointer:
		return carriesIn(u.Elem(), depth+1)
	case *types.Slice:
		return isText(u) || carriesIn(u.Elem(), depth+1)
	case *types.Array:
		return isText(u) || carriesIn(u.Elem(), depth+1)
	case *types.Chan:
		return carriesIn(u.Elem(), depth+1)
	case *types.Map:
		return carriesIn(u.Elem(), depth+1) || carriesIn(u.Key(), depth+1)
	case *types.Struct:
		return u.NumFields() > 0
	}
	return true
}
