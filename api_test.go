package merlon_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/packages"
)

var update = flag.Bool("update", false, "write the golden files of the public API anew")

// TestAPI compares the exported declarations of each public package with the
// golden file in testdata/api, one line a feature. What stands there is a
// promise within a minor version (README, compatibility).
func TestAPI(t *testing.T) {
	have := map[string]bool{}
	for _, p := range loadPackages(t) {
		rel := relative(p.PkgPath)
		if p.Name == "main" || isInternal(rel) || rel == "." {
			continue
		}
		name := filepath.Join("testdata", "api", strings.ReplaceAll(rel, "/", ".")+".txt")
		have[name] = true
		got := features(p.Types)
		if *update {
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Errorf("%s has no golden file: go test . -run TestAPI -update", rel)
			continue
		}
		gone, added := difference(strings.Split(strings.TrimSpace(string(want)), "\n"), got)
		for _, line := range gone {
			t.Errorf("%s: no longer there: %s", rel, line)
		}
		for _, line := range added {
			t.Errorf("%s: new: %s", rel, line)
		}
		if len(gone)+len(added) > 0 {
			t.Logf("if %s is meant to change, say so in CHANGELOG.md and run: go test . -run TestAPI -update", rel)
		}
	}
	old, err := filepath.Glob(filepath.Join("testdata", "api", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range old {
		if have[name] {
			continue
		}
		if !*update {
			t.Errorf("%s is of a package that is gone", name)
		} else if err := os.Remove(name); err != nil {
			t.Error(err)
		}
	}
}

// difference returns the lines that are only in one of two lists.
func difference(before, after []string) (gone, added []string) {
	for _, s := range before {
		if !slices.Contains(after, s) {
			gone = append(gone, s)
		}
	}
	for _, s := range after {
		if !slices.Contains(before, s) {
			added = append(added, s)
		}
	}
	return gone, added
}

// features lists what a package exports, sorted.
func features(p *types.Package) []string {
	short := func(q *types.Package) string {
		if q == p {
			return ""
		}
		return q.Path()
	}
	var out []string
	addf := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, name := range p.Scope().Names() {
		if !ast.IsExported(name) {
			continue
		}
		switch o := p.Scope().Lookup(name).(type) {
		case *types.Const:
			addf("const %s %s = %s", name, types.TypeString(o.Type(), short), o.Val().ExactString())
		case *types.Var:
			addf("var %s %s", name, types.TypeString(o.Type(), short))
		case *types.Func:
			addf("func %s%s", name, signature(o, short))
		case *types.TypeName:
			typeFeatures(o, short, addf)
		}
	}
	slices.Sort(out)
	return out
}

func typeFeatures(o *types.TypeName, short types.Qualifier, addf func(string, ...any)) {
	name := o.Name()
	if o.IsAlias() {
		addf("type %s = %s", name, types.TypeString(types.Unalias(o.Type()), short))
		return
	}
	switch u := o.Type().Underlying().(type) {
	case *types.Struct:
		addf("type %s struct", name)
		for i := range u.NumFields() {
			f := u.Field(i)
			embedded := ""
			if f.Embedded() {
				embedded = "embedded "
			}
			tag := ""
			if u.Tag(i) != "" {
				tag = " `" + u.Tag(i) + "`"
			}
			if f.Exported() {
				addf("type %s struct, %s%s %s%s", name, embedded, f.Name(), types.TypeString(f.Type(), short), tag)
			}
		}
	case *types.Interface:
		addf("type %s interface", name)
		for m := range u.Methods() {
			addf("type %s interface, %s%s", name, m.Name(), signature(m, short))
		}
	default:
		addf("type %s %s", name, types.TypeString(u, short))
	}
	named, ok := o.Type().(*types.Named)
	if !ok {
		return
	}
	for m := range named.Methods() {
		if m.Exported() {
			recv := name
			if _, ptr := m.Signature().Recv().Type().(*types.Pointer); ptr {
				recv = "*" + name
			}
			addf("method (%s) %s%s", recv, m.Name(), signature(m, short))
		}
	}
}

// signature is a function's type without the names of its parameters, which
// are no promise.
func signature(f *types.Func, short types.Qualifier) string {
	sig := f.Signature()
	bare := func(t *types.Tuple) *types.Tuple {
		var vars []*types.Var
		for v := range t.Variables() {
			vars = append(vars, types.NewVar(v.Pos(), v.Pkg(), "", v.Type()))
		}
		return types.NewTuple(vars...)
	}
	params := ""
	if tp := sig.TypeParams(); tp.Len() > 0 {
		var list []string
		for p := range tp.TypeParams() {
			list = append(list, p.Obj().Name()+" "+types.TypeString(p.Constraint(), short))
		}
		params = "[" + strings.Join(list, ", ") + "]"
	}
	plain := types.NewSignatureType(nil, nil, nil, bare(sig.Params()), bare(sig.Results()), sig.Variadic())
	return params + strings.TrimPrefix(types.TypeString(plain, short), "func")
}

// load type-checks the module once for all tests.
var load = sync.OnceValues(func() ([]*packages.Package, error) {
	return packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedTypesSizes | packages.NeedImports | packages.NeedModule,
		Env:  append(os.Environ(), "GOPROXY=off", "GOTOOLCHAIN=local", "GOFLAGS=-mod=readonly", "GOWORK=off"),
	}, "./...")
})

// loadPackages returns the packages of the module, type-checked.
func loadPackages(t *testing.T) []*packages.Package {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the go command is not installed (Debian package golang)")
	}
	list, err := load()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		if len(p.Errors) > 0 {
			t.Fatalf("%s does not type-check, which go vet shows in full: %v", relative(p.PkgPath), p.Errors[0])
		}
	}
	return list
}

// TestFeatures: the lines that golden files are made of.
func TestFeatures(t *testing.T) {
	for _, p := range loadPackages(t) {
		if relative(p.PkgPath) != "report" {
			continue
		}
		got := features(p.Types)
		for _, want := range []string{
			"const BaselineNew Baseline = \"new\"",
			"func Merge(...*Report) *Report",
			"func Share[T any](context.Context, *Target, any, func(context.Context) (T, error)) (T, error)",
			"method (*Report) Complete() bool",
			"method (Severity) String() string",
			"type Format interface, Encode(io.Writer, *Report) error",
			"type Finding struct, Rule string `json:\"rule\"`",
			"type Kind string",
			"type WaiverUse struct, embedded Suppression Suppression",
		} {
			if !slices.Contains(got, want) {
				t.Errorf("missing: %s", want)
			}
		}
		if !slices.IsSorted(got) {
			t.Error("not sorted")
		}
		return
	}
	t.Error("package report was not loaded")
}
