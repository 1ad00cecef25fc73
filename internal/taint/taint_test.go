package taint

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/analysis"
)

// std imports packages of the standard library, once for all tests.
var std = sync.OnceValue(func() types.Importer { return importer.ForCompiler(token.NewFileSet(), "gc", nil) })

var stdMu sync.Mutex

type lockedImporter struct{}

func (lockedImporter) Import(path string) (*types.Package, error) {
	stdMu.Lock()
	defer stdMu.Unlock()
	return std().Import(path)
}

// check type-checks a package of one file.
func check(src string) (*analysis.Pass, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Instances: map[*ast.Ident]types.Instance{}, Scopes: map[ast.Node]*types.Scope{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, FileVersions: map[*ast.File]string{},
	}
	pkg, err := (&types.Config{Importer: lockedImporter{}, Error: func(error) {}}).Check("p", fset, []*ast.File{f}, info)
	if err != nil {
		return nil, err
	}
	return &analysis.Pass{Fset: fset, Files: []*ast.File{f}, Pkg: pkg, TypesInfo: info}, nil
}

// analyseSource runs an engine over a package of one file.
func analyseSource(src string) (*Result, *Fact, error) {
	pass, err := check(src)
	if err != nil {
		return nil, nil, err
	}
	engine, err := New()
	if err != nil {
		return nil, nil, err
	}
	var fact *Fact
	pass.Analyzer = engine
	pass.ImportPackageFact = func(*types.Package, analysis.Fact) bool { return false }
	pass.ExportPackageFact = func(f analysis.Fact) { fact = f.(*Fact) }
	build := engine.Requires[0]
	ssa, err := build.Run(pass)
	if err != nil {
		return nil, nil, err
	}
	pass.ResultOf = map[*analysis.Analyzer]any{build: ssa}
	r, err := engine.Run(pass)
	if err != nil {
		return nil, nil, err
	}
	return r.(*Result), fact, nil
}

// text writes a result down, to compare.
func (r *Result) text() string {
	var b strings.Builder
	for _, f := range r.findings {
		fmt.Fprintf(&b, "%v %s %d:%d\n", f.Class, f.What, f.Here.Line, f.Here.Column)
		for _, flow := range f.Flows {
			for _, s := range flow.Steps {
				fmt.Fprintf(&b, "\t%d:%d %s\n", s.Place.Line, s.Place.Column, s.Text)
			}
		}
	}
	return b.String()
}

func TestSummaries(t *testing.T) {
	_, fact, err := analyseSource(`package p

import (
	"database/sql"
	"net/http"
	"strings"
)

var db *sql.DB

type T struct{ A, B string }

func Same(s string) string { return "x" + s }
func Field(t *T) string { return t.A }
func Set(t *T, s string) { t.B = s }
func Self(t *T) *T { return t }
func Name(r *http.Request) string { return r.FormValue("n") }
func Run(t T) { db.Exec(t.B) }
func Nothing(s string) int { return len(s) }
func Lower(s string) (string, error) { return strings.ToLower(s), nil }
func Valid(s string) bool { return s == "a" || s == "b" }
func Apply(f func(string), s string) { f(s) }
func unexported(s string) string { return s }
`)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]Summary{}
	for _, f := range fact.Funcs {
		got[strings.TrimPrefix(f.Name, "p.")] = f.Summary
	}
	if m := got["Same"].Moves; len(m) != 1 || m[0].From != (Input{0, ""}) || m[0].To != (Output{true, 0, ""}) || m[0].Keep != All {
		t.Errorf("Same: got %+v", m)
	}
	if m := got["Field"].Moves; len(m) != 1 || m[0].From != (Input{0, ".A\x00"}) {
		t.Errorf("Field: got %+v", m)
	}
	if m := got["Set"].Moves; len(m) != 1 || m[0].From != (Input{1, ""}) || m[0].To != (Output{false, 0, ".B\x00"}) {
		t.Errorf("Set: got %+v", m)
	}
	if m := got["Self"].Moves; len(m) != 1 || !m[0].Alias {
		t.Errorf("Self: got %+v", m)
	}
	if m := got["Name"].Emits; len(m) != 1 || m[0].What != "(*http.Request).FormValue" || m[0].At.Pos.IsValid() || m[0].At.Line != 17 {
		t.Errorf("Name: got %+v", m)
	}
	if m := got["Run"].Reaches; len(m) != 1 || m[0].From != (Input{0, ".B\x00"}) || m[0].Class != SQL || m[0].At.File != "p.go" {
		t.Errorf("Run: got %+v", m)
	}
	if s := got["Lower"]; len(s.Moves) != 1 {
		t.Errorf("Lower: got %+v", s)
	}
	if v := got["Valid"].Vouches; len(v) != 1 || v[0].In != (Input{0, ""}) || guardKind(v[0].When) != whenTrue || v[0].Class != All {
		t.Errorf("Valid: got %+v", v)
	}
	if c := got["Apply"].Calls; len(c) != 1 || c[0].Func != 0 || c[0].From != (Input{1, ""}) {
		t.Errorf("Apply: got %+v", c)
	}
	for _, name := range []string{"Nothing", "unexported"} {
		if s, ok := got[name]; ok {
			t.Errorf("%s: got %+v, want nothing", name, s)
		}
	}
}

// The functions of the standard library that models name exist, and have the
// arguments and results that the models speak of.
func TestModelsOfStd(t *testing.T) {
	rows := append(append(append(stdModels(), remoteModels()...), sqlModels()...), commandModels()...)
	table, err := parseModels(rows)
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range table {
		if name == "error.Error" || !IsStd(name) {
			continue
		}
		fn := lookup(t, name)
		if fn == nil {
			t.Errorf("%s: there is no such function", name)
			continue
		}
		args := fn.Signature().Params().Len()
		if fn.Signature().Recv() != nil {
			args++
		}
		place := func(p int) {
			if p < resultPlace && p >= args {
				t.Errorf("%s: has no argument %d", name, p)
			}
			if _, ok := output(p, fn.Signature()); !ok {
				t.Errorf("%s: has no result %d", name, p-resultPlace)
			}
		}
		for _, f := range m.flows {
			place(f.from)
			place(f.to)
		}
		for _, p := range m.sources {
			place(p)
		}
		for _, s := range m.sinks {
			place(s.arg)
		}
		for _, g := range m.guards {
			place(g.arg)
		}
	}
}

// lookup finds "import/path.Type.Method" or "import/path.Func".
func lookup(t *testing.T, name string) *types.Func {
	t.Helper()
	slash := strings.LastIndex(name, "/") + 1
	elems := strings.Split(name[slash:], ".")
	pkg, err := lockedImporter{}.Import(name[:slash] + elems[0])
	if err != nil {
		t.Fatal(err)
	}
	obj := pkg.Scope().Lookup(elems[1])
	if obj == nil {
		return nil
	}
	if len(elems) == 2 {
		fn, _ := obj.(*types.Func)
		return fn
	}
	m, _, _ := types.LookupFieldOrMethod(types.NewPointer(obj.Type()), true, pkg, elems[2])
	if m == nil {
		m, _, _ = types.LookupFieldOrMethod(obj.Type(), true, pkg, elems[2])
	}
	fn, _ := m.(*types.Func)
	return fn
}

func TestModelErrors(t *testing.T) {
	for _, m := range []Model{{Func: "a.F", Flows: "0"}, {Func: "a.F", Flows: "x>r"}, {Func: "a.F", Flows: "0>r-none"}, {Func: "a.F", Sink: "0:none"}, {Func: "a.F", Guard: "0:maybe"}, {Func: "a.F", Source: "r-1"}} {
		if _, err := New(m); err == nil || !strings.Contains(err.Error(), "a.F") {
			t.Errorf("New(%+v) = %v, want an error that names a.F", m, err)
		}
	}
}

func TestPath(t *testing.T) {
	p := func(s string) path { return path(strings.ReplaceAll(s, " ", "\x00")) }
	for _, test := range []struct {
		path, prefix, rest string
		ok                 bool
	}{
		{".A .B ", ".A ", ".B ", true},
		{".A ", ".A .B ", "", false},
		{"[3] .A ", "[] ", ".A ", true},
		{"[] ", "[3] ", "", true},
		{"[3] ", "[4] ", "", false},
		{"# ", "[] ", "", false},
		{".A ", "", ".A ", true},
	} {
		if rest, ok := p(test.path).cut(p(test.prefix)); ok != test.ok || ok && rest != p(test.rest) {
			t.Errorf("%q.cut(%q) = %q, %v, want %q, %v", test.path, test.prefix, rest, ok, test.rest, test.ok)
		}
	}
	long := p("")
	for range 20 {
		long = long.join(p(".A "))
	}
	if got := strings.Count(string(long), "\x00"); got != maxElems || !long.full() {
		t.Errorf("got %d elements, want %d", got, maxElems)
	}
}

func TestPatterns(t *testing.T) {
	for _, test := range []struct {
		pattern string
		want    Class
	}{
		{`^[a-z]+$`, All},
		{`\A[a-z]+\z`, All},
		{`^(asc|desc)$`, All},
		{`^a$|^b$`, All},
		{`^[a-z]+`, 0},
		{`[a-z]+$`, 0},
		{`^.*$`, 0},
		{`^[^']+$`, 0},
		{`(?m)^[a-z]+$`, 0},
		{`^[a-z*]+$`, SQL},
		{`^[\w.-]+\s[\w]+$`, SQL},
		{`^a$|b`, 0},
		{`^[a-z'"]+$`, 0},
		{`(`, 0},
	} {
		if got := fullMatch(test.pattern); got != test.want {
			t.Errorf("fullMatch(%q) = %v, want %v", test.pattern, got, test.want)
		}
	}
	for _, test := range []struct {
		pattern string
		want    Class
	}{
		{`[^a-z]`, All}, {`[^a-zA-Z0-9_-]+`, All}, {`[^a-z']`, 0}, {`[a-z]`, 0}, {`'`, 0}, {`\W`, All},
	} {
		if got := removes(test.pattern); got != test.want {
			t.Errorf("removes(%q) = %v, want %v", test.pattern, got, test.want)
		}
	}
}

func TestHarmlessVerbs(t *testing.T) {
	for _, test := range []struct {
		format string
		want   string // a letter an argument: h harmless, t text
	}{
		{"%s %d", "th"}, {"%d %s", "ht"}, {"%v", "t"}, {"%q", "t"}, {"%x %X %t", "hhh"}, {"100%% %s", "t"}, {"%[2]s %[1]d", "ht"},
		{"%*d %s", "hht"}, {"%", "t"}, {"%s", "tt"}, {"%[1]d %[1]s", "t"}, {"%[", "t"}, {"%-10.3s", "t"}, {"%+v", "t"},
	} {
		var got strings.Builder
		for _, h := range harmlessVerbs(test.format, len(test.want)) {
			got.WriteByte("th"[map[bool]int{true: 1}[h]])
		}
		if got.String() != test.want {
			t.Errorf("harmlessVerbs(%q) = %s, want %s", test.format, got.String(), test.want)
		}
	}
}

func TestStripMajor(t *testing.T) {
	for in, want := range map[string]string{
		"github.com/jackc/pgx/v5": "github.com/jackc/pgx", "github.com/jackc/pgx/v5/pgxpool": "github.com/jackc/pgx/pgxpool",
		"net/http": "net/http", "example.com/vendor/a": "example.com/vendor/a", "m/vendor/github.com/a/b": "github.com/a/b", "v2": "v2", "a/value": "a/value",
	} {
		if want == "example.com/vendor/a" {
			want = "a"
		}
		if got := stripMajor(in); got != want {
			t.Errorf("stripMajor(%q) = %q, want %q", in, got, want)
		}
	}
}
