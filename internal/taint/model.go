package taint

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"
)

// A Model says what a function does with data. Func names it as
// "import/path.Func" or "import/path.Type.Method", for interfaces too, without
// the major version in the path ("/v5"). The other fields are lists separated
// by blanks. A place is the number of an argument, the receiver being number 0
// of a method and moving the others up by one; "r" is the result, "r1" its
// second one.
type Model struct {
	Func   string
	Flows  string // "0>r", "1>0"; "0=r": the result shares memory with the argument; "0>r-sql" without a class
	Source string // places that are remote input after the call
	Sink   string // "1:sql"; "2*:command" is argument 2 and all after it
	Guard  string // "0:true", "0:false" or "0:nil": what the last result says when argument 0 is harmless
}

// flow is one word of Model.Flows.
type flow struct {
	from  int
	to    int // place; results are resultPlace+i
	keep  Class
	alias bool
}

const (
	resultPlace = 1000
	anyResult   = 1999 // "r" of a function with several: the first
)

type sinkArg struct {
	arg      int
	variadic bool
	class    Class
}

type guardKind uint8

const (
	whenTrue  guardKind = iota + 1 // the bool is true
	whenFalse                      // the bool is false
	whenNil                        // the error is nil
)

type guardArg struct {
	arg   int
	when  guardKind
	class Class
}

// model is a parsed Model.
type model struct {
	flows   []flow
	sources []int
	sinks   []sinkArg
	guards  []guardArg
}

// models is a table by name. It is not changed after it is made.
type models map[string]*model

func parseModels(rows []Model) (models, error) {
	table := make(models, len(rows))
	for _, row := range rows {
		m := table[row.Func]
		if m == nil {
			m = new(model)
			table[row.Func] = m
		}
		if err := m.parse(row); err != nil {
			return nil, fmt.Errorf("model of %s: %w", row.Func, err)
		}
	}
	return table, nil
}

func (m *model) parse(row Model) error {
	for _, word := range strings.Fields(row.Flows) {
		f := flow{keep: All}
		word, class, found := strings.Cut(word, "-")
		if found {
			c, err := parseClass(class)
			if err != nil {
				return err
			}
			f.keep &^= c
		}
		from, to, found := strings.Cut(word, ">")
		if !found {
			if from, to, found = strings.Cut(word, "="); !found {
				return fmt.Errorf("flow %q has no > or =", word)
			}
			f.alias = true
		}
		var err error
		if f.from, err = parsePlace(from); err != nil {
			return err
		}
		if f.to, err = parsePlace(to); err != nil {
			return err
		}
		m.flows = append(m.flows, f)
	}
	for _, word := range strings.Fields(row.Source) {
		p, err := parsePlace(word)
		if err != nil {
			return err
		}
		m.sources = append(m.sources, p)
	}
	for _, word := range strings.Fields(row.Sink) {
		arg, class, _ := strings.Cut(word, ":")
		c, err := parseClass(class)
		if err != nil {
			return err
		}
		arg, variadic := strings.CutSuffix(arg, "*")
		n, err := parsePlace(arg)
		if err != nil {
			return err
		}
		m.sinks = append(m.sinks, sinkArg{n, variadic, c})
	}
	for _, word := range strings.Fields(row.Guard) {
		arg, when, _ := strings.Cut(word, ":")
		n, err := parsePlace(arg)
		if err != nil {
			return err
		}
		kind, ok := map[string]guardKind{"true": whenTrue, "false": whenFalse, "nil": whenNil}[when]
		if !ok {
			return fmt.Errorf("guard %q is not true, false or nil", word)
		}
		m.guards = append(m.guards, guardArg{n, kind, All})
	}
	return nil
}

func parsePlace(s string) (int, error) {
	if s == "r" {
		return anyResult, nil
	}
	base := 0
	if rest, ok := strings.CutPrefix(s, "r"); ok {
		s, base = rest, resultPlace
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 99 {
		return 0, fmt.Errorf("place %q is no number of an argument or result", s)
	}
	return base + n, nil
}

func parseClass(s string) (Class, error) {
	for i, name := range classNames {
		if name == s {
			return 1 << i, nil
		}
	}
	return 0, fmt.Errorf("class %q is not one of %s", s, strings.Join(classNames[:], ", "))
}

// modelName is the name under which models know a function.
func modelName(fn *types.Func) string {
	fn = fn.Origin()
	pkg := ""
	if fn.Pkg() != nil {
		pkg = stripMajor(fn.Pkg().Path()) + "."
	}
	recv := fn.Signature().Recv()
	if recv == nil {
		return pkg + fn.Name()
	}
	return pkg + typeName(recv.Type()) + "." + fn.Name()
}

// typeName is the name of a type or of what it points at, "" if it has none.
func typeName(t types.Type) string {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		return n.Obj().Name()
	}
	return ""
}

// fullTypeName is typeName with its package.
func fullTypeName(t types.Type) string {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok && n.Obj().Pkg() != nil {
		return stripMajor(n.Obj().Pkg().Path()) + "." + n.Obj().Name()
	}
	return ""
}

// stripMajor takes the elements "v2", "v3", … out of an import path, and the
// vendor directory before it.
func stripMajor(pkg string) string {
	if i := strings.LastIndex(pkg, "/vendor/"); i >= 0 {
		pkg = pkg[i+len("/vendor/"):]
	}
	if !strings.Contains(pkg, "/v") {
		return pkg
	}
	elems := strings.Split(pkg, "/")
	kept := elems[:1]
	for _, e := range elems[1:] {
		if len(e) > 1 && e[0] == 'v' && strings.Trim(e[1:], "0123456789") == "" {
			continue
		}
		kept = append(kept, e)
	}
	return strings.Join(kept, "/")
}

// stdFirst holds the first elements of the standard library's import paths.
const stdFirst = " archive arena bufio builtin bytes cmd cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html image index internal io iter log maps math mime net os path plugin reflect regexp runtime simd slices sort strconv strings structs sync syscall testing text time unicode unique unsafe vendor weak "

// IsStd reports whether an import path is of the standard library. A module
// may take such a name; whoever knows the package's module asks that first.
func IsStd(pkg string) bool {
	first, _, _ := strings.Cut(pkg, "/")
	return strings.Contains(stdFirst, " "+first+" ")
}

// textPackages are those whose functions make their results of their
// arguments unless a model says otherwise.
func textPackage(pkg string) bool {
	switch pkg {
	case "strings", "bytes", "fmt", "path", "path/filepath", "net/url", "html", "unicode/utf8", "bufio", "io", "errors", "slices", "maps", "sort",
		"strconv", "encoding/json", "regexp", "text/template", "html/template", "net/textproto", "mime", "mime/multipart", "container/list", "iter", "io/ioutil", "cmp",
		"golang.org/x/exp/slices", "golang.org/x/exp/maps", "github.com/pkg/errors", "golang.org/x/text/cases", "golang.org/x/text/transform", "golang.org/x/text/unicode/norm":
		return true
	}
	return false
}
